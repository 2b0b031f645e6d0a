"""What the Compare tab says of two checkpoints as HTML; on the page they are the first and the second.

The documents of `explorer_reports.compare` call them a and b; spoken, that is the same as encoders A and B.
"""

from collections.abc import Sequence
from html import escape
from typing import Any, Final

from tvae.analysis import comparison
from tvae.analysis.metrics import CEILINGS
from tvae.operations import ternary
from tvae.operations.named import name_of
from tvae.page.ui import texts
from tvae.page.ui.html import (
    chips,
    number,
    scrolling,
    table_export_buttons,
    trit_row,
)

MAX_LISTED: Final = 200  # operations that one alone reconstructs; the exports have all
DIGITS: Final = {
    "reconstructed": 0,
    "overlaps": 0,
    "hierarchy": 10,
    "distance_correlation": 5,
    "q": 5,
}  # of a metric; the others have `USUAL_DIGITS`
USUAL_DIGITS: Final = 6

Document = dict[str, Any]


def heading(which: str, title: str, badge: str) -> str:
    """Above a plot: which checkpoint it shows, and its status."""
    return f'<h2><span class="which">{texts.table("ORDINALS")[which]}</span> {escape(title)}</h2>{badge}'


def summary(document: Document) -> str:
    """Everything that the tab shows in two sentences, for eyes and for screen readers."""
    verdicts = list(document["metrics"]["better"].values())
    first, second = verdicts.count("a"), verdicts.count("b")
    words = texts.COMPARE_SUMMARY.format(
        encoder=document["encoder"],
        first=first,
        second=second,
        metrics=len(verdicts),
        equal=verdicts.count("equal"),
        unlike=verdicts.count(None),
        only_first=_operations(document["only_a"]),
        only_second=_operations(document["only_b"]),
    )
    moved = document["moved_most"]
    if moved and moved[0]["moved"]:
        most = moved[0]
        before, after = number(most["radius_a"], 4), number(most["radius_b"], 4)
        words += f" {texts.MOVED_SUMMARY.format(operation=most['index'], before=before, after=after)}"
    return f'<p role="status">{escape(words)}</p>'


def _operations(indices: Sequence[int]) -> str:
    words = texts.ONE_OPERATION if len(indices) == 1 else texts.MANY_OPERATIONS
    return words.format(count=len(indices))


def metrics_table(document: Document, titles: tuple[str, str]) -> str:
    """Metrics side by side with differences and which is better; the rules can be opened."""
    found = document["metrics"]
    names = [name.format(first=titles[0], second=titles[1]) for name in texts.row("METRIC_COLUMNS")]
    head = f'<th scope="col" class="name">{texts.METRIC_COLUMN}</th>'
    head += "".join(f'<th scope="col">{escape(name)}</th>' for name in names[:-1])
    head += f'<th scope="col" class="verdict">{escape(names[-1])}</th>'
    body = "".join(_metric(name, found) for name in comparison.METRIC_DIRECTION)
    table = f'<table class="numbers"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return (
        f"{_exports(texts.OF_ENCODER.format(encoder=document['encoder']))}{scrolling(texts.METRICS_TABLE, table)}"
        f'<details class="why"><summary>{texts.RULES_TITLE}</summary>{_rules()}</details>'
    )


def _metric(name: str, found: dict[str, dict[str, Any]]) -> str:
    digits = DIGITS.get(name, USUAL_DIGITS)
    better = found["better"][name]
    cells = "".join(
        f"<td{' class=better' if better == which else ''}>{number(found[which][name], digits)}</td>" for which in "ab"
    )
    shown = difference(found["differences"][name], digits)
    return (
        f'<tr data-metric="{name}"><th scope="row">{texts.table("METRICS")[name]}</th>{cells}<td>{shown}</td>'
        f'<td class="verdict">{texts.table("BETTER")[better] if better else number(None, 0)}</td></tr>'
    )


def difference(value: float | None, digits: int) -> str:
    """A number with its sign; one that would be rounded away is written with an exponent."""
    if value is None:
        return number(None, digits)
    small = value != 0 and abs(value) < 0.5 * 10**-digits
    shown = f"{value:+.1e}" if small else f"{value:+.{digits}f}" if value else f"{0:.{digits}f}"
    return shown.replace("-", "\u2212")


def _rules() -> str:
    items = ""
    for rule, sentence in texts.table("RULES").items():
        named = [texts.table("METRICS")[name] for name, good in comparison.METRIC_DIRECTION.items() if good == rule]
        limits = [
            f" {texts.table('METRICS')[name]} {number(getattr(CEILINGS, name), 10)}"
            for name, good in comparison.METRIC_DIRECTION.items()
            if good == rule == "near the limit"
        ]
        limit = f". {texts.RULES_LIMITS}{','.join(limits)}" if limits else ""
        items += f"<li>{escape(sentence)}: {', '.join(named)}{limit}.</li>"
    return f"<ul>{items}</ul><p>{escape(texts.RULES_END)}</p>"


