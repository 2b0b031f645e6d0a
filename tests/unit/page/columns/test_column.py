"""The columns that the page offers: words for each, values for its script, and what a stranger may ask."""

import json
import re
from typing import Any

import pytest
from app_fixtures import BUNDLED, OPENING, RICH, evaluated_here

from tvae.page.columns import column
from tvae.page.selection.checkpoint.checkpoints import counterpart
from tvae.reports.columns import KEYS, Source, column_of, packed

pytestmark = pytest.mark.usefixtures("published_without_a_hub")


def asked(key: object, **changes: Any) -> dict[str, Any]:
    return column.column({"checkpoint": BUNDLED, "column": key, "operation": None, "other": ""} | changes)


def test_every_column_has_words_and_colours() -> None:
    offered = json.loads(column.offered())
    alike, groups = offered["alike"], offered["groups"]
    keys = [one["key"] for one in offered["columns"]]
    assert [*keys, *(key for own in alike["keys"].values() for key in own)] == sorted(KEYS, key=_after)
    assert {one.get("group", "") for one in offered["columns"]} | alike["keys"].keys() == {"", *groups}
    labels = [*(one["label"] for one in offered["columns"]), *groups.values()]
    assert len(set(labels)) == len(labels)
    for one in [*offered["columns"], alike]:
        known = column_of(one["key"]) if "key" in one else column_of("sheffer")
        assert one.get("categories", []) == list(known.categories)
        assert one.get("colours", offered["colours"]) == list(known.colours)
        assert one.get("needs", "") == known.needs


def _after(key: str) -> bool:
    """Whether a column is sent after those that have something of their own."""
    return column_of(key).group in ("property", "clone")


def test_the_menu_is_short() -> None:
    offered = json.loads(column.offered())
    entries = [one for one in offered["columns"] if not one.get("group")]
    assert len(entries) + len(offered["groups"]) <= 15


def test_the_script_of_the_control_has_no_lone_word_in_quotes_but_the_name_of_its_data() -> None:
    """Gradio takes such a word for an event, which would shadow a property of that name."""
    assert set(re.findall(r'"(\w+)"', column.control())) == {"columns"}


def test_what_the_page_is_sent_at_first_is_small() -> None:
    assert len(column.control()) < 4_500


def test_values_are_those_of_the_column() -> None:
    source = Source(evaluated_here(BUNDLED))
    for key in ("first", "exactness", "wrong", "confidence", "radius_b", "sheffer", "keeps(-, 0)", "image"):
        assert asked(key) == packed(column_of(key), source)


def test_distances_are_from_the_operation() -> None:
    source = Source(evaluated_here(BUNDLED), operation=13)
    assert asked("nearness_b", operation=13) == packed(column_of("nearness_b"), source)
    assert asked("adic", operation="13") == packed(column_of("adic"), source)


def test_the_other_checkpoint_is_the_one_of_compare() -> None:
    evaluated = evaluated_here(BUNDLED)
    for name, other in ((RICH, RICH), (OPENING, OPENING), ("", counterpart(evaluated))):
        source = Source(evaluated, other=evaluated_here(other))
        assert asked("other_radius_a", other=name) == packed(column_of("other_radius_a"), source)


@pytest.mark.parametrize(
    ("key", "changes", "said"),
    [
        ("hue", {}, "There is no column"),
        (7, {}, "There is no column"),
        ("confidence", {"checkpoint": "nobody"}, "nobody"),
        ("confidence", {"checkpoint": ["tree"]}, "checkpoint"),
        ("adic", {"operation": 19_683}, "0 to 19,682"),
        ("adic", {"operation": None}, "operation"),
        ("other_radius_a", {"other": 3}, "other"),
        ("other_radius_a", {"other": "session:none"}, ""),
    ],
)
def test_what_cannot_be_computed_is_refused_with_a_sentence(key: object, changes: dict[str, Any], said: str) -> None:
    answer = asked(key, **changes)
    assert list(answer) == ["error"]
    assert said in answer["error"]
    assert answer["error"].endswith(".")


def test_a_field_that_is_missing_is_named() -> None:
    assert "checkpoint" in column.column({"column": "first"})["error"]
