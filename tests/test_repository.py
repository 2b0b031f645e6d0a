"""The repository around the code: workflows, dependency ranges, the test script, and what must not be committed."""

import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from paths import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"uses: (?P<action>[\w./-]+)@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


def committed() -> list[Path]:
    """Files that git tracks or would add; all files if this is not a git repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False).stdout.decode()
    found = [ROOT / name for name in listed.split("\0") if name] or list(ROOT.rglob("*"))
    return [path for path in found if path.is_file()]


def texts() -> list[tuple[Path, str]]:
    """Path and contents of every committed text file, that is, of every valid UTF-8 file."""
    found = []
    for path in committed():
        try:
            found.append((path.relative_to(ROOT), path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def workflow(name: str) -> dict[Any, Any]:
    document: dict[Any, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))
    return document


def triggers(document: dict[Any, Any]) -> dict[str, Any]:
    """The `on:` section of a workflow, whose key YAML 1.1 parses as True."""
    found: dict[str, Any] = document[True]
    return found


class TestWorkflows:
    @pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
    def test_every_action_is_pinned_by_commit_with_a_version_comment(self, path: Path) -> None:
        used = [line.strip(" -") for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line]
        assert used
        assert [line for line in used if not PINNED.match(line) and not line.startswith("uses: ./.github/")] == []

    @pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
    def test_workflows_have_read_permission_only(self, path: Path) -> None:
        document = workflow(path.name)
        assert document["permissions"] == {"contents": "read"}
        assert [name for name, job in document["jobs"].items() if "permissions" in job] == []

    def test_ci_runs_the_test_script_on_pull_requests_and_main(self) -> None:
        document = workflow("ci.yml")
        assert triggers(document) == {"pull_request": None, "push": {"branches": ["main"]}}
        job = document["jobs"]["tests"]
        assert [step["run"] for step in job["steps"] if "run" in step] == ["bash tests/run.sh"]
        assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12"]

    def test_the_space_is_synchronised_after_the_tests_only(self) -> None:
        assert list(triggers(workflow("sync.yml"))) == ["workflow_call"]
        callers = [
            (path.name, job)
            for path in WORKFLOWS
            for job in workflow(path.name)["jobs"].values()
            if job.get("uses") == "./.github/workflows/sync.yml"
        ]
        assert [name for name, _ in callers] == ["ci.yml"]
        assert callers[0][1]["needs"] == "tests"
        assert callers[0][1]["if"] == "github.event_name == 'push'"

    def test_the_space_is_synchronised_from_main_of_the_canonical_repository_only(self) -> None:
        conditions = workflow("sync.yml")["jobs"]["sync"]["if"].split(" && ")
        assert set(conditions) == {
            "github.event_name == 'push'",
            "github.ref == 'refs/heads/main'",
            "!github.event.repository.fork",
            "github.repository == vars.CANONICAL_REPOSITORY",
            "vars.SPACE_ID != ''",
        }

    def test_the_token_is_a_secret_of_one_step(self) -> None:
        steps = workflow("sync.yml")["jobs"]["sync"]["steps"]
        assert [step["uses"].split("@")[0] for step in steps] == ["actions/checkout", "huggingface/hub-sync"]
        assert steps[1]["with"]["hf_token"] == "${{ secrets.HF_TOKEN }}"
        mentions = [path.name for path in WORKFLOWS for _ in re.findall(r"\{\{ *secrets", path.read_text("utf-8"))]
        assert mentions == ["ci.yml", "sync.yml"]


class TestDependencies:
    def required(self) -> dict[str, Requirement]:
        lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
        found = [Requirement(line) for line in lines if line and not line.startswith("#")]
        return {requirement.name: requirement for requirement in found}

    def test_every_dependency_has_a_lower_and_an_upper_bound(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        development = [Requirement(line) for line in project["optional-dependencies"]["dev"]]
        for requirement in [*self.required().values(), *development]:
            assert {part.operator for part in requirement.specifier} == {">=", "<"}, str(requirement)

    @pytest.mark.parametrize("version", ["2.8.0", "2.11.0", "2.12.1", "2.13.0", "2.13.0+cpu"])
    def test_torch_allows_the_versions_of_zerogpu(self, version: str) -> None:
        assert self.required()["torch"].specifier.contains(version)

    def test_the_space_runs_supported_versions_of_gradio_and_python(self) -> None:
        front_matter = yaml.safe_load((ROOT / "README.md").read_text(encoding="utf-8").split("---")[1])
        assert front_matter["sdk"] == "gradio"
        assert front_matter["app_file"] == "app.py"
        assert self.required()["gradio"].specifier.contains(front_matter["sdk_version"])
        assert front_matter["python_version"] in workflow("ci.yml")["jobs"]["tests"]["strategy"]["matrix"]["python"]


class TestScript:
    @pytest.mark.parametrize("name", ["tests/run.sh", ".ci/run"])
    def test_the_scripts_are_executable_and_valid_bash(self, name: str) -> None:
        assert os.access(ROOT / name, os.X_OK)
        assert subprocess.run(["bash", "-n", name], cwd=ROOT, capture_output=True, check=False).stderr == b""

    def test_ci_calls_the_script(self) -> None:
        assert "tests/run.sh" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    def test_the_virtual_environment_is_ignored_by_git(self) -> None:
        assert ".venv/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()

    def test_every_browser_test_has_the_marker(self, request: pytest.FixtureRequest) -> None:
        """`-m "not browser"` must not start a Chromium."""
        browser_tests = [item for item in request.session.items if "chromium" in getattr(item, "fixturenames", ())]
        assert [item.nodeid for item in browser_tests if not item.get_closest_marker("browser")] == []


class TestContents:
    @pytest.mark.parametrize(
        "pattern",
        [
            r"(?<![\w.:/-])/(?:home|Users|root|work|mnt|opt)/\w",
            r"\.\./(?:\w*shared|prototypes|golden)\b",
            r"(?:pypi|pythonhosted|npmjs|download\.pytorch)\.org",
            r"\b(?:hf|gh[pousr])_[A-Za-z0-9]{30,}",
            r"BEGIN [A-Z ]*PRIVATE KEY",
        ],
        ids=["a machine's paths", "other folders", "registry hosts", "tokens", "keys"],
    )
    def test_no_local_paths_hosts_or_secrets(self, pattern: str) -> None:
        found = [
            f"{path}: {match[0]}"
            for path, text in texts()
            if path != Path("tests/test_repository.py")
            for match in re.finditer(pattern, text)
        ]
        assert found == []

    def test_the_licence_is_apache_2(self) -> None:
        text = (ROOT / "LICENSE").read_text(encoding="utf-8")
        assert "Version 2.0, January 2004" in text
        assert "END OF TERMS AND CONDITIONS" in text
