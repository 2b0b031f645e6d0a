"""README: its length, the front matter that the Space reads, and its claims against the code."""

import json
import re
import tomllib
from importlib.metadata import version
from typing import Any

import pytest
import yaml
from documentation import examples, section, text_of
from packaging.requirements import Requirement
from packaging.version import Version
from paths import ROOT

import tvae
from tvae.analysis.metrics.ceilings import CEILINGS
from tvae.checkpoints.catalogue.catalogue import ENTRIES
from tvae.checkpoints.catalogue.entry import BUNDLED_DIRECTORY
from tvae.checkpoints.hub.client import DEFAULT_REPO_ID

TEXT = text_of("README.md")
FRONT_MATTER: dict[str, Any] = yaml.safe_load((ROOT / "README.md").read_text(encoding="utf-8").split("\n---\n")[0])
MANIFEST: dict[str, Any] = json.loads((BUNDLED_DIRECTORY / "manifest.json").read_text())


def test_it_is_at_most_190_lines_long() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 190


def test_the_front_matter_fits_what_is_installed() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    (gradio,) = (Requirement(line) for line in lines if line.startswith("gradio"))
    (lowest,) = (Version(part.version) for part in gradio.specifier if part.operator == ">=")
    used = Version(FRONT_MATTER["sdk_version"])
    assert FRONT_MATTER["sdk"] == "gradio"
    assert gradio.specifier.contains(used)
    assert used.release[:2] == lowest.release[:2] == Version(version("gradio")).release[:2]
    assert FRONT_MATTER["app_file"] == "app.py"
    assert FRONT_MATTER["python_version"] == "3.12"  # what ZeroGPU offers
    assert FRONT_MATTER["license"] == "apache-2.0"
    # Uploads from the tab Train need sign-in, with the least scope that can create a repository.
    assert (FRONT_MATTER["hf_oauth"], FRONT_MATTER["hf_oauth_scopes"]) == (True, ["contribute-repos"])


def test_the_front_matter_is_what_the_hub_accepts() -> None:
    colours = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
    assert {FRONT_MATTER["colorFrom"], FRONT_MATTER["colorTo"]} <= colours
    assert len(FRONT_MATTER["emoji"]) == 1
    assert len(FRONT_MATTER["short_description"]) <= 60
    assert all(re.fullmatch(r"[a-z0-9-]+", tag) for tag in FRONT_MATTER["tags"])


def test_the_front_matter_names_what_the_space_reads() -> None:
    """Without these keys the Hub would look for names in the code, and take examples for what is used."""
    assert FRONT_MATTER["models"] == [DEFAULT_REPO_ID]
    assert {entry.name for entry in ENTRIES if entry.source == "hub"}, "the catalogue has files of that repository"
    assert f"(https://huggingface.co/{DEFAULT_REPO_ID})" in TEXT
    kinds = [path for path in (ROOT / "tvae").rglob("*.py") if re.search(r"kind=\"dataset\"", path.read_text("utf-8"))]
    page = [path.stem for path in kinds if path.parent.name != "hf_jobs"]  # those are for the command line alone
    assert page == ["publish"], "data sets of visitors are written, and none is read"
    assert FRONT_MATTER["datasets"] == []


def test_the_commands_are_there() -> None:
    (install,) = (example.code for example in examples() if "-m venv" in example.code)
    assert install.startswith("python3 -m venv .venv && ")
    assert install.endswith(" && .venv/bin/python app.py\n")
    assert "`bash tests/run.sh`" in TEXT
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert scripts == {"tvae": "tvae.__main__:main"}
    assert "`tvae page` and `python -m tvae page`" in TEXT


def test_the_checkpoints_are_the_bundled_ones_with_their_numbers() -> None:
    rows = []
    for entry in (entry for entry in ENTRIES if entry.source == "bundled"):
        metrics = MANIFEST[entry.name]["metrics"]
        sides = (metrics["a"], metrics["b"])
        order = fidelity = "no ball"
        if entry.max_radius is not None:
            order = ", ".join(f"{side['hierarchy']:.4f}" for side in sides)
            fidelity = ", ".join(f"{side['tree_fidelity']:.3f}" for side in sides)
        coverage = f"{metrics['at_mu']['coverage']:.0%}"
        rows.append(f"| `{entry.name}` | {entry.status} | {coverage} | {order} | {fidelity} |")
    page = section("README.md", "Checkpoints")
    assert [line for line in page.splitlines() if line.startswith("| `")] == rows
    assert f"their limits are {CEILINGS.hierarchy:.4f} and {CEILINGS.tree_fidelity:.4f}." in " ".join(page.split())


def test_what_was_found_is_in_the_numbers() -> None:
    found = " ".join(section("README.md", "What was found").split())
    best, overnight = (MANIFEST[name]["metrics"] for name in ("rich_tree", "v5_11_overnight"))
    (published,) = (entry for entry in ENTRIES if entry.name == "homeostatic_rich/best.pt")
    claimed = published.claimed.richness
    assert claimed is not None
    assert best["a"]["richness"] > claimed
    assert f"a richness of {best['a']['richness']:.4f} (claimed: {claimed})" in found
    assert best["at_ball"]["coverage"] == 1
    assert abs(best["a"]["tree_fidelity"] - CEILINGS.tree_fidelity) < 0.001
    assert overnight["at_mu"]["coverage"] == 1
    assert [metrics[side]["overlaps"] for metrics in (best, overnight) for side in "ab"] == [0, 0, 0, 0]
    facts = {name: row["facts"] for name, row in MANIFEST.items()}
    assert all(facts[name]["a"]["map_3"] > 0.998 for name in ("rich_tree", "tree"))
    in_ball = [name for name, row in facts.items() if row["a"]]
    for side in "ab":
        assert min(in_ball, key=lambda name: facts[name][side]["average_distortion"]) == "isometric"
    a, b = (facts["isometric"][side]["average_distortion"] for side in "ab")
    assert f"the least distortion ({a:.3f} in A, {b:.3f} in B)" in found
    highest = max(facts[name]["a"]["richness"] for name in in_ball)
    assert facts["homeostatic_rich"]["a"]["richness"] == pytest.approx(highest, abs=1e-4)  # advanced has as much
    assert facts["homeostatic_rich"]["a"]["map_3"] < 0.5


def test_the_citation_has_the_version() -> None:
    (citation,) = (example.code for example in examples() if example.language == "bibtex")
    assert f"version = {{{tvae.__version__}}}" in citation


def test_its_pictures_are_there() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", TEXT)
    assert pictures == ["docs/screenshot.png"]
    assert (ROOT / pictures[0]).read_bytes().startswith(b"\x89PNG")
