"""Metadata of any kind become typed values within limits, with a sentence for each thing that is not used."""

import json
from pathlib import Path
from typing import Any

import pytest

from tvae.checkpoints.metadata import metadata
from tvae.checkpoints.metadata.json_values import MAX_DEPTH
from tvae.checkpoints.metadata.metadata import parse
from tvae.checkpoints.metadata.recorded import Decision, History, Recorded, Run
from tvae.errors import CheckpointFileError

PATH = Path("best.pt")


def read(values: dict[Any, Any]) -> Recorded:
    return parse(PATH, values)


def test_a_file_of_ours_is_read_in_full() -> None:
    event = {"step": 1700, "part": "encoder_a", "action": "thaw", "reason": "coverage 1.00000"}
    said = {
        "recipe": "tree", "seed": 3, "steps": 2500, "stopped_after": 60, "learning_rate": 0.005,
        "emphasis": {"order": 2.0}, "events": [event], "metrics": {"coverage": 1.0, "best": True, "list": [1]},
        "history": [{"step": 0, "coverage": 0.5}, {"step": 50, "coverage": 1, "phase": "base"}],
        "config": {"max_radius": 0.95, "curvature": 2, "decoder_input": "log0"},
    }  # fmt: skip
    found = read(said)
    assert found.run == Run("tree", 3, 2500, 60, 0.005, {"order": 2.0}, (Decision(**event),))
    assert found.history == History((0, 50), {"coverage": (0.5, 1.0)})
    assert (found.max_radius, found.curvature, found.decoder_input) == (0.95, 2.0, "log0")
    assert found.metrics == {"coverage": 1.0, "best": True}
    assert (found.values, found.notes) == (said, ())
    assert read({}) == Recorded()


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("recipe", 5, "input should be a valid string"),
        ("recipe", "x" * 81, "string should have at most 80 characters"),
        ("recipe", "", "string should have at least 1 character"),
        ("seed", -1, "input should be greater than or equal to 0"),
        ("seed", True, "input should be a valid integer"),
        ("seed", 10**400, "input should be a valid integer"),
        ("steps", 0, "input should be greater than or equal to 1"),
        ("steps", 10**9 + 1, "input should be less than or equal to 1000000000"),
        ("steps", "5", "input should be a valid integer"),
        ("stopped_after", -60, "input should be greater than or equal to 0"),
        ("learning_rate", -1, "input should be greater than 0"),
        ("learning_rate", float("nan"), "input should be a valid number"),
        ("learning_rate", 1e308, "input should be a valid number"),
        ("learning_rate", True, "input should be a valid number"),
        ("emphasis", "much", "input should be an object"),
        ("emphasis", {"order": "much"}, "input should be a valid number"),
        ("emphasis", {str(k): 1.0 for k in range(61)}, "dictionary should have at most 60 items after validation"),
        ("events", "none", "input should be a valid array"),
        ("events", [1], "input should be an object"),
        ("events", [{"step": []}], "input should be a valid integer"),
        ("events", [{"step": 1, "part": "a", "action": "b"}], "field required"),
    ],
)
def test_what_does_not_fit_is_not_used_and_said(name: str, value: Any, why: str) -> None:
    found = read({"recipe": "tree", name: value})
    assert getattr(found.run, name) is None
    assert (found.run.recipe is None) == (name == "recipe")
    said = f"The recorded value of {name} is not used: {why}"
    assert any(note.startswith(said) for note in found.notes), found.notes
    json.dumps(found.values, allow_nan=False)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("text", "it is not a list of rows"),
        ([1, 2], "it is not a list of rows"),
        ({"step": 1}, "it is not a list of rows"),
        *(
            ([{"step": step}], "its steps are not whole numbers from 0 to 1,000,000,000")
            for step in ("1", True, None, -1, 1.5, 10**9 + 1, 1e308)
        ),
        ([{"coverage": 1.0}], "its steps are not whole numbers"),
        ([{"step": 2}, {"step": 1}], "its steps do not increase"),
        ([{"step": 1}, {"step": 1}], "its steps do not increase"),
    ],
)
def test_a_history_that_is_no_table_is_not_used(rows: Any, why: str) -> None:
    found = read({"history": rows})
    assert found.history is None
    assert any(note.startswith(f"The recorded history is not used: {why}") for note in found.notes)


@pytest.mark.parametrize("nothing", [None, []])
def test_no_history_needs_no_note(nothing: Any) -> None:
    assert read({"history": nothing}).notes == ()


@pytest.mark.parametrize("value", ["nan", [1], True, None, 10**400, 1.1e15, -1e308, float("inf")])
def test_a_value_that_is_no_number_of_a_curve_counts_as_not_measured(value: Any) -> None:
    history = read({"history": [{"step": 1, "q_a": value}, {"step": 2, "q_a": 1e15}]}).history
    assert history is not None
    assert history.column("q_a") == (None, 1e15)


def test_rows_with_a_column_each_make_a_small_table() -> None:
    """20,000 names and as many rows would be 400 million cells."""
    found = read({"history": [{"step": step, f"metric {step}": 1.0} for step in range(20_000)]})
    assert found.history is not None
    assert sum(map(len, found.history.columns.values())) == metadata.MAX_COLUMNS * 20_000
    assert list(found.history.columns)[-1] == f"metric {metadata.MAX_COLUMNS - 1}"
    assert found.notes == ("Of the 20,000 columns of the history, only the first 64 are used.",)


