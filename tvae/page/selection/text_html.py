"""HTML below the text box: which parts of the text could not be read, and how much a long text or a query names."""

from collections.abc import Iterator, Sequence
from typing import Final

from markupsafe import Markup

from tvae.operations.parsing import FORMS, MAX_WRONG
from tvae.operations.query import is_query
from tvae.operations.words import ReadText, WrongPart, shortened
from tvae.page.ui import texts
from tvae.page.ui.html import quiet, tag

MARKED: Final = 10  # wrong parts that are marked and explained
AROUND: Final = 30  # characters that are repeated on each side of a wrong part
LONG: Final = 200  # characters, about what the text box shows at once


def below(text: str, count: int, read: ReadText) -> Markup:
    """What is said about a text that was `read` and names `count` operations; mostly nothing."""
    if read.wrong:
        return _marked(text, count, read.wrong)
    if not count and is_query(text):
        return quiet(texts.NO_OPERATION, role="status")
    notes = [
        *([texts.SPACED_QUERY] if read.spaced else []),
        *([texts.LONG_TEXT.format(count=count)] if len(text) > LONG else []),
    ]
    return quiet(" ".join(notes), role="status") if notes else Markup("")


def _marked(text: str, count: int, wrong: Sequence[WrongPart]) -> Markup:
    """The text with its wrong parts marked, and what is wrong with each."""
    shown = wrong[:MARKED]
    more = len(wrong) - len(shown)
    reasons: dict[str, list[str]] = {}
    for part in shown:
        reasons.setdefault(part.why, []).append(part.text)
    unread = texts.MORE_UNREAD if len(wrong) == MAX_WRONG else texts.MORE_WRONG
    return tag(
        "div",
        tag("p", texts.SOME_READ.format(count=count) if count else texts.NONE_READ),
        tag("p", *_pieces(text, shown, cut=more > 0), class_="typed"),
        tag("ul", *(tag("li", Markup(", ").join(map(_mark, parts)), f": {why}.") for why, parts in reasons.items())),
        tag("p", unread.format(count=more)) if more else "",
        tag("p", f"{FORMS}."),
        class_="alert",
        role="alert",
    )


def _pieces(text: str, wrong: Sequence[WrongPart], cut: bool) -> Iterator[object]:
    """The text with marks; long stretches between them are shortened, and `cut` leaves out what follows the last."""
    end = 0
    for part in wrong:
        yield _stretch(text[end : part.position], AROUND if end else 0, AROUND)
        end = part.position + len(part.text)
        yield _mark(text[part.position : end])
    yield _stretch(text[end:], AROUND, 0) if not cut else "\u2026"


def _stretch(text: str, before: int, after: int) -> str:
    """The first and the last characters of a stretch that is too long to be repeated."""
    if len(text) > before + after + 3:
        text = f"{text[:before]}\u2026{text[len(text) - after :]}"
    return valid(text)


def _mark(part: str) -> Markup:
    return tag("mark", valid(shortened(part)))


def valid(text: str) -> str:
    """A text with "?" for each lone surrogate, which no answer can contain."""
    return text.encode("utf-8", "replace").decode()
