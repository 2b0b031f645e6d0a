"""Files for the browser: name and bytes, or a sentence."""

import base64

import pytest

from tvae.errors import InputError
from tvae.page.ui import texts
from tvae.page.ui.downloads import File, download, safe_name, table_file, table_of_rows
from tvae.page.ui.scripts.sent import Sent, text_of

TABLE = table_of_rows("numbers", {"checkpoint": "a/best.pt"}, [{"trits": [-1, 0, 1], "share": 0.5, "who": [1, 2]}])


@download
def export(asked: Sent) -> File:
    """Of `TABLE`."""
    if text_of(asked, "kind") == "gone":
        raise OSError("The file is gone.")
    return table_file(TABLE, text_of(asked, "kind"), "a/best.pt", "numbers")


def test_a_file_has_its_name_and_its_bytes() -> None:
    answer = export({"kind": "csv"})
    assert answer["name"] == "tvae-a_best-numbers.csv"
    assert base64.b64decode(answer["base64"]).decode() == "checkpoint,trits,share,who\na/best.pt,'-0+,0.5,1 2\n"


@pytest.mark.parametrize(("kind", "sentence"), [("xlsx", "The format is 'xlsx'"), ("gone", texts.NO_FILE_NOW)])
def test_an_error_is_a_sentence(kind: str, sentence: str) -> None:
    answer = export({"kind": kind})
    assert set(answer) == {"error"}
    assert answer["error"].startswith(sentence)


@pytest.mark.parametrize("sent", [{}, None, "x", [1]])
def test_a_request_without_a_field_is_a_sentence(sent: object) -> None:
    assert export(sent)["error"].startswith("The call lacks the field ")


def test_a_mistake_of_ours_is_not_hidden() -> None:
    @download
    def mistaken(asked: Sent) -> File:
        raise KeyError("of ours")

    with pytest.raises(KeyError, match="of ours"):
        mistaken({})


def test_the_function_keeps_its_name_which_the_browser_calls_it_by() -> None:
    assert export.__name__ == "export"


def test_names_of_files_have_no_folders() -> None:
    assert safe_name("v5_11/best.pt") == "v5_11_best"
    with pytest.raises(InputError):
        table_file(TABLE, "pdf", "a")
