"""`python -m tvae train|sweep --track trackio:PROJECT` with trackio itself, and its data read as its dashboard does."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command_line import run
from hub_server import GOOD_TOKEN, LocalHub
from paths import ROOT

from tvae.reports import leaderboard
from tvae.training.sweeps.job import job_of

# In another process, since trackio reads TRACKIO_DIR when it is imported.
READ = """
import json, sys, trackio
from trackio.server import get_logs
runs = trackio.Api().runs(sys.argv[1])
print(json.dumps([[run.name, run.config, get_logs(sys.argv[1], run.name, run.id)] for run in runs]))
"""
TRAIN = ("train", "v5_11", "--steps", "60", "--output", "mine.safetensors")
Done = subprocess.CompletedProcess[str]


class Terminal:
    """Programs in an empty folder, with trackio's data in another, and with the local Hub and a token of it."""

    def __init__(self, hub: LocalHub, home: Path, folder: Path) -> None:
        self.folder, self.data = folder, folder.parent / "trackio"
        path = os.pathsep.join((str(ROOT), str(folder), os.environ.get("PYTHONPATH", "")))
        settings = {"PYTHONPATH": path, "TRACKIO_DIR": str(self.data), "HF_TOKEN": GOOD_TOKEN, "OMP_NUM_THREADS": "1"}
        self.environment = hub.environment(home, **settings)

    def python(self, *arguments: str) -> Done:
        command = [sys.executable, *arguments]
        pipes: dict[str, Any] = {"capture_output": True, "text": True, "timeout": 120, "check": False}
        return subprocess.run(command, cwd=self.folder, env=self.environment, **pipes)

    def tvae(self, *arguments: str) -> Done:
        return self.python("-m", "tvae", *arguments)

    def runs(self, project: str) -> list[tuple[str, dict[str, Any], list[dict[str, Any]]]]:
        done = self.python("-c", READ, project)
        assert done.returncode == 0, done.stderr
        return [(name, config, rows) for name, config, rows in json.loads(done.stdout)]


@pytest.fixture
def terminal(hub: LocalHub, hub_home: Path) -> Terminal:
    return Terminal(hub, hub_home, Path.cwd())


def check_measures(rows: list[dict[str, Any]], terminal: Terminal) -> None:
    """The last three rows: the end of the curves, the other measures under the names of tables, and the picture."""
    curves, measured, shown = rows[-3:]
    assert {"coverage", "hierarchy_b", "q_a", "map_3_a", "average_distortion_b"} <= curves.keys() | measured.keys()
    assert measured.keys() <= {*leaderboard.MEASURES, "step", "timestamp"}
    assert curves.keys() & measured.keys() == {"step", "timestamp"}, "each measure has one value at the end"
    assert shown["radius"]["_type"] == "trackio.image"
    assert (terminal.data / "media" / shown["radius"]["file_path"]).read_bytes().startswith(b"\x89PNG")


def test_train_is_recorded_on_this_machine_alone(terminal: Terminal, hub: LocalHub) -> None:
    done = terminal.tvae(*TRAIN, "--seed", "3", "--json", "--track", "trackio:trees-1")
    assert done.returncode == 0, done.stderr
    trained = json.loads(done.stdout)  # nothing of trackio's is in it
    ((name, config, rows),) = terminal.runs("trees-1")
    assert name == f"v5_11-seed3-{job_of('v5_11', 3, {'steps': 60}).id[:6]}"
    settings = {"recipe": "v5_11", "seed": 3, "steps": 60, "optimiser": "kfac", "width": 64, "curvature": 1.0}
    assert config.items() >= settings.items()
    assert [row["step"] for row in rows] == [50, 60, 60, 60]
    assert all(row["loss"] > 0 for row in rows[:2])
    assert rows[1]["hierarchy_b"] == trained["metrics"]["b"]["hierarchy"]
    check_measures(rows, terminal)
    assert hub.requests == []


def test_a_sweep_records_each_run_once(terminal: Terminal, hub: LocalHub) -> None:
    (terminal.folder / "grid.toml").write_text('recipes = ["v5_11"]\nsteps = [5]\nseeds = [0, 1]\n')
    for _ in range(2):
        done = terminal.tvae("sweep", "grid.toml", "--output", "runs", "--workers", "1", "--track", "trackio:trees")
        assert done.returncode == 0, done.stderr
    runs = terminal.runs("trees")
    kept = {path.parent.name: json.loads(path.read_bytes()) for path in terminal.folder.glob("runs/*/row.json")}
    assert {config["id"] for _, config, _ in runs} == kept.keys()
    assert len(runs) == len(kept) == 2
    for name, config, rows in runs:
        row = kept[config["id"]]
        assert name == f"v5_11-seed{config['seed']}-{config['id'][:6]}"
        assert config.items() >= row["settings"].items()
        assert [one["step"] for one in rows] == [5, 5, 5]
        assert rows[1]["q_a"] == row["metrics"]["a"]["q"]
        check_measures(rows, terminal)
    assert hub.requests == []