def test_the_end_of_a_very_long_history_is_used() -> None:
    rows = [{"step": step, "q_a": float(step)} for step in range(metadata.MAX_ROWS + 5)]
    found = read({"history": rows})
    assert found.history is not None
    assert (found.history.steps[0], found.history.column("q_a")[0], len(found.history.steps)) == (5, 5.0, 20_000)
    assert found.notes == ("Of the 20,005 rows of the history, only the last 20,000 are used.",)


def test_the_number_of_values_and_letters_has_a_limit() -> None:
    """Each list and dict counts as a value."""
    assert read({"list": [0] * 199_999}).values == {"list": [0] * 199_999}
    with pytest.raises(CheckpointFileError, match="more than 200,000 recorded values"):
        read({"list": [0] * 200_000})
    assert len(read({"list": ["x" * 9_999] * 400}).values["list"]) == 400
    with pytest.raises(CheckpointFileError, match="recorded texts of more than 4,000,000 characters"):
        read({"list": ["x" * 10_000] * 400})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.1e300, 10**19 * 10, -(2**64), 10**600])
def test_numbers_that_are_not_finite_or_too_large_are_text(value: float) -> None:
    found = read({"tau": value})
    assert found.values == {"tau": str(value)[:40]}
    assert found.notes == ("Recorded numbers that are not finite or too large: 1; they are kept as text and not used.",)


@pytest.mark.parametrize("value", [1e300, -1e300, 2**64 - 1, 0.0, True, None])
def test_other_numbers_stay(value: Any) -> None:
    assert (read({"tau": value}).values, read({"tau": value}).notes) == ({"tau": value}, ())


@pytest.mark.parametrize("letter", ["\x1b", "\0", "\x7f", "\x9b", "\ud800", "\u2028", "\u202e", "\u2066"])
def test_letters_that_are_no_text_are_escaped(letter: str) -> None:
    found = read({f"a{letter}": f"b{letter}", "recipe": f"c{letter}"})
    escape = letter.encode("unicode_escape").decode()
    assert found.values == {f"a{escape}": f"b{escape}", "recipe": f"c{escape}"}
    assert found.run.recipe == f"c{escape}"
    json.dumps(found.values, ensure_ascii=False).encode()
    assert found.notes == (
        "Recorded texts with control characters or invalid Unicode: 3; these characters are escaped.",
    )


def test_ordinary_texts_stay() -> None:
    texts = {"note": "two\n\tlines", "\u03bb1": "caf\u00e9\u00a0\u00fc \U0001f600 \u6f22"}
    assert (read(texts).values, read(texts).notes) == (texts, ())
    assert read({"a\nb\tc": 1}).values == {"a\\nb\\tc": 1}  # a name is shown in a line


def test_long_texts_are_cut() -> None:
    found = read({"x" * 201: "y" * 10_001})
    assert found.values == {"x" * 200 + "...": "y" * 10_000 + "..."}
    assert found.notes == ("Recorded texts that are too long: 2; only their beginnings are kept.",)


def test_deep_nesting_is_cut() -> None:
    deep: list[Any] = []
    for _ in range(50):
        deep = [deep]
    found = read({"deep": deep})
    assert json.dumps(found.values).count("[") == MAX_DEPTH
    assert found.notes == ("Recorded values that are nested deeper than 8 levels are left out.",)


def test_only_the_first_metrics_are_shown() -> None:
    found = read({"metrics": {str(k): k for k in range(250)}})
    assert list(found.metrics.values()) == list(range(200))
    assert found.notes == ("Of the 250 recorded metrics, only the first 200 are shown.",)
    assert read({"metrics": 5}).metrics == {}


@pytest.mark.parametrize("name", ["max_radius", "curvature"])
@pytest.mark.parametrize("value", [0, -1, 1e-7, 5e-324, 1e6, "1", True, [], 10**400, float("nan")])
def test_a_setting_on_which_the_weights_depend_is_never_replaced(name: str, value: Any) -> None:
    with pytest.raises(CheckpointFileError, match=f"a recorded {name} of '.*'; expected a number of at least 0.000001"):
        read({"config": {name: value}})


def test_settings_are_found_where_files_have_them() -> None:
    for said in (
        {"config": {"max_radius": 0.8}},
        {"config": {"model": {"max_radius": 0.8}}},
        {"hyper_parameters": {"max_radius": 0.8}},
        {"hyper_parameters": {"config": {"max_radius": 0.8}}},
        {"config": {"max_radius": 0.8, "model": {"max_radius": 0.7}}},
        {"config": {"max_radius": None, "model": {"max_radius": 0.8}}},
    ):
        assert read(said).max_radius == 0.8
    for said in ({"max_radius": 0.8}, {"config": ["max_radius"]}, {"config": {"model": "max_radius"}}):
        assert read(said).max_radius is None


def test_the_decoder_input_is_recorded_or_known_by_the_version() -> None:
    assert read({}).decoder_input is None
    assert read({"config": {"decoder_input": "elsewhere"}}).decoder_input is None
    assert read({"config": {"decoder_input": "mu"}, "version": "5.12.1"}).decoder_input == "mu"
    assert read({"version": "5.11"}).decoder_input == "mu"
    assert read({"version": "5.12.1"}).decoder_input == "log0"
