"""What a history says: the verdict on runs whose fate is known beforehand."""

from pathlib import Path
from typing import Any

import pytest

from tvae.analysis.metrics.ceilings import CEILINGS
from tvae.checkpoints import loading
from tvae.checkpoints.metadata.metadata import parse
from tvae.checkpoints.metadata.recorded import History
from tvae.training.history import collapse_summary, good_since, recorded_recipe, regressions
from tvae.training.recipes.recipe import Recipe

BEST = CEILINGS.hierarchy
AT_BEST = "\u22120.83205"


def row(step: int, **changed: Any) -> dict[str, Any]:
    good = {"coverage": 1.0, "hierarchy_a": BEST, "hierarchy_b": BEST, "overlaps_a": 0, "overlaps_b": 0}
    return {"step": step, "phase": "x", **good, "richness_a": 0.01, "richness_b": 0.0002, **changed}


def read(*rows: dict[str, Any]) -> History:
    history = parse(Path("best.pt"), {"history": list(rows)}).history
    assert history is not None
    return history


def test_the_bundled_long_run_does_not_collapse() -> None:
    history = loading.open_located(loading.locate("v5_11_overnight")).recorded.history
    assert history is not None
    assert regressions(history) == ()
    assert good_since(history) == 1500
    assert collapse_summary(history) == (
        "It does not collapse: from step 1,500 to 11,200 every operation is reconstructed and no level overlaps, on "
        "both encoders."
    )


COLLAPSES: dict[str, tuple[dict[str, Any], str]] = {
    "coverage": ({"coverage": 0.5}, "coverage leaves 1 at step 200 and ends at 0.5"),
    "the ball's coverage": ({"coverage_ball": 0.5}, "coverage leaves 1 at step 200 and ends at 0.5"),
    "decoder B": ({"coverage_b": 0.25}, "coverage of decoder B leaves 1 at step 200 and ends at 0.25"),
    "overlaps": ({"overlaps_b": 3}, "overlaps of B leaves 0 at step 200 and ends at 3"),
    "a worse hierarchy": (
        {"hierarchy_a": -0.7},
        "hierarchy of A leaves \u22120.83205 at step 200 and ends at \u22120.7",
    ),
    "tied radii": ({"hierarchy_a": -0.95}, "hierarchy of A leaves \u22120.83205 at step 200 and ends at \u22120.95"),
    "one radius": ({"hierarchy_b": None}, "hierarchy of B leaves \u22120.83205 at step 200 and ends at undefined"),
    "richness": ({"richness_a": 0.0}, "richness of A leaves 0.01 at step 200 and ends at 0"),
}


@pytest.mark.parametrize("name", COLLAPSES)
def test_a_loss_at_the_end_is_a_collapse(name: str) -> None:
    change, words = COLLAPSES[name]
    first = row(100, coverage_ball=1.0) if "coverage_ball" in change else row(100)
    first |= {"coverage_b": 1.0} if "coverage_b" in change else {}
    history = read(first, row(200, **change), row(300, **change))
    assert collapse_summary(history) == f"It collapses: {words}."
    assert len(regressions(history)) == 1
    assert good_since(history) is None or name in ("a worse hierarchy", "tied radii", "one radius", "richness")


def test_a_recovered_loss_is_reported_but_is_no_collapse() -> None:
    history = read(row(100), row(200, coverage=0.99), row(300))
    assert collapse_summary(history) == (
        "It does not collapse: at step 300 every operation is reconstructed and no level overlaps, on both encoders. "
        "On the way coverage leaves 1 at step 200; recovered by the end."
    )


def test_the_step_of_a_collapse_is_that_of_the_last_loss() -> None:
    down = {"overlaps_a": 2}
    history = read(row(1), row(2, **down), row(3), row(4, **down), row(5, **down))
    (loss,) = regressions(history)
    assert (loss.step, loss.best, loss.last, loss.lasting) == (4, 0, 2, True)


def test_what_was_never_reached_is_not_lost() -> None:
    poor = {"coverage": 0.9, "overlaps_a": 4, "hierarchy_a": -0.5, "hierarchy_b": -0.82}
    history = read(row(1, **poor, richness_a=0.02), row(2, **poor, richness_a=0.0001))
    assert regressions(history) == ()
    assert collapse_summary(history) == (
        "It does not collapse, but at the end, step 2, coverage is 0.9, 4 levels overlap on A, and 0 levels overlap on "
        "B."
    )


@pytest.mark.parametrize(("worse", "count"), [(0.009, 0), (0.011, 1)])
def test_a_hierarchy_may_lose_as_much_as_the_controller_allows(worse: float, count: int) -> None:
    assert len(regressions(read(row(1), row(2, hierarchy_a=BEST + worse)))) == count


def test_a_hierarchy_may_fluctuate_during_training() -> None:
    assert regressions(read(row(1, hierarchy_a=-0.4), row(2, hierarchy_a=-0.3), row(3))) == ()


def test_without_a_ball_order_is_not_judged() -> None:
    flat = {"richness_a": None, "richness_b": None}
    history = read(row(1, **flat), row(2, **flat, hierarchy_a=0.1, overlaps_a=9))
    assert collapse_summary(history) == "It does not collapse: from step 1 to 2 every operation is reconstructed."


@pytest.mark.parametrize(
    "odd", [{"recipe": None}, {"recipe": "gone"}, {"learning_rate": 10**400}, {"learning_rate": True}, {"steps": "5"}]
)
def test_metadata_that_describe_no_recipe_are_ignored(odd: dict[str, Any]) -> None:
    recorded = {"recipe": "tree", "steps": 100, "learning_rate": 0.01}

    def plan(metadata: dict[str, Any]) -> Recipe | None:
        return recorded_recipe(parse(Path("best.pt"), metadata).run)

    assert plan(recorded) is not None
    assert plan(recorded | odd) is None
    assert plan({name: value for name, value in recorded.items() if name not in odd}) is None


def test_odd_values_count_as_not_measured() -> None:
    history = read({"step": 1, "coverage": "nan", "richness_a": [1], "q_a": True, "q_b": 10**400})
    assert not any(history.has(name) for name in ("coverage", "richness_a", "q_a", "q_b", "other"))
    assert history.column("other") == (None,)
    assert "coverage is undefined" in collapse_summary(history)