def test_a_run_that_continues_has_its_name_again_and_another_length_another_name(terminal: Terminal) -> None:
    (terminal.folder / "stops.py").write_text(
        "import pathlib, signal\n"
        "def init(*, name, resume='never', **given):\n"
        "    with open('names', 'a') as file: file.write(f'{name} {resume}\\n')\n"
        "def log(*given, **named):\n"
        "    if not pathlib.Path('stopped').exists():\n"
        "        pathlib.Path('stopped').touch(); signal.raise_signal(signal.SIGINT)\n"
        "def finish(): pass\n"
        "Image = list\n"
    )
    track = ("--track", "stops:trees")
    options = ("--weight", "order=0.5", "--curvature", "0.5", "--lr", "0.001", "--width", "32")
    assert terminal.tvae(*TRAIN, *options, *track).returncode == 130
    for more in (("--resume", "mine.state.pt"), ("--steps", "3")):
        done = terminal.tvae(*TRAIN[:2], "--output", "mine.safetensors", *more, *track)
        assert done.returncode == 0, done.stderr
    first, again, shorter = (line.split() for line in (terminal.folder / "names").read_text().splitlines())
    assert (first[0], first[1], again[1]) == (again[0], "never", "allow")
    assert shorter[0] != first[0]


def test_a_tracker_that_fails_in_the_middle_loses_nothing_of_the_model(terminal: Terminal) -> None:
    (terminal.folder / "half.py").write_text(
        "def init(**given): pass\ndef log(*given, **named): raise OSError('disk full')\nfinish = Image = init\n"
    )
    plain = json.loads(terminal.tvae(*TRAIN, "--json").stdout)
    done = terminal.tvae(*TRAIN, "--json", "--track", "half:trees")
    assert done.returncode == 0
    assert json.loads(done.stdout)["sha256"] == plain["sha256"]
    assert done.stderr.count("half failed (OSError: disk full) and gets nothing more. The model is not affected.") == 1


def test_nothing_is_imported_without_the_option(terminal: Terminal) -> None:
    program = "import sys; from tvae.__main__ import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    done = terminal.python("-c", program, *TRAIN)
    loaded = {name.partition(".")[0] for name in done.stderr.rpartition("]")[2].split()}
    assert "tvae" in loaded
    assert loaded & {"trackio", "wandb", "huggingface_hub", "gradio", "gradio_client"} == set()


def test_a_training_that_stops_ends_the_run_of_the_tracker(terminal: Terminal) -> None:
    (terminal.folder / "noted.py").write_text(
        "import pathlib\n"
        "def init(**given): pass\n"
        "def log(*given, **named): pass\n"
        "def finish(): pathlib.Path('finished').touch()\n"
        "Image = init\n"
    )
    done = terminal.tvae(*TRAIN, "--lr", "1e30", "--track", "noted:trees")
    assert done.returncode == 2
    assert "no longer finite" in done.stderr
    assert (terminal.folder / "finished").exists()


def test_ctrl_c_after_the_training_says_that_the_model_is_written(terminal: Terminal) -> None:
    (terminal.folder / "slow.py").write_text(
        "def init(*given, **named): pass\nlog = Image = init\ndef finish(): raise KeyboardInterrupt\n"
    )
    done = terminal.tvae(*TRAIN, "--track", "slow:trees")
    assert done.returncode == 130
    assert done.stderr.endswith("Stopped: mine.safetensors is written, and its run in slow is incomplete.\n")
    assert (terminal.folder / "mine.safetensors").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (TRAIN, "--track is 'trackio'; write MODULE:PROJECT, such as trackio:sweep-1."),
        (("sweep", "missing.toml", "--output", "runs"), "--track is 'trackio'; write MODULE:PROJECT"),
        (("train", "codons", "--fasta", "x.fasta"), "--track is for recipes of operations only. Omit it;"),
    ],
)
def test_what_cannot_be_tracked_is_refused_before_anything_else(
    arguments: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*arguments, "--track", "trackio") == 2
    assert capsys.readouterr().err.startswith(said)
    assert list(tmp_path.iterdir()) == []
