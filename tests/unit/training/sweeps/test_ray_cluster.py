"""A sweep on a real cluster behind `ray://`, whose machine has other sources than the sweep."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest
from app_fixtures import free_port
from paths import ROOT

from tvae.errors import TrainingError
from tvae.training.sweeps.on import executor_on
from tvae.training.train_to_file import train_to_file

STARTED = "Ray runtime started."


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """Of the cluster and of who uses it. Sockets need a short path."""
    folder = tempfile.mkdtemp(prefix="ray-", dir="/tmp")
    inherited = {name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"}
    own = {"RAY_TMPDIR": folder, "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    yield {**inherited, **own, "OMP_NUM_THREADS": "1"}
    shutil.rmtree(folder)


@pytest.fixture
def address(environment: Mapping[str, str]) -> Iterator[str]:
    """Of a cluster of one machine with one CPU."""
    port = free_port()
    options = ["--head", "--block", "--port=0", f"--ray-client-server-port={port}", "--num-cpus=1"]
    quiet = ["--include-dashboard=false", "--disable-usage-stats", f"--object-store-memory={2**27}"]
    command = [sys.executable, "-m", "ray.scripts.scripts", "start", *options, *quiet]
    process = subprocess.Popen(
        command, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    with process.stdout:
        said = []
        for line in process.stdout:
            said.append(line)
            if STARTED in line:
                break
        assert STARTED in said[-1], "".join(said)
        yield f"ray://127.0.0.1:{port}"
        process.terminate()
        process.stdout.read()
    process.wait(600)


@pytest.mark.usefixtures("one_thread")
def test_the_cluster_is_given_the_sources_of_the_sweep(
    address: str, environment: Mapping[str, str], tmp_path: Path
) -> None:
    sources = tmp_path / "sources"
    shutil.copytree(ROOT / "tvae", sources / "tvae", ignore=shutil.ignore_patterns("__pycache__"))
    with (sources / "tvae/training/loop.py").open("a") as changed:
        changed.write("\n# Another version.\n")
    (tmp_path / "grid.toml").write_text('recipes = ["v5_11"]\nseeds = [3]\nsteps = [5]\n')
    command = [sys.executable, "-m", "tvae", "sweep", "grid.toml", "--output", "runs", "--on", address]
    path = os.pathsep.join(filter(None, (str(sources), environment.get("PYTHONPATH"))))
    ran = subprocess.run(command, cwd=tmp_path, env={**environment, "PYTHONPATH": path}, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "1 run. About" in ran.stderr
    assert "with 1 worker, " in ran.stderr
    (row,) = (json.loads(found.read_text()) for found in (tmp_path / "runs").glob("*/row.json"))
    trained = train_to_file("v5_11", seed=3, steps=5, output=tmp_path / "here.safetensors", show=False)
    assert row["sha256"] == trained["sha256"]


def test_a_cluster_that_cannot_be_reached_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    class RayError(Exception):
        pass

    def refuse(*_: object, **__: object) -> None:
        raise ConnectionError("ray client connection timeout\nand more")

    absent = SimpleNamespace(init=refuse, exceptions=SimpleNamespace(RayError=RayError))
    monkeypatch.setitem(sys.modules, "ray", absent)
    with pytest.raises(TrainingError) as said, executor_on("ray://10.0.0.1:10001", None):
        pass
    assert str(said.value) == (
        "Ray at ray://10.0.0.1:10001 cannot be used (ray client connection timeout). Check the address, and where a "
        "token is needed, RAY_AUTH_MODE=token and RAY_AUTH_TOKEN."
    )
