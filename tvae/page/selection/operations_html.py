"""HTML about the selected operations: truth table, facts, result table, examples."""

import json
from collections.abc import Sequence

from markupsafe import Markup

from tvae.models.embedding import EncodedOperation
from tvae.page.ui import texts
from tvae.page.ui.html import (
    chip,
    entry_name,
    facts,
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
    trit_class,
    trit_row,
    trit_tile,
    truth_table,
)
from tvae.reports.plots.palette import TRIT_SIGNS

MAX_ROWS = 100  # of the result table on the page; the exports have all


def examples() -> Markup:
    """Example texts as buttons, and the place for the menu of `saved_menu.js` with its words."""
    buttons = (chip(text, data_text=text) for text in texts.row("EXAMPLES"))
    words = json.dumps(dict(texts.table("SAVED_SELECTIONS")), separators=(",", ":"))
    saved = tag("div", class_="saved-selections", data_words=words)
    return tag("p", *buttons, class_="chips", aria_label=texts.EXAMPLES_LABEL) + saved


def truth_editor(operation: EncodedOperation, around: Sequence[tuple[int, float]], chosen: bool) -> Markup:
    """The truth table to edit, next to the one that the checkpoint decodes; `chosen`: False for the example."""
    hint = "" if chosen else quiet(texts.NOTHING_SELECTED)
    edit = truth_table([_button(*one) for one in enumerate(operation["trits"])], texts.TRUTH_TABLE, kind="op edit")
    right = zip(operation["reconstruction"], operation["trits"], strict=True)
    decoded = truth_table([trit_tile(*pair) for pair in right], texts.DECODED_TABLE, kind="op decoded")
    return tag("div", tag("div", edit, decoded, class_="tables"), hint, _facts(operation, around), class_="truth")


def _button(position: int, trit: int) -> Markup:
    """One entry of the truth table to edit."""
    sign = TRIT_SIGNS[trit]
    return tag(
        "button",
        sign,
        type="button",
        class_=f"trit {trit_class(trit)}",
        data_position=position,
        data_trit=trit,
        aria_label=texts.CHANGE_TRIT.format(place=entry_name(position), sign=sign),
    )


def _facts(operation: EncodedOperation, around: Sequence[tuple[int, float]]) -> Markup:
    words = texts.table("FACTS")
    name = joined([" ", tag("em", operation["name"])]) if operation["name"] else ""
    exact = (
        tag("span", texts.IS_EXACT, class_="good")
        if operation["exact"]
        else tag("span", texts.IS_NOT_EXACT, class_="bad")
    )
    confidence = texts.LEAST_CONFIDENCE.format(confidence=number(operation["confidence"], 4))
    near = (operation_chip(i, texts.AT_DISTANCE.format(distance=distance)) for i, distance in around)
    has_ball = operation["norm_a"] is not None
    pairs = [
        (words["operation"], joined([tag("strong", operation["index"]), name])),
        (words["valuation"], operation["valuation"]),
        (
            words["radius" if has_ball else "length"],
            f"{number(operation['radius_a'], 4)}, {number(operation['radius_b'], 4)}",
        ),
        *([(words["norm"], f"{number(operation['norm_a'], 4)}, {number(operation['norm_b'], 4)}")] if has_ball else []),
        (words["decoder"], joined([exact, ", ", confidence])),
        (words["nearest"], Markup(" ").join(near)),
    ]
    return facts(pairs)


def results(rows: Sequence[EncodedOperation], near: Sequence[Sequence[int]], total: int) -> Markup:
    """The table of the first `MAX_ROWS` selected operations, of `total`; empty if none is selected."""
    if not rows:
        return Markup("")
    more = f" {texts.FIRST_ARE_SHOWN.format(count=len(rows))}" if total > len(rows) else ""
    body = [_row(one, around) for one, around in zip(rows, near, strict=True)]
    listed = table(texts.row("SELECTED_COLUMNS"), body, kind="numbers results")
    return table_exports(texts.SELECTED_COUNT.format(count=total) + more) + scrolling(texts.SELECTED_TABLE, listed)


def _row(one: EncodedOperation, around: Sequence[int]) -> Markup:
    exact = tag("span", texts.EXACT, class_="good")
    return row(
        chip(one["index"], data_show=one["index"]),
        trit_row(one["trits"]),
        one["name"] or "",
        one["valuation"],
        *(number(value, 6) for value in (one["norm_a"], one["norm_b"], one["radius_a"], one["radius_b"])),
        exact if one["exact"] else trit_row(one["reconstruction"], one["trits"]),
        number(one["confidence"], 4),
        operation_chips(around),
        data_row=one["index"],
    )
