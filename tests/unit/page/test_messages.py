"""Errors that a visitor provokes in each tab: the sentence that is shown, without a word of the program's inside."""

import re
from collections.abc import Callable
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from app_fixtures import BUNDLED

from tvae.errors import TvaeError
from tvae.page.tabs.ball import handlers as ball
from tvae.page.tabs.ball.algebra import section as algebra
from tvae.page.tabs.codons import handlers as codons, sequence_form
from tvae.page.tabs.compare import handlers as compare
from tvae.page.tabs.coverage import handlers as coverage
from tvae.page.tabs.explore import handlers as explore
from tvae.page.tabs.explore.sections import linear_regions
from tvae.page.tabs.learn import layout as learn
from tvae.page.ui import texts
from tvae.page.ui.components import SKIP
from tvae.page.uploads import handlers as uploads, receive

VISITOR: Any = SimpleNamespace(session_hash="someone")
# Python's words for values, names of its errors, and names of arguments and keys that the page calls otherwise.
INTERNAL = re.compile(
    r"\b(None|True|False|nan|inf|[A-Z]\w+Error|Traceback|dict|NoneType|token_accuracy|max_radius|fn_index)\b"
    r"|^k is|^steps is|is '\d|<class|\\x|\\n"
)


def in_ball(k: float | None = 10, ends: str = "13 to 14", steps: float | None = 20) -> str:
    shown = ball.refresh(BUNDLED, "13", None, "A", k, "neighbours", ends, steps)
    return shown.near_alert + shown.walk_alert


def in_compare(name: str) -> str:
    asked = f'{{"a": "{BUNDLED}", "wanted": "{name}", "encoder": "A", "operations": ""}}'
    return compare.answer(asked, "", "radius", "someone").alert


def stored(name: str, data: bytes) -> str:
    with pytest.raises(TvaeError) as refused:
        receive.store_upload(name, data, "someone")
    return str(refused.value)


KNOWN = "Choose one of these: rich_tree, "
PROVOKED: dict[str, tuple[Callable[[], str], str]] = {
    "Ball without a number of neighbours": (
        lambda: in_ball(k=None),
        "The number of neighbours is missing; type a whole number from 1 to 1,000, for example 10.",
    ),
    "Ball with no neighbour": (
        lambda: in_ball(k=0),
        "The number of neighbours is 0; it must be a whole number from 1 to 1,000, for example 10.",
    ),
    "Ball with half a neighbour": (
        lambda: in_ball(k=2.5),
        "The number of neighbours is 2.5; it must be a whole number",
    ),
    "Ball without steps": (lambda: in_ball(steps=None), "The number of steps is missing"),
    "Ball with a path of no steps": (lambda: in_ball(steps=0), "The number of steps is 0; it must be a whole number"),
    "Ball with a level as an end": (lambda: in_ball(ends="13 to v=8"), "The end 'v=8' names 2 operations; give one"),
    "Compare with an unknown checkpoint": (
        lambda: in_compare("nope"),
        f"No checkpoint is called 'nope'. {KNOWN}",
    ),
    "Coverage of an unknown checkpoint": (
        lambda: next(coverage.show("nope")).status,
        f"No checkpoint is called 'nope'. {KNOWN}",
    ),
    "Codons of an unknown checkpoint": (
        lambda: codons.refresh("nope", "", "A", "acid", False).alert,
        f"No checkpoint is called 'nope'. {KNOWN}",
    ),
    "Learn about an unknown checkpoint": (
        lambda: learn.show("nope").status,
        f"No checkpoint is called 'nope'. {KNOWN}",
    ),
    "Algebra of an unknown checkpoint": (
        lambda: next(algebra.show("nope")).algebra,
        "No checkpoint is called 'nope'.",
    ),
    "Regions of an unknown checkpoint": (lambda: linear_regions.show("nope"), "No checkpoint is called 'nope'."),
    "Explore with an unknown checkpoint": (
        lambda: explore.load_checkpoint("nope", BUNDLED, "", "A", None).alert,
        f"The page still shows {BUNDLED}.",
    ),
    "sequences without letters": (
        lambda: sequence_form.encode({"model": "codons_brca1", "fasta": ""})["error"],
        "There is no sequence: the text is empty",
    ),
    "a protein for a model of codons": (
        lambda: sequence_form.encode({"model": "codons_brca1", "fasta": ">a\nMKLV"})["error"],
        "This looks like a protein",
    ),
    "no repository": (lambda: uploads.list_files(" ", "", VISITOR).status, "Name a repository as owner/name"),
    "a repository without an owner": (
        lambda: uploads.list_files("bert", "", VISITOR).status,
        "'bert' is not the name of a repository. Write owner/name",
    ),
    "no file of a repository": (
        lambda: uploads.open_listed("a/b", "", "", VISITOR).status,
        "No file is selected. List the repository's checkpoints and choose one.",
    ),
    "a picture as a checkpoint": (
        lambda: stored("best.pt", b"\x89PNG\r\n\x1a\n" + bytes(100)),
        "best.pt: found a picture (PNG); expected a checkpoint written by torch.save or safetensors. Use a file that",
    ),
    "a Git LFS pointer as a checkpoint": (
        lambda: stored("best.pt", b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"),
        "found a Git LFS pointer instead of the weights; ",
    ),
    "a page of the Hub as a checkpoint": (
        lambda: stored("best.pt", b"<!doctype html><title>Log in</title>"),
        "found a web page that asks for a login, instead of the weights; ",
    ),
    "a truncated checkpoint": (
        lambda: stored("best.pt", b"PK\x03\x04" + bytes(200)),
        "found a damaged or truncated zip archive; expected a complete file written by torch.save. Download, copy or",
    ),
    "an empty checkpoint": (lambda: stored("best.pt", b""), "best.pt: found an empty file; "),
}


@pytest.mark.parametrize("name", PROVOKED)
def test_a_provoked_error_is_a_sentence_of_the_page(name: str) -> None:
    provoke, sentence = PROVOKED[name]
    said = unescape(re.sub(r"<[^>]*>", "", provoke()))
    assert sentence in said
    assert not INTERNAL.search(said)


@pytest.mark.parametrize(
    "shown",
    [
        lambda: coverage.show("nope").__next__(),
        lambda: codons.refresh("nope", "", "A", "acid", False),
        lambda: learn.show("nope"),
        lambda: ball.refresh("nope", "", None, "A", 10, "neighbours", "", 20),
    ],
)
def test_what_stays_under_an_error_is_said_to_be_of_the_previous_checkpoint(shown: Callable[[], Any]) -> None:
    filled = {name: value for name, value in vars(shown()).items() if value is not SKIP}
    assert texts.STILL_SHOWN in "".join(map(str, filled.values()))
    assert set(filled) <= {"alert", "status", "wanted"}
