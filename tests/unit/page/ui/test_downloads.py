"""Files for the browser: name and bytes, or a sentence."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tvae.errors import InputError
from tvae.page.ui import texts
from tvae.page.ui.downloads import File, document_file, download, file_name, table_file, table_of_rows
from tvae.page.ui.scripts.sent import Sent, text_of

TABLE = table_of_rows(
    "numbers", {"checkpoint": "a/best.pt", "sha256": "12345678ff"}, [{"trits": [-1, 0, 1], "share": 0.5, "who": [1, 2]}]
)


@download
def export(asked: Sent) -> File:
    """Of `TABLE`."""
    if text_of(asked, "kind") == "gone":
        raise OSError("The file is gone.")
    return table_file(TABLE, text_of(asked, "kind"), "numbers", 9)


def test_a_file_has_its_name_and_its_bytes() -> None:
    answer = export({"kind": "csv"})
    assert answer["name"] == "a_best-numbers-9-12345678.csv"
    assert (
        base64.b64decode(answer["base64"]).decode()
        == "checkpoint,sha256,trits,share,who\na/best.pt,12345678ff,'-0+,0.5,1 2\n"
    )


@pytest.mark.parametrize(("kind", "sentence"), [("xlsx", "The format is 'xlsx'"), ("gone", texts.NO_FILE_NOW)])
def test_an_error_is_a_sentence(kind: str, sentence: str) -> None:
    answer = export({"kind": kind})
    assert set(answer) == {"error"}
    assert answer["error"].startswith(sentence)


@pytest.mark.parametrize("sent", [{}, None, "x", [1]])
def test_a_request_without_a_field_is_a_sentence(sent: object) -> None:
    assert export(sent)["error"].startswith("The call lacks the field ")


def test_a_mistake_of_ours_is_a_sentence_and_the_log_has_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    @download
    def mistaken(asked: Sent) -> File:
        raise KeyError("of ours")

    assert mistaken({}) == {"error": texts.UNEXPECTED}
    (logged,) = caplog.records
    assert logged.exc_info
    assert isinstance(logged.exc_info[1], KeyError)
    assert "of ours" in caplog.text


def test_the_function_keeps_its_name_which_the_browser_calls_it_by() -> None:
    assert export.__name__ == "export"


CASES = json.loads((Path(__file__).parents[3] / "scripts/ui/file_names.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"][:40] for case in CASES])
def test_a_file_is_named_after_checkpoint_contents_encoder_and_digest(case: dict[str, Any]) -> None:
    files = [(name, sha256) for name, sha256 in case["files"]]
    name = file_name(files, case["what"], case["kind"], case["encoder"])
    assert name == case["name"]
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,220}", name)


def test_a_table_of_two_checkpoints_names_both_and_the_encoder() -> None:
    about = {
        "checkpoint_a": "a",
        "checkpoint_b": "mine/key",
        "sha256_a": "1" * 64,
        "sha256_b": "2" * 64,
        "encoder": "B",
    }
    file = table_file(table_of_rows("moved", about, [{"index": 1}]), "csv", "moved")
    assert file.name == "a-vs-mine-moved-b-11111111-22222222.csv"
    assert file.data.decode().splitlines()[1].split(",") == ["a", "mine", "1" * 64, "2" * 64, "B", "1"]


def test_a_document_has_the_name_of_a_table_and_no_key() -> None:
    document = {"checkpoint": "mine/key", "sha256": "3" * 64, "encoder": "A", "operation": 5}
    file = document_file(document, "neighbours", 5)
    assert file.name == "mine-neighbours-5-a-33333333.json"
    assert json.loads(file.data) == document | {"checkpoint": "mine"}
    assert document["checkpoint"] == "mine/key"


def test_another_format_is_refused() -> None:
    with pytest.raises(InputError):
        table_file(TABLE, "pdf", "a")
