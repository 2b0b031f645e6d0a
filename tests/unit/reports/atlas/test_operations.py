"""Documents of the atlas: rows of a query, columns by name, and what is known about each operation."""

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from arro3.io import read_parquet
from documentation import section

from tvae.errors import InputError, OperationsError
from tvae.operations import ternary
from tvae.operations.atlas import classes, properties
from tvae.operations.atlas.codes import index_of_code
from tvae.operations.named import INDEX_OF, name_of
from tvae.operations.parsing import parse_operations
from tvae.reports.atlas import operations as atlas
from tvae.reports.tables import serialize

SEMILATTICES = parse_operations("semilattice")


def test_a_search_lists_each_operation_once() -> None:
    document = atlas.search("semilattice")
    assert list(document) == ["query", "count", "operations"]
    assert (document["query"], document["count"]) == ("semilattice", 9)
    assert [row["index"] for row in document["operations"]] == [*SEMILATTICES]
    for row in document["operations"]:
        assert list(row) == list(atlas.ALWAYS)
        assert row["trits"] == ternary.ALL_TRITS[row["index"]].tolist()
        assert index_of_code(row["code"]) == row["index"]
        assert row["name"] == name_of(row["index"])
        assert row["valuation"] == ternary.VALUATIONS[row["index"]]
    assert [row["index"] for row in atlas.search("13, min, 13, 5-6")["operations"]] == [13, INDEX_OF["min"], 5, 6]
    assert atlas.search("all")["count"] == ternary.N


def test_a_query_that_nothing_satisfies_has_no_rows() -> None:
    assert atlas.search("sheffer and not onto", "image") == {
        "query": "sheffer and not onto",
        "count": 0,
        "operations": [],
    }


@pytest.mark.parametrize(("text", "why"), [("comutative", "the nearest is commutative"), ("", "No operation is given")])
def test_a_query_that_cannot_be_read_is_refused(text: str, why: str) -> None:
    with pytest.raises(OperationsError, match=why):
        atlas.search(text)


@pytest.mark.parametrize("query", [None, 5, ["min"], {"a": 1}])
def test_a_query_is_a_text(query: object) -> None:
    with pytest.raises(InputError, match=r"The query is .+; it must be a text"):
        atlas.search(query)


def test_every_column_has_the_values_of_the_atlas() -> None:
    document = atlas.search("0-2999", "all")
    wanted: dict[str, Callable[[], Any]] = {
        **{known.name: lambda name=known.name: properties.flags(name) for known in properties.PROPERTIES},
        **{known.name: lambda name=known.name: properties.numbers(name) for known in properties.QUANTITIES},
        **{f"{kind.name}_size": lambda name=kind.name: classes.classes(name).size for kind in classes.KINDS},
        **{
            f"{kind.name}_representative": lambda name=kind.name: classes.classes(name).representative
            for kind in classes.KINDS
        },
    }
    assert {*document["operations"][0]} == {*atlas.ALWAYS, *wanted}
    for name, values in wanted.items():
        found = [row[name] for row in document["operations"]]
        assert found == values()[:3000].tolist()
        assert {type(value) for value in found} == {bool if name in properties_by_name() else int}


def properties_by_name() -> set[str]:
    return {known.name for known in properties.PROPERTIES}


def test_the_documented_names_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| (.+?) \| .+ \|$", part_of_api("Listing and describing operations"), re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert named == {column.name for column in atlas.COLUMNS} - properties_by_name() | {
        *("commutative", "keeps(-, 0)", "all")
    }
    described = part_of_api("Searching by properties").replace("\\|", "|")
    examples = {"monotone", "keeps", "congruence", "central"}  # clones of which the page has one or two
    for name in properties_by_name():
        assert f"`{name}`" in described or name.partition("(")[0] in examples, name


def part_of_api(title: str) -> str:
    return section("docs/api.md", "Naming operations").split(f"\n### {title}\n")[1].split("\n### ")[0]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("", []),
        ([], []),
        (" , ,", []),
        ("image", ["image"]),
        ("Image, commutative,image", ["image", "commutative"]),
        (("sheffer", "isotopy_size"), ["sheffer", "isotopy_size"]),
        ("keeps(-, 0),keeps(0)", ["keeps(-, 0)", "keeps(0)"]),
        ("monotone(-<0<+), Central( + )", ["monotone(- < 0 < +)", "central(+)"]),
        ("monotone(\u2212 < 0 < +)", ["monotone(- < 0 < +)"]),  # a real minus
        ("index, name, valuation, band", ["band"]),  # in each row anyway
        ("band, all", [column.name for column in atlas.COLUMNS]),
    ],
)
def test_columns_by_name(asked: object, names: list[str]) -> None:
    assert [column.name for column in atlas.columns_of(asked)] == names


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("image, comutative", "There is no column 'comutative'; the nearest is commutative. Name it, or one that"),
        ("keeps(-, 0", "There is no column 'keeps(-, 0'; the nearest are keeps(-, 0), "),
        ("isotopy", "the nearest is isotopy_size"),
        ("keeps(-, 0", ". Name one of these, or one that `python -m tvae operations --help` lists."),
        ("?" * 10_000, "There is no column '" + "?" * 60 + "'; there are commutative, associative, "),
        (5, "columns is 5; it must be a list of names or a text with commas"),
        (None, "columns is empty; it must be"),
        (["image", 5], 'columns is ["image", 5]; it must be'),
        ({"image": 1}, 'columns is {"image": 1}; it must be'),
    ],
)
def test_an_unknown_column_is_named_with_the_nearest(asked: object, sentence: str) -> None:
    with pytest.raises(InputError, match=re.escape(sentence)):
        atlas.search("min", asked)


