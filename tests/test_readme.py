"""README's claims: its examples run, and its tables name what is in the code, no more and no less."""

import json
import os
import re
import shlex
import subprocess
import sys

import pytest
from paths import ROOT

from tvae.__main__ import _parser as command_parser
from tvae.checkpoints.catalogue import ENTRIES
from tvae.page.api.endpoint import ANSWERS
from tvae.page.api.explorer import ENDPOINTS
from tvae.training.recipes import table

README = (ROOT / "README.md").read_text(encoding="utf-8")
FRONT, TEXT = README.removeprefix("---\n").split("\n---\n", 1)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def section(title: str) -> str:
    return TEXT.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


@pytest.mark.parametrize("example", blocks("python"), ids=lambda text: text.split("\n")[0][:30])
def test_each_python_example_runs(example, site, tmp_path):
    script = tmp_path / "example.py"
    script.write_text(example.replace("http://127.0.0.1:7860", site.url), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, env=site.hub.environment(site.home), capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr


def test_the_http_example_runs(site, tmp_path):
    (script,) = (block for block in blocks("bash") if "call/metrics" in block)
    ran = subprocess.run(
        ["bash", "-c", script.replace("http://127.0.0.1:7860", site.url.rstrip("/"))], capture_output=True, text=True
    )
    assert ran.stdout.startswith("event: complete\ndata: "), ran.stdout + ran.stderr
    (document,) = json.loads(ran.stdout.removeprefix("event: complete\ndata: ").strip())
    assert document["reconstructed"] == 19683


def test_a_file_of_ones_own_is_sent_as_the_example_says(site):
    (script,) = (block for block in blocks("bash") if "--data-binary" in block)
    script = script.replace("http://127.0.0.1:7860", site.url.rstrip("/"))
    ran = subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True, text=True)
    document = json.loads(ran.stdout)
    assert document["title"] == "your file: tree.safetensors"
    assert document["kept_seconds"] == 600


def test_the_answers_are_described_alike():
    rows = re.findall(r"^\| `/(\w+)` \| .*? \| (.+) \|$", section("From scripts"), re.MULTILINE)
    assert dict(rows) == ANSWERS


def test_each_command_runs(site, tmp_path):
    (script,) = (block for block in blocks("bash") if "tvae evaluate" in block)
    for line in script.strip().split("\n"):
        words = shlex.split(line)
        if "train" in words:  # takes longer than all others together; tests/unit/training/test_loop.py trains
            options = command_parser().parse_args(words[3:])
            assert (options.recipe, options.seed, str(options.output)) == ("homeostatic_rich", 0, "mine.safetensors")
            continue
        ran = subprocess.run(
            [sys.executable, *words[1:]],
            cwd=tmp_path,
            env=site.hub.environment(site.home),
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, f"{line}: {ran.stderr}"
        assert ran.stdout.strip()


def test_endpoints_are_those_of_the_code():
    named = re.findall(r"^\| `/(\w+)` \|", section("From scripts"), re.MULTILINE)
    assert named == [function.__name__ for function in ENDPOINTS]


def test_checkpoints_are_those_of_the_catalogue():
    first_cells = re.findall(r"^\| (`[^|]+) \|", section("Checkpoints"), re.MULTILINE)
    named = [name for cell in first_cells for name in re.findall(r"`([^`]+)`", cell)]
    assert named == [entry.name for entry in ENTRIES]
    rows = {name: row for row in section("Checkpoints").split("\n") for name in re.findall(r"^\| `([^`]+)`", row)}
    for entry in ENTRIES:
        if entry.name in rows:
            assert f"| {entry.status}" in rows[entry.name], entry.name


def test_each_recipe_is_named():
    for name in table.names():
        assert f"`{name}`" in TEXT


def test_the_file_map_is_the_tree():
    named = set(re.findall(r"`((?:app\.py|tvae/|tests/|benchmarks/)[\w./]*)`", section("File map")))
    for path in named:
        assert (ROOT / path).exists(), path
    modules = {f"tvae/{path.name}" for path in (ROOT / "tvae").glob("*.py")} - {"tvae/__init__.py"}
    assert modules <= named, modules - named


def test_the_front_matter_fits_what_is_installed():
    fields = dict(re.findall(r"^(\w+): (.+)$", FRONT, re.MULTILINE))
    requirement = re.search(
        r"^gradio\[oauth\]>=([\d.]+),<(\d+)$", (ROOT / "requirements.txt").read_text(), re.MULTILINE
    )
    assert requirement
    assert fields["sdk"] == "gradio"
    assert fields["sdk_version"].startswith(requirement[1])
    assert fields["app_file"] == "app.py"
    assert fields["python_version"].strip('"') == "3.12"  # what ZeroGPU offers
    assert fields["license"] == "apache-2.0"
    assert len(fields["short_description"]) <= 60
    assert fields["hf_oauth"] == "true"  # for uploads from the training tab
    assert (
        FRONT.count("  - contribute-repos\n") == 1
    )  # the least that makes a repository: nothing of the visitor's other ones


def test_the_two_commands_are_there():
    lines = [line for block in blocks("bash") for line in block.strip().split("\n")]
    assert "bash tests/run.sh" in lines
    assert any(line.startswith("python3 -m venv") and line.endswith("app.py") for line in lines)
    assert os.access(ROOT / "tests" / "run.sh", os.R_OK)


def test_pictures_exist():
    for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", TEXT):
        assert (ROOT / path).read_bytes().startswith(b"\x89PNG"), path
