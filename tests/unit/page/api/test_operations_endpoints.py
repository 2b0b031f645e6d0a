"""The endpoints of the atlas: equal to our own documents, and bad queries give sentences."""

from typing import Any

import pytest
from app_fixtures import Site
from gradio_client import Client
from http_api import Api, Refused

from tvae.reports.atlas import operations as atlas


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("commutative and idempotent", ""),
        ("class of min, PC0, 13", "keeps(-, 0), image"),
        ("sheffer and not onto", ["isomorphism_size"]),
        ("all", ["sheffer", "image"]),
        ("0-99", "all"),
    ],
)
def test_a_search_is_our_document(api: Api, query: str, columns: Any) -> None:
    assert api("operations", query, columns) == atlas.search(query, columns)


@pytest.mark.parametrize("operations", [13, "or", "class of min", [0, "min", [1, -1, 0, 1, -1, 0, 1, -1, 0]], "0-1999"])
def test_properties_are_our_document(api: Api, operations: Any) -> None:
    assert api("properties", operations) == atlas.described(operations)


def test_columns_may_be_left_out(site: Site) -> None:
    client = Client(site.url, verbose=False, analytics_enabled=False)
    found = client.predict("semilattice", api_name="/operations")
    assert [row["index"] for row in found["operations"]] == [
        row["index"] for row in atlas.search("semilattice")["operations"]
    ]
    described = client.predict("min", api_name="/properties")
    assert described["operations"][0]["names"] == ["min", "and", "kleene_and"]


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        (("comutative and band", ""), "the nearest is commutative"),
        (("band and", ""), "a property or an operation must follow 'and'"),
        (("(band", ""), "this parenthesis is not closed"),
        (("", ""), "No operation is given"),
        ((None, ""), "The query is empty; it must be a text"),
        ((5, ""), "The query is 5; it must be a text"),
        ((["min"], ""), 'The query is ["min"]; it must be a text'),
        (("distributive over all", ""), "distribute over at most 9 operations in all, these over 19,683"),
        (("band " * 501, ""), "have at most 500 words in all, these have 501"),
        (("band", "imge"), "There is no column 'imge'; the nearest is image. Name it, or one that"),
        (("band", ["image", 5]), 'columns is ["image", 5]; it must be a list of names'),
        (("band", None), "columns is empty; it must be a list of names"),
        (("all", "all"), "45 columns of 19,683 operations were asked for; one answer has at most 200,000 values"),
    ],
)
def test_a_wrong_search_is_refused(api: Api, inputs: tuple[Any, Any], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        api("operations", *inputs)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("operations", "sentence"),
    [
        (None, "operations is empty; it must be an index, a text or a list"),
        (True, "operations is true; it must be an index"),
        (19_683, "'19683' at place 1 of the list"),
        ("", "No operation is given"),
        ("sheffer and not onto", "No operation satisfies this query"),
        ("band or", "must follow 'or'"),
        ("0-2000", "2,001 operations were asked for; one answer describes at most 2,000"),
    ],
)
def test_operations_that_cannot_be_described(api: Api, operations: Any, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        api("properties", operations)
    assert sentence in str(refused.value)