def moved_table(document: Document) -> str:
    """The operations that moved most, each row a button; a sentence where radii are of different kinds."""
    rows = document["moved_most"]
    if rows is None:
        return f'<p class="quiet">{escape(texts.NOT_MOVED)}</p>'
    if not any(row["moved"] for row in rows):
        return f'<p class="quiet">{escape(texts.NOTHING_MOVED)}</p>'
    return f'{_exports("")}<p class="quiet">{escape(texts.MOVED_LEAD)}</p>{_table(texts.MOVED_TABLE, rows)}'


def chosen_table(document: Document, total: int) -> str:
    """The chosen operations in both checkpoints; a hint where none is chosen."""
    rows = document["operations"]
    if not rows:
        return f'<p class="quiet">{escape(texts.NOTHING_SELECTED_TO_COMPARE)}</p>'
    more = f" {texts.FIRST_ARE_SHOWN.format(count=len(rows))}" if total > len(rows) else ""
    return _exports(texts.SELECTED_COUNT.format(count=total) + more) + _table(texts.SELECTED_IN_BOTH, rows)


def _exports(words: str) -> str:
    said = f"<span>{words}</span>" if words else ""
    return f'<div class="exports">{said}{table_export_buttons()}</div>'


def _table(label: str, rows: Sequence[Document]) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in texts.row("COMPARED_COLUMNS"))
    body = "".join(map(_row, rows))
    table = f'<table class="numbers results"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return scrolling(label, table)


def _row(row: Document) -> str:
    index = row["index"]
    name = name_of(index)
    cells: list[Any] = [
        f'<button type="button" class="chip" data-index="{index}">{index}</button>{f" {escape(name)}" if name else ""}',
        row["valuation"],
        number(row["radius_a"], 4),
        number(row["radius_b"], 4),
        _moved(row["moved"]),
        _exact(row["exact_a"], row["exact_b"]),
        trit_row(ternary.trits_of(index).tolist()),
    ]
    return f'<tr data-row="{index}">' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _moved(by: float | None) -> str:
    if not by:
        return difference(by, 4)
    return f"{difference(by, 4)} {texts.MOVED_OUT if by > 0 else texts.MOVED_IN}"


def _exact(first: bool, second: bool) -> str:
    if first and second:
        return f'<span class="good">\u2713 {texts.table("EXACT_IN")["both"]}</span>'
    if first or second:
        return f'<span class="bad">\u25d0 {texts.table("EXACT_IN")["a" if first else "b"]}</span>'
    return f'<span class="bad">\u2717 {texts.table("EXACT_IN")["neither"]}</span>'


def only_lists(document: Document) -> str:
    """The operations that one alone reconstructs, as buttons."""
    parts = [_only(which, document[f"only_{which}"]) for which in "ab"]
    exports = _exports("") if document["only_a"] or document["only_b"] else ""
    return f'{exports}<div class="only">{"".join(parts)}</div>'


def _only(which: str, indices: Sequence[int]) -> str:
    more = len(indices) - MAX_LISTED
    rest = f" {texts.MORE_ALONE.format(count=more)}" if more > 0 else ""
    none = f'<p class="quiet">{texts.NONE}</p>'
    listed = f'<p class="chips">{chips(indices[:MAX_LISTED])}{rest}</p>' if indices else none
    title = texts.table("ALONE_TITLES")[which].format(count=len(indices))
    return f'<section data-only="{which}"><h3>{title}</h3>{listed}</section>'


def notes(balls: tuple[bool, bool], inputs: tuple[str, str], digests: tuple[str, str], titles: tuple[str, str]) -> str:
    """What cannot be compared, and why; empty where everything can.

    Of first and second: whether it has a ball, what its decoder reads ("mu", "log0"), the digest and the title.
    """
    said = []
    if digests[0] == digests[1]:
        said.append(texts.BOTH_THE_SAME)
    if balls[0] != balls[1]:
        said.append(texts.ONE_WITHOUT_BALL.format(name=titles[balls.index(False)]))
    elif not any(balls):
        said.append(texts.NEITHER_HAS_BALL)
    if inputs[0] != inputs[1]:
        said.append(texts.OTHER_INPUT.format(name=titles[inputs.index("log0")]))
    return "".join(f'<p class="quiet">{escape(sentence)}</p>' for sentence in said)
