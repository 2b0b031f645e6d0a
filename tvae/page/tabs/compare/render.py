"""HTML of the Compare tab about two checkpoints.

The page calls them the first and the second; the documents of `reports.comparison` call them a and b, which on
the page could be mistaken for encoders A and B.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from markupsafe import Markup

from tvae.analysis.comparison.rules import DIGITS, MEASURE_DIRECTION, METRIC_DIRECTION
from tvae.analysis.metrics.ceilings import CEILINGS
from tvae.operations import ternary
from tvae.operations.named import name_of
from tvae.page.ui import texts
from tvae.page.ui.html import (
    cell,
    details,
    joined,
    number,
    operation_chip,
    operation_chips,
    quiet,
    row,
    scrolling,
    table,
    table_exports,
    tag,
    trit_row,
)

MAX_LISTED: Final = 200  # operations that only one reconstructs; the exports have all
SAME: Final = 1e-6  # a residual of rotated copies, whose points are rounded to float32

Document = dict[str, Any]


def heading(which: str, title: str, badge: Markup) -> Markup:
    """The heading of a plot: which checkpoint it shows, and its status."""
    return tag("h2", _ordinal(which), f" {title}") + badge


def first(title: str) -> Markup:
    """Which checkpoint is the first, next to the field that chooses the second."""
    return tag("p", _ordinal("a"), f" {title}") + quiet(texts.FIRST_IS_THE_PAGES)


def _ordinal(which: str) -> Markup:
    return tag("span", texts.table("ORDINALS")[which], class_=f"which {which}")


def summary(document: Document) -> Markup:
    """A summary of the tab, which screen readers announce."""
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
    return tag("p", words, role="status")


def _operations(indices: Sequence[int]) -> str:
    words = texts.ONE_OPERATION if len(indices) == 1 else texts.MANY_OPERATIONS
    return words.format(count=len(indices))


def metrics_table(document: Document, titles: tuple[str, str]) -> Markup:
    """Metrics side by side with their difference and which is better, and the rules for that, which open."""
    listed = _judged(texts.METRICS_TABLE, METRIC_DIRECTION, document, titles)
    return joined([listed, details(texts.RULES_TITLE, *_rules())])


def measures_table(document: Document, titles: tuple[str, str]) -> Markup:
    """Tree measures side by side with their difference and which is better; `document` is that of `near_and_far`."""
    listed = _judged(texts.MEASURES_HEADING, MEASURE_DIRECTION, document, titles)
    return joined([listed, quiet(texts.MEASURES_RULE)])


def _judged(label: str, measures: Iterable[str], document: Document, titles: tuple[str, str]) -> Markup:
    """These measures of both checkpoints, and the buttons that export them."""
    names = [name.format(first=titles[0], second=titles[1]) for name in texts.row("METRIC_COLUMNS")]
    kinds = ("name", "of a", "of b", None, "verdict")
    head = [
        cell(name, scope="col", class_=kind) for name, kind in zip((texts.METRIC_COLUMN, *names), kinds, strict=True)
    ]
    rows = [_metric(name, document["metrics"]) for name in measures]
    exported = table_exports(texts.OF_ENCODER.format(encoder=document["encoder"]))
    return joined([exported, scrolling(label, table(head, rows))])


def aligned_table(document: Document) -> Markup:
    """The operations that moved most in the ball; a sentence if none did, or if there are no two balls."""
    found = document["alignment"]
    if found is None:
        return quiet(texts.NOT_ALIGNED)
    if not found["residual"] > SAME:
        return quiet(texts.ALL_IN_PLACE)
    lead = quiet(texts.ALIGNED.format(residual=number(found["residual"], 4)))
    return joined([table_exports(), lead, _table(texts.ALIGNED_HEADING, found["moved"], signed=False)])


def _metric(name: str, found: dict[str, dict[str, Any]]) -> Markup:
    digits = DIGITS[name]
    better = found["better"][name]
    values = (cell(number(found[which][name], digits), class_="better" if better == which else None) for which in "ab")
    kind = f"verdict {better}" if better in ("a", "b") else "verdict"
    verdict = cell(texts.table("BETTER")[better] if better else number(None, 0), class_=kind)
    moved = difference(found["differences"][name], digits)
    label = texts.table("TREE_MEASURES" if name in MEASURE_DIRECTION else "METRICS")[name]
    return row(*values, moved, verdict, head=label, data_metric=name)


def difference(value: float | None, digits: int) -> str:
    """A number with its sign; one that would round to 0 is written with an exponent."""
    if value is None:
        return number(None, digits)
    small = value != 0 and abs(value) < 0.5 * 10**-digits
    shown = f"{value:+.1e}" if small else f"{value:+.{digits}f}" if value else f"{0:.{digits}f}"
    return shown.replace("-", "\u2212")


def _rules() -> list[Markup]:
    items = []
    names = texts.table("METRICS")
    for rule, sentence in texts.table("RULES").items():
        of_rule = [name for name, good in METRIC_DIRECTION.items() if good == rule]
        limit = ""
        if rule == "near the limit":
            limits = (f" {names[name]} {number(getattr(CEILINGS, name), 10)}" for name in of_rule)
            limit = f". {texts.RULES_LIMITS}{','.join(limits)}"
        items.append(tag("li", f"{sentence}: {', '.join(names[name] for name in of_rule)}{limit}."))
    return [tag("ul", *items), tag("p", texts.RULES_END)]


def moved_table(document: Document) -> Markup:
    """The operations whose radius differs most; a sentence if there are none or the radii are of different kinds."""
    rows = document["moved_most"]
    if rows is None:
        return quiet(texts.NOT_MOVED)
    if not any(one["moved"] for one in rows):
        return quiet(texts.NOTHING_MOVED)
    return joined([table_exports(), quiet(texts.MOVED_LEAD), _table(texts.MOVED_TABLE, rows)])


def chosen_table(document: Document, total: int) -> Markup:
    """The selected operations in both checkpoints; a hint if none is selected."""
    rows = document["operations"]
    if not rows:
        return quiet(texts.NOTHING_SELECTED_TO_COMPARE)
    more = f" {texts.FIRST_ARE_SHOWN.format(count=len(rows))}" if total > len(rows) else ""
    return table_exports(texts.SELECTED_COUNT.format(count=total) + more) + _table(texts.SELECTED_IN_BOTH, rows)


def _table(label: str, rows: Sequence[Document], signed: bool = True) -> Markup:
    """`signed`: rows moved out or in, and not by a distance."""
    body = [_row(one, signed) for one in rows]
    return scrolling(label, table(texts.row("COMPARED_COLUMNS"), body, kind="numbers results"))


def _row(one: Document, signed: bool) -> Markup:
    index = one["index"]
    name = name_of(index)
    return row(
        joined([operation_chip(index), f" {name}" if name else ""]),
        one["valuation"],
        number(one["radius_a"], 4),
        number(one["radius_b"], 4),
        _moved(one["moved"]) if signed else number(one["moved"], 4),
        _exact(one["exact_a"], one["exact_b"]),
        trit_row(ternary.trits_of(index).tolist()),
        data_row=index,
    )


def _moved(by: float | None) -> str:
    if not by:
        return difference(by, 4)
    return f"{difference(by, 4)} {texts.MOVED_OUT if by > 0 else texts.MOVED_IN}"


def _exact(first: bool, second: bool) -> Markup:
    words = texts.table("EXACT_IN")
    if first and second:
        return tag("span", f"\u2713 {words['both']}", class_="good")
    if first or second:
        return tag("span", f"\u25d0 {words['a' if first else 'b']}", class_="bad")
    return tag("span", f"\u2717 {words['neither']}", class_="bad")


def only_lists(document: Document) -> Markup:
    """The operations that only one of the two reconstructs, as buttons."""
    parts = [_only(which, document[f"only_{which}"]) for which in "ab"]
    exported = table_exports() if document["only_a"] or document["only_b"] else ""
    return joined([exported, tag("div", *parts, class_="only")])


def _only(which: str, indices: Sequence[int]) -> Markup:
    more = len(indices) - MAX_LISTED
    rest = f" {texts.MORE_ALONE.format(count=more)}" if more > 0 else ""
    listed = tag("p", operation_chips(indices[:MAX_LISTED]), rest, class_="chips") if indices else quiet(texts.NONE)
    title = texts.table("ALONE_TITLES")[which].format(count=len(indices))
    return tag("section", tag("h3", title), listed, data_only=which)


def notes(
    balls: tuple[bool, bool], inputs: tuple[str, str], digests: tuple[str, str], titles: tuple[str, str]
) -> Markup:
    """What cannot be compared, and why; empty if everything can.

    Each argument has a value for the first and one for the second checkpoint: whether it has a ball, what its decoder
    reads ("mu" or "log0"), its digest and its title.
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
    return joined(map(quiet, said))
