"""What a Job gets: the sources as they are, a script that uv can read, and names that say what is in them."""

import ast
import importlib.metadata
import io
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from paths import ROOT

from tvae.checkpoints.hub.requests import RepoRef
from tvae.training.sweeps.grid import grid_of
from tvae.training.sweeps.hf_jobs import sent

JOBS = grid_of({"recipes": ["v5_5"], "seeds": [0, 1], "steps": [3]}).jobs
# Imports everything that a Job does, and says what that is.
IMPORTED = """
import sys
from tvae.training.sweeps.executor import work
from tvae.training.sweeps.job import job_of
from tvae.training.sweeps.hf_jobs import worker
assert work(job_of("rich_tree", 0, {"steps": 1})).row["error"] is None
for name, module in sys.modules.items():
    print(name, getattr(module, "__file__", None) or "")
"""


def unpacked(folder: Path) -> Path:
    zipfile.ZipFile(io.BytesIO(sent.sources().data)).extractall(folder)
    return folder


def test_the_sources_are_those_of_the_package_and_give_the_same_ids(tmp_path: Path) -> None:
    files = [path for path in unpacked(tmp_path).rglob("*") if path.is_file()]
    for path in files:
        assert path.read_bytes() == (ROOT / path.relative_to(tmp_path)).read_bytes()
    program = "from tvae.training.sweeps.job import job_of as j; print(j('v5_5', 0, {'steps': 3}).id, j.__module__)"
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {program}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split()[0] == JOBS[0].id
    assert len(sent.sources().data) < 2**20
    assert {".py", ".json"} <= {path.suffix for path in files}
    assert not {path.suffix for path in files} & {".safetensors", ".pt", ".pyc", ".js"}


def test_the_archive_has_the_same_bytes_every_time() -> None:
    again = sent.sources.__wrapped__()
    assert again == sent.sources()


def test_the_packages_of_the_script_are_all_that_a_job_imports(tmp_path: Path) -> None:
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(unpacked(tmp_path))!r}); {IMPORTED}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True)
    loaded = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    ours = [Path(path) for name, path in loaded.items() if name.startswith("tvae.") and path]
    assert len(ours) > 50
    assert all(path.is_relative_to(tmp_path) for path in ours)
    named = {name for path in ours for name in imports(path)} & loaded.keys()
    assert {"torch", "numpy", "huggingface_hub"} <= named
    owners = importlib.metadata.packages_distributions()
    found = {normal(owner) for name in named for owner in owners.get(name, [])} - {"tvae"}
    assert found <= {normal(name) for name in sent.PACKAGES} | {"httpx2"}, "huggingface_hub brings that"


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imports(path: Path) -> set[str]:
    """The outermost names of what a module imports, anywhere in it."""
    nodes = [*ast.walk(ast.parse(path.read_text()))]
    whole = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    parts = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.split(".")[0] for name in (*whole, *parts)}


def test_the_script_has_a_header_with_the_versions_of_this_machine() -> None:
    text = sent.script().data.decode()
    (block,) = re.findall(r"(?ms)^# /// script$\n((?:^# .*$\n)+?)^# ///$", text)  # as the packaging guide has it
    header = tomllib.loads("".join(line.removeprefix("# ") for line in block.splitlines(keepends=True)))
    assert header["requires-python"] == f"=={sys.version_info.major}.{sys.version_info.minor}.*"
    pinned = dict(line.split("==") for line in header["dependencies"])
    assert tuple(pinned) == sent.PACKAGES
    for name, version in pinned.items():
        assert importlib.metadata.version(name).split("+")[0] == version
    compile(text, "script.py", "exec")


def test_a_share_has_its_digest_for_a_name_and_label() -> None:
    one, other = sent.share(JOBS, 60), sent.share(JOBS[:1], 60)
    assert one.path != other.path
    assert one == sent.share(JOBS, 60)
    assert sent.share_of(RepoRef("a/b", kind="dataset"), sent.label_of(one)).name == one.path
    assert sent.ids_of(one.data) == {job.id for job in JOBS}
    assert json.loads(one.data)["seconds_between_commits"] == 60


@pytest.mark.parametrize("data", [b"", b"[]", b"1", b'{"jobs": 1}', b'{"jobs": [1]}', b'{"jobs": [{}]}', b"\xff"])
def test_what_is_no_share_is_refused(data: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        sent.ids_of(data)
