"""`python -m tvae sweep --on hf-jobs` as a user runs it: finished, interrupted, killed, and continued elsewhere."""

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hub_server import GOOD_TOKEN, LocalHub
from paths import ROOT

from tvae.training.sweeps.executor import work
from tvae.training.sweeps.grid import read_grid

Start = Callable[[str], "subprocess.Popen[str]"]
# The command, but with less than a second between two looks.
PROGRAM = """
import sys
from tvae.training.sweeps.hf_jobs import fleet
from tvae.__main__ import main
fleet.POLL = 0.2
sys.exit(main())
"""


@pytest.fixture
def folder(hub: LocalHub, tmp_path: Path) -> Path:
    (tmp_path / "grid.toml").write_text('recipes = ["v5_11"]\nseeds = [0, 1]\nsteps = [2]\n')
    return tmp_path


@pytest.fixture
def start(hub: LocalHub, hub_home: Path, folder: Path) -> Iterator[Start]:
    """Starts the command with a directory of its own; what still runs is killed after the test."""
    started: list[subprocess.Popen[str]] = []

    def begin(directory: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", PROGRAM, "sweep", "grid.toml", "--output", directory]
        place = ["--on", "hf-jobs", "--results", "alice/sweep"]
        environment = hub.environment(hub_home, PYTHONPATH=str(ROOT), OMP_NUM_THREADS="1", HF_TOKEN=GOOD_TOKEN)
        started.append(
            subprocess.Popen(
                [*command, *place],
                cwd=folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def wait_until_under_way(process: "subprocess.Popen[str]", hub: LocalHub) -> None:
    """Until the sweep has looked at its Job, and so knows it."""
    assert hub.jobs.looked.wait(600)
    assert process.poll() is None, process.communicate()


@pytest.mark.usefixtures("one_thread")
def test_a_killed_sweep_is_continued_by_the_next_call_which_pays_nothing_again(
    hub: LocalHub, folder: Path, start: Start
) -> None:
    first = start("runs")
    wait_until_under_way(first, hub)
    first.kill()
    first.communicate()
    (job,) = hub.jobs.all
    assert job.stage == "RUNNING"  # it goes on without the sweep
    page = f"{hub.url}/jobs/alice/{job.id}"

    second = start("runs")
    output, said = second.communicate(timeout=600)
    assert second.returncode == 0, said + job.log
    assert output.startswith("2 of 2 runs are finished in runs, 2 by this call.\n")
    assert f"Job taken over for 2 runs: {page}" in said
    for one in read_grid(folder / "grid.toml").jobs:
        assert (folder / "runs" / one.id / "model.safetensors").read_bytes() == work(one).model

    third = start("elsewhere")  # as on another machine
    output, said = third.communicate(timeout=600)
    assert output.startswith("2 of 2 runs are finished in elsewhere, 2 by this call.\n")
    asked = len(hub.requests)
    fourth = start("runs")
    output, said = fourth.communicate(timeout=600)
    assert output.startswith("2 of 2 runs are finished in runs, 0 by this call.\n")
    assert len(hub.requests) == asked
    assert [one.id for one in hub.jobs.all] == [job.id]
    assert GOOD_TOKEN not in output + said + job.log


def test_ctrl_c_cancels_the_job_and_says_what_remains(hub: LocalHub, start: Start) -> None:
    hub.jobs.runs = False
    process = start("runs")
    wait_until_under_way(process, hub)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=600)
    assert process.returncode == 130, said
    assert said.splitlines()[-1] == "Stopped: 0 of 2 runs are finished and 2 remain. The same command continues."
    assert "Traceback" not in said
    assert "Warning" not in said
    assert [job.stage for job in hub.jobs.all] == ["CANCELED"]


def test_a_refused_start_is_one_sentence_and_status_2(hub: LocalHub, start: Start) -> None:
    hub.fail("POST", "/api/jobs/", status=402)
    process = start("runs")
    _, said = process.communicate(timeout=600)
    assert process.returncode == 2
    assert re.fullmatch(r"The Hub answered 402 for alice/sweep: .* has no credit .*", said.splitlines()[-1])
    assert "Traceback" not in said
