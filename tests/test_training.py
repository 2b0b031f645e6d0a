"""The training loop: it learns, repeats itself bit for bit, says when it fails, and leaves nothing behind."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tvae import ternary, training
from tvae.checkpoint_file import build, read
from tvae.embedding import embed
from tvae.errors import RecipeError, StorageError, TrainingError
from tvae.metrics import evaluate
from tvae.recipes import Recipe, recipe
from tvae.training import Progress, train, train_to_file, write_manifest

SHORT = replace(recipe("homeostatic_rich"), steps=100, batch_size=256)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Batches this small gain nothing from a second thread, and on a busy machine they would wait for it."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def last(plan: Recipe, seed: int = 0) -> Progress:
    *_, progress = train(plan, seed=seed)
    return progress


@pytest.fixture(scope="module")
def short_run() -> list[Progress]:
    return list(train(SHORT, seed=0))


def test_progress_counts_and_ends_with_metrics(short_run: list[Progress]) -> None:
    assert [progress.step for progress in short_run] == [50, 100]
    assert [progress.metrics is None for progress in short_run] == [True, False]
    assert all(progress.model is short_run[0].model for progress in short_run)
    assert 0 < short_run[0].seconds < short_run[1].seconds


def test_the_loss_is_the_weighted_sum_of_its_parts(short_run: list[Progress]) -> None:
    weights = SHORT.weights.__dict__
    for progress in short_run:
        assert progress.parts.keys() == weights.keys()
        total = sum(weights[name] * part for name, part in progress.parts.items())
        assert progress.loss == pytest.approx(total, rel=1e-5)


def test_a_short_run_learns() -> None:
    first, *_, final = train(replace(SHORT, steps=300), seed=0)
    assert final.loss < 0.7 * first.loss
    assert final.parts["reconstruction"] < 0.85 * first.parts["reconstruction"]
    assert final.parts["pull_a"] < 0.2 * first.parts["pull_a"]
    assert final.parts["pull_b"] < 0.3 * first.parts["pull_b"]
    assert final.metrics is not None
    for encoder in (final.metrics.a, final.metrics.b):
        assert encoder.hierarchy is not None
        assert encoder.hierarchy < -0.82


def test_the_same_seed_gives_the_same_bits_and_another_does_not(short_run: list[Progress]) -> None:
    torch.manual_seed(123)  # the caller's state must not matter
    again, other = last(SHORT), last(SHORT, seed=1)
    weights = short_run[-1].model.state_dict()
    assert all(torch.equal(weights[name], tensor) for name, tensor in again.model.state_dict().items())
    assert again.loss == short_run[-1].loss
    assert other.loss != again.loss


def test_the_callers_random_state_is_left_alone() -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    last(replace(SHORT, steps=2))
    assert torch.equal(torch.rand(3), expected)


def test_a_batch_is_half_even_over_the_levels_and_reaches_every_operation() -> None:
    data = training._data(replace(SHORT, batch_size=20_000), "cpu")
    batch = training._batch(data, 20_000, torch.Generator().manual_seed(0))
    drawn = ternary.index_of(batch.trits.numpy().astype(int))
    even = np.bincount(ternary.VALUATIONS[drawn[10_000:]], minlength=10)
    assert even.tolist() == [1_000] * 10
    assert set(drawn[10_000:][ternary.VALUATIONS[drawn[10_000:]] >= 4]) == set(range(0, ternary.N, 81))
    free = np.bincount(ternary.VALUATIONS[drawn[:10_000]], minlength=10) / 10_000
    assert free[0] == pytest.approx(2 / 3, abs=0.02)
    assert torch.equal(batch.classes, batch.trits.long() + 1)
    assert torch.equal(batch.targets_a, data.targets_a[torch.from_numpy(drawn)])


def test_the_learning_rate_rises_and_falls_once() -> None:
    rates = [training._learning_rate(SHORT, step) for step in range(1, SHORT.steps + 1)]
    peak = rates.index(max(rates))
    assert max(rates) == pytest.approx(SHORT.learning_rate)
    assert peak + 1 == SHORT.warmup * SHORT.steps
    assert rates[: peak + 1] == sorted(rates[: peak + 1])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert rates[-1] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("rate", [float("nan"), 1e30])
def test_a_run_that_is_no_longer_finite_stops_with_a_sentence(rate: float) -> None:
    with pytest.raises(TrainingError, match=r"'homeostatic_rich' is no longer finite at step 50 of 100 .*Lower the"):
        last(replace(SHORT, learning_rate=rate))


@pytest.mark.parametrize(("seed", "steps"), [(-1, 10), (2**63, 10), (0, 0)])
def test_an_impossible_seed_and_no_steps_are_refused(seed: int, steps: int) -> None:
    with pytest.raises(TrainingError, match=f"Found seed {seed} and {steps} steps"):
        next(train(replace(SHORT, steps=steps), seed=seed))


def test_an_unknown_recipe_is_refused_before_anything_else(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"'nothing'.*homeostatic_rich"):
        train_to_file("nothing", output=tmp_path / "new" / "model.safetensors")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["model.zip", "file/model.safetensors"])
def test_an_impossible_output_is_refused_before_the_training(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError):
        train_to_file("homeostatic_rich", output=tmp_path / name)


def short_file(output: Path, show: bool = False) -> dict[str, Any]:
    return train_to_file("homeostatic_rich", seed=5, output=output, show=show)


@pytest.fixture
def row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(training, "recipe", lambda name: replace(SHORT, steps=3))
    return short_file(tmp_path / "new" / "model.safetensors")


def test_the_file_holds_the_model_that_was_measured(row: dict[str, Any], tmp_path: Path) -> None:
    checkpoint = read(tmp_path / "new" / row["file"])
    assert checkpoint.sha256 == row["sha256"]
    assert checkpoint.config == SHORT.config
    assert checkpoint.metadata["recipe"] == "homeostatic_rich"
    assert (checkpoint.metadata["seed"], checkpoint.metadata["steps"]) == (5, 3)
    assert asdict(evaluate(embed(build(checkpoint)))) == row["metrics"]
    assert checkpoint.stored["richness_a"] == row["metrics"]["a"]["richness"]


def test_training_again_gives_the_same_file(row: dict[str, Any], tmp_path: Path) -> None:
    assert short_file(tmp_path / "again.safetensors")["sha256"] == row["sha256"]


@pytest.mark.usefixtures("row")
def test_the_bar_is_drawn_on_request_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    short_file(tmp_path / "silent.safetensors")
    assert capsys.readouterr() == ("", "")
    short_file(tmp_path / "shown.safetensors", show=True)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "of 19683 operations, overlaps A" in shown.err


def test_the_manifest_gains_a_row_and_keeps_the_others(row: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"other": {"seed": 1}}))
    write_manifest(path, row)
    rows = json.loads(path.read_text())
    assert list(rows) == ["homeostatic_rich", "other"]
    assert rows["homeostatic_rich"] == json.loads(json.dumps(row))
    assert row["versions"].keys() == {"python", "torch", "numpy", "tvae"}
    assert (row["file"], row["seed"], row["steps"], row["threads"]) == ("model.safetensors", 5, 3, 1)


def test_the_summary_says_what_was_reached(row: dict[str, Any]) -> None:
    table = training.summary(row)
    assert row["sha256"] in table
    assert f"{row['metrics']['a']['hierarchy']:.10f}" in table
    assert "undefined" in training.summary(
        {**row, "metrics": {**row["metrics"], "b": row["metrics"]["b"] | {"q": None}}}
    )
