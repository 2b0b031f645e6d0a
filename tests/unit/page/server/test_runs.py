"""The runs of a sweep on the page: named, offered, listed with the sweep's numbers, and opened inside the directory."""

from pathlib import Path

import pytest
from sweep_runs import run_row, sweep_of

from tvae.errors import CheckpointError, InputError, UnknownCheckpoint
from tvae.page.api import explorer
from tvae.page.selection.checkpoint.checkpoints import CATALOGUE, chosen, offered
from tvae.page.server import compute, runs as module
from tvae.page.server.runs import Runs
from tvae.page.tabs.compare.leaderboard import handlers

ROW = run_row("rich_tree", 7, q=0.25)
NAME = f"rich_tree seed 7 {ROW['id'][:6]}"


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runs:
    """Those of the server: one that has finished, and one that failed."""
    opened = Runs()
    opened.open(sweep_of(tmp_path / "runs", ROW, run_row("tree", 1, error="No memory.")))
    monkeypatch.setattr(compute, "RUNS", opened)
    return opened


def test_a_server_without_runs_offers_the_catalogue() -> None:
    assert offered() == list(CATALOGUE)
    assert not compute.RUNS.has(NAME)
    with pytest.raises(UnknownCheckpoint):
        compute.load_evaluated(NAME)


def test_a_finished_run_is_offered_after_the_catalogue(runs: Runs) -> None:
    assert offered() == [*CATALOGUE, (f"{NAME} - recommended, sweep", NAME)]
    assert chosen(NAME, "")["value"] == NAME
    with pytest.raises(UnknownCheckpoint):
        chosen(f"{NAME} x", "")


def test_it_is_opened_and_measured_like_any_other_checkpoint(runs: Runs) -> None:
    opened = compute.load_evaluated(NAME)
    assert (opened.location.origin, opened.location.source) == ("run", "run of a sweep, on this server")
    assert opened.metrics.at_mu.reconstructed == 19_683
    assert opened.metrics.b.q != 0.25
    assert compute.find_file(NAME) == opened.location


def test_the_tables_have_the_numbers_of_the_sweep(runs: Runs) -> None:
    (listed,) = [row for row in explorer.checkpoints() if row["source"] == "run"]
    assert (listed["name"], listed["status"]) == (NAME, "recommended")
    last = explorer.leaderboard()[-1]
    assert (last["checkpoint"], last["source"], last["sha256"], last["b"]["q"]) == (NAME, "run", ROW["sha256"], 0.25)
    assert last["b"]["level_mean_norm"] is None
    assert handlers._all(handlers._Files([], [], {}))[-1] == last


def test_a_run_that_a_call_names_is_measured(runs: Runs) -> None:
    (row,) = [row for row in explorer.leaderboard([NAME]) if row["checkpoint"] == NAME]
    assert row["b"]["q"] == pytest.approx(run_row("rich_tree")["metrics"]["b"]["q"])


def test_a_model_that_has_become_a_link_is_not_opened(runs: Runs, tmp_path: Path) -> None:
    model = tmp_path / "runs" / ROW["id"] / "model.safetensors"
    model.rename(tmp_path / "elsewhere")
    model.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(
        CheckpointError, match=r"model\.safetensors is missing, a link, or no file\. Restart the server"
    ):
        compute.load_evaluated(NAME)


def test_a_model_that_is_no_checkpoint_is_refused_by_the_loader(runs: Runs, tmp_path: Path) -> None:
    (tmp_path / "runs" / ROW["id"] / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(CheckpointError, match="expected a checkpoint"):
        compute.load_evaluated(NAME)


def test_the_best_are_kept_and_the_rest_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_SHOWN", 2)
    rows = [run_row("tree", seed, q=seed + 1.0) for seed in range(3)]
    sweep_of(tmp_path, *rows, run_row("v5_5", error="No memory."))
    (tmp_path / "other").mkdir()
    opened = Runs()
    assert opened.open(tmp_path) == (
        f"2 of 3 finished runs in {str(tmp_path)!r} are on the page, the best ones; 2 others are not."
    )
    assert [name for _, name in opened.choices()] == [f"tree seed {k} {rows[k]['id'][:6]}" for k in (2, 1)]


def test_runs_that_are_all_there_are_counted_once(tmp_path: Path) -> None:
    sweep_of(tmp_path, run_row("tree", 0), run_row("tree", 1))
    assert Runs().open(tmp_path) == f"2 finished runs of {str(tmp_path)!r} are on the page."


def test_runs_whose_names_are_alike_have_their_whole_ids(tmp_path: Path) -> None:
    first, second = (run_row("tree", q=q) | {"id": f"{'0' * 15}{k}"} for k, q in enumerate((2.0, 1.0)))
    opened = Runs()
    opened.open(sweep_of(tmp_path, first, second))
    assert [name for _, name in opened.choices()] == ["tree seed 0 000000", f"tree seed 0 {second['id']}"]


def test_without_a_finished_run_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"has finished\. Run the sweep again, or start the page without --runs"):
        Runs().open(sweep_of(tmp_path, run_row("tree", error="No memory.")))