@pytest.mark.parametrize("name", ["image", "keeps(-, 0)"])
def test_a_long_text_of_columns_is_read_in_one_pass(name: str) -> None:
    """A pass for each comma or parenthesis would take hours."""
    assert [column.name for column in atlas.columns_of(f"{name}," * 100_000)] == [name]
    for letters in ("(", "(,", "),"):
        with pytest.raises(InputError) as refused:
            atlas.columns_of(letters * 100_000)
        assert len(str(refused.value)) < 2_000


def test_values_in_columns_are_bounded() -> None:
    ten = [column.name for column in atlas.COLUMNS[:10]]
    assert atlas.search("all", ten)["count"] == ternary.N
    with pytest.raises(InputError, match="11 columns of 19,683 operations were asked for; one answer has at most 200"):
        atlas.search("all", [*ten, "image"])
    assert atlas.search("all", [*ten, "image"], limit=None)["count"] == ternary.N


def test_operations_are_described() -> None:
    (found,) = atlas.described("or")["operations"]
    assert list(found) == ["index", "code", "names", "properties", "quantities", "clones", "classes"]
    assert (found["index"], found["code"]) == (INDEX_OF["max"], "ZRP")
    assert found["names"] == ["max", "or", "kleene_or"]
    assert found["properties"]["semilattice"] is True
    assert found["properties"]["quasigroup"] is False
    assert found["quantities"] == {"arguments": 2, "image": 3, "automorphisms": 1}
    assert "monotone(- < 0 < +)" in found["clones"]
    assert found["classes"]["isomorphism"] == {"representative": min(parse_operations("class of max")), "size": 6}
    assert json.loads(json.dumps(found)) == found


def test_each_operation_is_described_by_its_columns() -> None:
    found = atlas.described("webb, 0-40")
    rows = atlas.search("webb, 0-40", "all")["operations"]
    for one, row in zip(found["operations"], rows, strict=True):
        assert (one["index"], one["code"]) == (row["index"], row["code"])
        flags = one["properties"] | dict.fromkeys(one["clones"], True)
        assert all(row[name] is flag for name, flag in flags.items())
        assert {name for name in properties_by_name() if row[name]} == {name for name, flag in flags.items() if flag}
        assert all(row[name] == number for name, number in one["quantities"].items())
        for kind in classes.KINDS:
            assert one["classes"][kind.name] == {
                part: row[f"{kind.name}_{part}"] for part in ("representative", "size")
            }
    assert found["operations"][0]["clones"] == []  # webb is functionally complete


def test_one_or_many_are_described_up_to_a_bound() -> None:
    assert [one["index"] for one in atlas.described(13)["operations"]] == [13]
    assert [one["index"] for one in atlas.described([1, "min", 1])["operations"]] == [1, INDEX_OF["min"], 1]
    assert len(atlas.described("0-1999")["operations"]) == 2_000
    with pytest.raises(OperationsError, match="2,001 operations were asked for; one answer describes at most 2,000"):
        atlas.described("0-2000")
    with pytest.raises(InputError, match="operations is empty; it must be an index"):
        atlas.described(None)  # type: ignore[arg-type]


def test_names_are_those_that_are_read() -> None:
    for name, index in INDEX_OF.items():
        (found,) = atlas.described(name)["operations"]
        assert name in found["names"]
        assert found["names"][0] == name_of(index)
        assert all(INDEX_OF[other] == index for other in found["names"])


@pytest.mark.parametrize("query", ["semilattice", "sheffer and not onto"])
def test_a_table_has_the_rows_of_the_search(query: str) -> None:
    columns = "keeps(-, 0), image"
    document = atlas.search(query, columns)
    table = atlas.table_of(document, columns)
    rows = [{**row, "trits": ternary.trit_string(row["trits"])} for row in document["operations"]]
    assert json.loads(serialize(table, "json")) == {"operations": rows}
    (header, *lines) = csv.reader(io.StringIO(serialize(table, "csv").decode()))
    assert header == [*atlas.ALWAYS, "keeps(-, 0)", "image"]
    assert [line[0] for line in lines] == [str(row["index"]) for row in rows]
    read = read_parquet(io.BytesIO(serialize(table, "parquet"))).read_all()
    assert read.schema.names == header
    for name in header:
        assert [cell.as_py() for cell in read.column(name)] == [row[name] for row in rows]


def test_a_search_for_a_terminal() -> None:
    count, header, *lines = atlas.search_table(atlas.search("semilattice", "idempotent, image")).splitlines()
    assert count == "9 operations"
    assert header.split() == ["index", "trits", "code", "v", "idempotent", "image", "name"]
    assert [int(line.split()[0]) for line in lines] == [*SEMILATTICES]
    assert [line.split()[1] for line in lines] == [ternary.trit_string(ternary.ALL_TRITS[n]) for n in SEMILATTICES]
    assert {line.split()[4] for line in lines} == {"yes"}
    assert [line.split()[6] for line in lines if len(line.split()) == 7] == [
        name for n in SEMILATTICES if (name := name_of(n))
    ]
    assert atlas.search_table(atlas.search("sheffer and not onto", "image")) == "0 operations"
    assert atlas.search_table(atlas.search("13")).splitlines()[0] == "1 operation"


def test_what_is_found_is_what_the_columns_say() -> None:
    rows = atlas.search("commutative and not idempotent and image=2", "commutative, idempotent, image")["operations"]
    assert {(row["commutative"], row["idempotent"], row["image"]) for row in rows} == {(True, False, 2)}
    f = ternary.ALL_TRITS.reshape(-1, 3, 3)
    by_hand = [
        n
        for n in range(ternary.N)
        if (f[n] == f[n].T).all() and np.diag(f[n]).tolist() != [-1, 0, 1] and len(np.unique(f[n])) == 2
    ]
    assert [row["index"] for row in rows] == by_hand
