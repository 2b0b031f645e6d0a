"""What the training process does, in this process."""

import base64
import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE
from typing import Any

import numpy as np
import pytest
import torch

from tvae.analysis.tree_measures import tree_measures
from tvae.checkpoints import checkpoint_file, loading
from tvae.checkpoints.atomic_files import storage_error
from tvae.errors import RecipeError
from tvae.models.embedding import embed
from tvae.training.jobs import worker
from tvae.training.jobs.request import TrainingRequest
from tvae.training.train_to_file import train_to_file

pytestmark = pytest.mark.usefixtures("one_thread")
ORDER = {"recipe": "homeostatic_rich", "seed": 3, "steps": 60, "learning_rate": None, "emphasis": {}}


def worked(order: dict[str, Any], directory: Path, stop: Any = lambda: False) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = []
    worker.work(TrainingRequest(**order), directory, stop, lambda message: said.append(json.loads(json.dumps(message))))
    return said


def test_the_file_is_the_one_of_the_command_line(tmp_path: Path) -> None:
    said = worked(ORDER, tmp_path)
    row = train_to_file(
        "homeostatic_rich", seed=3, epochs=60 * 1024 / 19683, output=tmp_path / "own.safetensors", show=False
    )
    assert row["steps"] == 60
    assert said[-1]["done"]["sha256"] == row["sha256"]
    assert {path.name for path in tmp_path.iterdir()} == {*worker.FILES, "own.safetensors"}


def test_its_process_uses_one_thread_whatever_the_environment_says(tmp_path: Path) -> None:
    order = ORDER | {"steps": 6}
    expected = worked(order, tmp_path)[-1]["done"]["sha256"]
    command = [sys.executable, "-m", "tvae.training.jobs.worker", str(tmp_path), "cpu"]
    environment = os.environ | {"OMP_NUM_THREADS": "2"}
    with subprocess.Popen(command, env=environment, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()  # its end would stop the run
        *_, done = process.stdout
    assert json.loads(done)["done"]["sha256"] == expected


def test_the_last_frame_is_the_saved_model(tmp_path: Path) -> None:
    *frames, done = worked(ORDER, tmp_path)
    frame = frames[-1]["frame"]
    assert (frame["step"], frame["steps"], done["done"]["step"]) == (60, 60, 60)
    for name in worker.FILES:
        embedding = embed(loading.load(tmp_path / name))
        for side, half in (("a", embedding.a), ("b", embedding.b)):
            for what in ("radius", "norm"):
                sent = np.frombuffer(base64.b64decode(frame["points"][f"{what}_{side}"]), "<f8")
                np.testing.assert_array_equal(sent, getattr(half, what))
        bits = np.frombuffer(base64.b64decode(frame["points"]["exact"]), np.uint8)
        np.testing.assert_array_equal(np.unpackbits(bits)[: embedding.exact.size], embedding.exact)


def test_weights_of_objectives_are_in_the_file_and_change_it(tmp_path: Path) -> None:
    plain, changed = tmp_path / "plain", tmp_path / "changed"
    plain.mkdir()
    changed.mkdir()
    first = worked(ORDER, plain)[-1]["done"]["sha256"]
    second = worked(ORDER | {"emphasis": {"order": 2.0}}, changed)[-1]["done"]["sha256"]
    assert first != second
    saved = loading.open_located(loading.locate_any(changed / "model.safetensors"))
    assert saved.metadata["emphasis"] == {"order": 2.0}
    assert "emphasis" not in loading.open_located(loading.locate_any(plain / "model.safetensors")).metadata


def test_a_stopped_run_keeps_what_it_learned_and_says_so(tmp_path: Path) -> None:
    asked: list[None] = []

    def stop() -> bool:
        asked.append(None)
        return len(asked) == 17

    done = worked(ORDER | {"steps": 5_000}, tmp_path, stop)[-1]["done"]
    assert done["step"] == 17
    saved = loading.open_located(loading.locate_any(tmp_path / "model.safetensors"))
    assert (saved.metadata["stopped_after"], saved.metadata["steps"]) == (17, 5_000)
    assert checkpoint_file.digest((tmp_path / "model.safetensors").read_bytes()) == done["sha256"]


def test_a_euclidean_recipe_has_no_norms(tmp_path: Path) -> None:
    frame = worked({**ORDER, "recipe": "v5_5", "steps": 2}, tmp_path)[-2]["frame"]
    assert frame["points"]["norm_a"] is None
    assert frame["numbers"]["richness_a"] is None
    assert torch.get_num_threads() == 1


def test_the_distortion_is_measured_at_the_end_of_a_recipe_that_aims_at_distances(tmp_path: Path) -> None:
    *_, last, _ = worked({**ORDER, "recipe": "isometric", "steps": 6}, tmp_path)
    embedding = embed(loading.load(tmp_path / "model.safetensors"))
    both = tree_measures.evaluate(embedding)
    numbers = last["frame"]["numbers"]
    assert numbers["distortion_a"] == both.a.average_distortion
    assert numbers["distortion_b"] == both.b.average_distortion
    assert 0 < numbers["distortion_a"] < 1


def test_other_recipes_measure_no_distortion(tmp_path: Path) -> None:
    *_, last, _ = worked({**ORDER, "recipe": "v5_5", "steps": 2}, tmp_path)
    assert not [name for name in last["frame"]["numbers"] if name.startswith("distortion")]


def test_a_full_disk_is_a_sentence_without_the_servers_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(path: Path, *_: Any) -> None:
        raise storage_error(path, OSError(errno.ENOSPC, "full"))

    monkeypatch.setattr(worker, "save", full)
    monkeypatch.setattr(worker.os, "nice", lambda _: None)
    monkeypatch.setattr(sys, "argv", ["worker", str(tmp_path), "cpu"])
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(ORDER | {"steps": 2}) + "\n"))
    worker.main()
    said, logged = capsys.readouterr()
    error = json.loads(said.splitlines()[-1])["error"]
    assert error == "This server cannot store the result, because its disk is full. Try again in a few minutes."
    assert f"{tmp_path}/model.safetensors cannot be used: the disk is full" in logged


def test_an_invalid_request_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="No recipe is called 'nonsense'"):
        worked(ORDER | {"recipe": "nonsense"}, tmp_path)
    assert list(tmp_path.iterdir()) == []
