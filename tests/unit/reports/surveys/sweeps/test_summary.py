"""What varies between runs, the spread over their seeds, and the front of the best."""

from pathlib import Path
from typing import Any

import pytest
from sweep_runs import run_row, sweep_of

from tvae.analysis.comparison.spread import Spread
from tvae.reports.surveys.sweeps.collection import read
from tvae.reports.surveys.sweeps.rows import Document, name_of
from tvae.reports.surveys.sweeps.summary import front, groups, telling, varying, winners


def rows_of(directory: Path, *rows: Document) -> list[Document]:
    return list(read(sweep_of(directory, *rows), check=False).rows)


def test_what_varies(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, run_row("tree", 0), run_row("tree", 1, steps=5, weights={"order": 2.0}))
    assert varying(rows) == ("steps", "weight_order")
    assert varying(rows[:1]) == ()


def test_what_tells_the_runs_of_a_recipe_apart(tmp_path: Path) -> None:
    apart = run_row("tree", 1, width=None)
    rows = rows_of(tmp_path, run_row("v5_11", 0), run_row("v5_11", 1), apart)
    assert (varying(rows), telling(rows)) == (("recipe", "width"), ())
    rows = rows_of(tmp_path / "more", run_row("v5_11", 0), run_row("v5_11", 0, steps=5), apart)
    assert telling(rows) == ("steps",)


def test_runs_that_differ_in_their_seed_are_a_group(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path,
        *(run_row("v5_11", seed, q=q) for seed, q in enumerate((1.0, 2.0, 6.0))),
        run_row("v5_11", 0, steps=5),
        run_row("tree", 0),
    )
    found = groups(reversed(rows))
    assert [(one.setting["recipe"], one.setting["steps"], one.seeds) for one in found] == [
        *(("tree", 60, 1), ("v5_11", 5, 1), ("v5_11", 60, 3)),
    ]
    spreads = found[2].spreads()
    q, none = spreads["q_b"], spreads["ball_coverage"]
    assert q == Spread(3, 3.0, pytest.approx(7**0.5), 1.0, 6.0)
    assert none is None
    alone = found[0].spreads()["q_b"]
    assert alone is not None
    assert (alone.count, alone.mean, alone.low) == (1, rows[0]["q_b"], None)


def test_runs_with_one_seed_count_as_one(tmp_path: Path) -> None:
    """Of another version of the code: the same settings and seed, and another id."""
    first, again, other = (
        run_row("tree", 0, q=1.0),
        run_row("tree", 0, q=2.0) | {"id": "0" * 16},
        run_row("tree", 1, q=3.5),
    )
    (group,) = groups(rows_of(tmp_path, first, again, other))
    q = group.spreads()["q_b"]
    assert q is not None
    assert (group.seeds, q.count, q.mean, q.low, q.high) == (2, 2, 2.5, 1.5, 3.5)


def test_the_front_is_of_the_encoders_whose_values_count(tmp_path: Path) -> None:
    def changed(seed: int, b: dict[str, Any], **whole: Any) -> Document:
        row = run_row("rich_tree", seed)
        numbers = row["metrics"] | whole
        return row | {"metrics": numbers | {"a": numbers["a"] | {"overlaps": 3}, "b": numbers["b"] | b}}

    limit = run_row("rich_tree")["metrics"]["b"]["hierarchy"]
    rows = rows_of(
        tmp_path,
        changed(0, {"hierarchy": limit, "richness": 0.01, "q": 1.0}),
        changed(1, {"hierarchy": limit + 0.2, "richness": 0.02, "q": 0.5}),
        changed(2, {"hierarchy": limit, "richness": 0.009, "q": 0.9}),  # beaten by the first
        changed(3, {"hierarchy": limit - 0.1, "richness": 0.5, "q": 5.0}),  # beyond the limit
        changed(4, {"hierarchy": limit, "richness": 0.9, "q": 2.0, "overlaps": 1}),  # no richness with overlaps
        changed(5, {"hierarchy": limit, "richness": 0.03, "q": 3.0}, coverage=0.5, reconstructed=9_842),
    )

    def seeds(third: str) -> list[tuple[int, str]]:
        return [(one.row["seed"], one.encoder) for one in front(rows, third)]

    assert seeds("richness") == [(0, "B"), (1, "B"), (5, "B")]
    assert (4, "B") in seeds("q")
    assert not {(2, "B"), (3, "B")} & set(seeds("q"))


def test_the_winners_are_the_best_of_each_recipe(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, run_row("tree", 0, q=9.0), run_row("tree", 1, q=8.0), run_row("v5_11", 0, q=9.5))
    assert [name_of(row)[:-7] for row in winners(rows, 4)] == ["v5_11 seed 0", "tree seed 0"]
    assert len(winners(rows, 1)) == 1
