"""What titles and tables say of sequences."""

from pathlib import Path

import pytest

from tvae.errors import SequenceError
from tvae.sequences.fasta import MAX_TITLE, Record, read_fasta
from tvae.sequences.map.columns import MAX_COLUMNS, MAX_VALUE, chosen, of_table, of_titles

RECORDS = read_fasta(">a\nATG\n>b c=d\nATG\n")


def of(*titles: str) -> dict[str, tuple[str, ...]]:
    return of_titles(read_fasta("".join(f">{title}\nATG\n" for title in titles)))


@pytest.mark.parametrize(
    ("titles", "columns"),
    [
        (("Human", "Mouse"), {}),
        (
            ("Human clade=Primates year=2001", "Mouse clade=Rodents"),
            {"clade": ("Primates", "Rodents"), "year": ("2001", "")},
        ),
        (
            ("NM_1 [gene=BRCA1] [organism=Homo sapiens] part=2",),
            {"gene": ("BRCA1",), "organism": ("Homo sapiens",), "part": ("2",)},
        ),
        (("Human|Primates|2001", "Mouse|Rodents"), {"field 2": ("Primates", "Rodents"), "field 3": ("2001", "")}),
        (("x a gene of a=b=c",), {"a": ("b=c",)}),
        (("x =1 y= [=] [k=]",), {"k": ("",)}),
    ],
)
def test_titles(titles: tuple[str, ...], columns: dict[str, tuple[str, ...]]) -> None:
    assert of(*titles) == columns


def test_a_title_is_bounded() -> None:
    many = " ".join(f"k{number}=1" for number in range(MAX_COLUMNS + 5))
    assert list(of(f"x {many}")) == [f"k{number}" for number in range(MAX_COLUMNS)]
    assert of("x long=" + "y" * 500) == {"long": ("y" * MAX_VALUE,)}
    (record,) = read_fasta(">" + "x" * 5_000 + "\nATG")
    assert len(record.title) == MAX_TITLE


def test_some_of_the_sequences() -> None:
    columns = {"one": ("", "x", ""), "other": ("a", "b", "c")}
    assert chosen(columns, [0, 2]) == {"other": ("a", "c")}


def table(folder: Path, text: str) -> Path:
    path = folder / "species.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_is_in_the_order_of_the_records(tmp_path: Path) -> None:
    path = table(tmp_path, '\ufeffname,clade,year\nb,"x, y"\n\nother,z,1\na,x,2\n')
    assert of_table(path, RECORDS) == {"clade": ("x", "x, y"), "year": ("2", "")}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "species.csv is not a table in CSV format. Its first line is such as name,clade"),
        ("name\na\nb\n", "The first line of species.csv has 0 columns after the first; give 1 to 8"),
        ("name,x,x\na,1,2\nb,1,2\n", "has 2 columns after the first; give 1 to 8, each with a name of its own"),
        ("name,x\na,1\nbb,2\n", "species.csv has no line for 'b'; it has bb. Add the line."),
        ("name,x\n", "species.csv has no line for 'a'"),
    ],
)
def test_another_table_is_refused(text: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(SequenceError) as caught:
        of_table(table(tmp_path, text), RECORDS)
    assert sentence in str(caught.value)


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SequenceError, match=r"is not a file\. Give the path of a table in CSV format"):
        of_table(tmp_path / "none.csv", [Record("a", 1, "ATG")])
