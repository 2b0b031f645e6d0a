"""README and docs/: every example runs, every link leads somewhere, and the tables are those of the code."""

import ast
import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import asdict, fields
from pathlib import Path
from typing import get_args

import pytest
from app_fixtures import Site
from documentation import PAGES, Example, examples, headings, section, text_of
from paths import ROOT
from sweep_runs import run_row, sweep_of

from tvae import load
from tvae.__main__ import main
from tvae.analysis import evaluation
from tvae.analysis.comparison import spread
from tvae.analysis.linear_regions import counting
from tvae.analysis.metrics.ceilings import CEILINGS, tree_ceiling
from tvae.analysis.tree_measures import tree_measures
from tvae.analysis.tree_measures.bounds import BOUNDS, CONSTRUCTIONS, Construction
from tvae.analysis.tree_measures.tree_measures import TreeMeasures
from tvae.checkpoints import loading
from tvae.checkpoints.catalogue import status
from tvae.checkpoints.catalogue.bundled import FACTS
from tvae.checkpoints.catalogue.catalogue import ENTRIES
from tvae.checkpoints.hub import environment as hub
from tvae.operations.validation import ENCODERS
from tvae.page.api.endpoint import ANSWERS, inputs_of
from tvae.page.api.explorer import ENDPOINTS
from tvae.page.build import MAX_REQUEST
from tvae.page.server import gpu, runs as server_runs
from tvae.page.server.session_files import GRACE
from tvae.page.startup import environment
from tvae.page.tabs.ball import layout as ball_layout
from tvae.page.tabs.ball.disk import disk
from tvae.page.ui import texts
from tvae.page.uploads.receive import MAX_FILE
from tvae.reports import checkpoints, leaderboard
from tvae.reports.surveys.repository import (
    evaluation as repository_evaluation,
    files as repository_files,
    rows as repository_rows,
)
from tvae.reports.surveys.sweeps import collecting, report as sweep_report, rows as run_rows
from tvae.training.jobs import device
from tvae.training.jobs.request import PUBLIC
from tvae.training.recipes import table
from tvae.training.recipes.exact_tree import exact_tree_measures
from tvae.training.recipes.recipe import EMPHASES, objectives
from tvae.training.run_files import tracking
from tvae.training.sweeps import grid
from tvae.training.sweeps.job import run_name

SERVED = "http://127.0.0.1:7860"
# What each call over HTTP answers: a part of its address, then one field of the document.
ANSWERED = {"call/metrics": ("reconstructed", 19_683), "checkpoint-file": ("title", "your file: tree.safetensors")}
# Examples that install packages and serve the page until they are stopped. Other tests start the page.
INSTALLING = ("python3 -m venv ", ".venv/bin/pip install ")
BASH = [one for one in examples() if one.language == "bash" and not one.code.startswith(INSTALLING)]
CALLS = [one for one in BASH if "curl" in one.code]
COMMANDS = [line for one in BASH if one not in CALLS for line in one.code.splitlines()]
PYTHON = [one for one in examples() if one.language == "python"]
OWNERS_TOKEN = "hf_" + "ownerowner"  # of who owns OWNER/NAME


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the grid of docs/sweep.md, in which paths below `tvae/` exist and Python imports this tvae."""
    (tmp_path / "tvae").symlink_to(ROOT / "tvae")
    (tmp_path / "grid.toml").write_text(short_grid(), encoding="utf-8")
    return tmp_path


def short_grid() -> str:
    """The grid of docs/sweep.md with fewer steps; longer runs are tested in tests/unit/training."""
    (written,) = (one.code for one in examples() if one.language == "toml")
    assert written.count("steps = [60]") == 1
    return written.replace("steps = [60]", "steps = [5]")


def run(site: Site, folder: Path, *words: str) -> str:
    environment = site.hub.environment(site.home)
    if "OWNER/NAME" in words:
        site.hub.tokens[OWNERS_TOKEN] = "OWNER"
        environment["HF_TOKEN"] = OWNERS_TOKEN
    ran = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, f"{shlex.join(words)}: {ran.stderr}"
    return ran.stdout


def test_every_example_is_tested() -> None:
    """The text block is README's tree of folders (test_layers.py), the BibTeX is in test_readme.py."""
    assert {one.language for one in examples()} == {"bash", "bibtex", "python", "text", "toml"}
    assert len([one for one in examples() if one.code.startswith(INSTALLING)]) == 2


@pytest.mark.parametrize("example", PYTHON, ids=lambda one: f"{one.page}: {one.code.splitlines()[-1].strip()[:40]}")
def test_python_examples_run_and_print_what_their_comments_say(example: Example, site: Site, folder: Path) -> None:
    if "codons.csv" in example.code:
        run(site, folder, sys.executable, *shlex.split("-m tvae codons tree --permutations 1 --table codons.csv"))
    script = folder / "example.py"
    script.write_text(example.code.replace(SERVED, site.url), encoding="utf-8")
    printed = run(site, folder, sys.executable, str(script)).splitlines()
    promised = re.findall(r"^ *print\(.*\)  # (.+)$", example.code, re.MULTILINE)
    assert [line for line in promised if line not in printed] == []


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_run(line: str, site: Site, folder: Path) -> None:
    words = shlex.split(line)
    assert words[:2] == ["python", "-m"]
    if "collect" in words:
        sweep_of(folder / "runs", run_row("tree"))
    short = ["--epochs", "1"] if "train" in words else []  # longer runs are tested in tests/unit/training
    assert run(site, folder, sys.executable, *words[1:], *short).strip()


@pytest.mark.parametrize("example", CALLS, ids=lambda one: one.page)
def test_calls_over_http_answer(example: Example, site: Site, folder: Path) -> None:
    ((field, value),) = (expected for part, expected in ANSWERED.items() if part in example.code)
    printed = run(site, folder, "bash", "-c", example.code.replace(SERVED, site.url.rstrip("/")))
    document = json.loads(printed.removeprefix("event: complete\ndata: "))
    assert (document[0] if isinstance(document, list) else document)[field] == value


def test_the_endpoints_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| `/(\w+)` \| (.+?) \| (.+) \|$", section("docs/api.md", "HTTP"), re.MULTILINE)
    assert [name for name, _, _ in rows] == [function.__name__ for function in ENDPOINTS]
    assert {name: answer for name, _, answer in rows} == ANSWERS
    for function, (_, inputs, _) in zip(ENDPOINTS, rows, strict=True):
        named = re.sub(r" \([^)]*\)", "", inputs).split(", ")
        assert named == (list(inputs_of(function)) or ["none"])


def test_the_link_parameters_of_the_ball_are_those_of_the_code() -> None:
    found = re.findall(r"^\| `(\w+)` \| Ball \| (.+) \|$", section("docs/api.md", "Links to the page"), re.MULTILINE)
    rows = {name: re.findall(r"`([^`]+)`", values) for name, values in found}
    assert list(rows) == [name for name, _ in ball_layout._USUAL.values()]
    choices = {"ball_encoder": ENCODERS, "disk": disk.RULES, "ball_view": disk.VIEWS}
    choices |= {"ball_scale": disk.SCALES, "arrows": disk.ARROWS}
    assert {name: tuple(rows[name]) for name in choices} == choices
    assert all(not usual or rows[name][0] == usual for name, usual in ball_layout._USUAL.values())


def test_the_checkpoints_are_those_of_the_catalogue() -> None:
    rows = re.findall(
        r"^\| `(.+?)` \| (.+?) \| (.+?) \| (.+?) \|$", section("docs/results.md", "Known checkpoints"), re.MULTILINE
    )
    assert [(name, use) for name, _, _, use in rows] == [(entry.name, entry.use_case) for entry in ENTRIES]
    for entry, (_, word, where, _) in zip(ENTRIES, rows, strict=True):
        assert word.startswith(entry.status), entry.name
        assert where == ("bundled, trained here" if entry.source == "bundled" else "Hub"), entry.name


def test_the_rule_of_the_status_is_that_of_the_code() -> None:
    text = section("docs/results.md", "What a status means")
    bundled = [entry for entry in ENTRIES if entry.source == "bundled"]
    measured = [f"| `{entry.name}` | {entry.status} | {entry.measured} |" for entry in bundled]
    assert [line for line in text.splitlines() if line.startswith("| `")] == measured
    bounds = re.findall(r"^\| ([a-z][\w ]+) \| ([\d.]+) \| ", text, re.MULTILINE)
    assert bounds == [(one.fact.replace("_", " "), f"{one.least:g}") for one in status.CONDITIONS]
    words = re.findall(r"^\| ([a-z ]+) \| (?:is|loses) ", text, re.MULTILINE)
    assert words == [word for word in get_args(status.Status) if word not in ("another model", "not measured")]
    (recommended,) = (entry.name for entry in bundled if entry.status == "recommended")
    assert f"`{recommended}` alone meets all four conditions" in text


def test_the_limits_of_the_metrics_are_those_of_the_code() -> None:
    rows = dict(re.findall(r"^\| ([\w ]+) \| .+ \| (\S+) \|$", section("docs/results.md", "The metrics"), re.MULTILINE))
    limits = {
        "hierarchy": f"{CEILINGS.hierarchy:.4f}",
        "overlaps": f"{CEILINGS.overlaps}",
        "richness": f"{CEILINGS.richness:.4f}",
        "distance correlation": f"{CEILINGS.distance_correlation:.4f}",
        "Q": f"{CEILINGS.q:.3f}",
        "tree fidelity": f"{CEILINGS.tree_fidelity:.4f}",
        "triplets": f"{CEILINGS.triplet_agreement:g}",
    }
    assert {name: rows[name] for name in limits} == limits


def test_the_limits_by_p_are_those_of_the_code() -> None:
    rows = re.findall(
        r"^\| (\d+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", section("docs/results.md", "The metrics"), re.MULTILINE
    )
    assert rows == [
        (p, f"{tree_ceiling(int(p), 9):.4f}", f"{tree_ceiling(int(p), None):.4f}", published)
        for p, published in texts.table("PUBLISHED_P_ADIC").items()
    ]


def test_the_tree_measures_are_those_of_the_code() -> None:
    text = section("docs/results.md", "Near and far in the tree")
    names = {field.name for field in fields(TreeMeasures) if not field.name.endswith("_error")}
    cells = dict(re.findall(r"^\| ([a-z][\w ,]+) \| .+ \| ([01]) \|$", text, re.MULTILINE))
    bests = {name.replace(" ", "_"): float(best) for words, best in cells.items() for name in words.split(", ")}
    assert bests == asdict(BOUNDS)
    assert bests.keys() == names
    words = " ".join(text.split())
    for said in (
        f"{tree_measures.OPERATIONS:,} operations drawn with seed {tree_measures.SEED}",
        f"all 19,683 operations for each of the first {tree_measures.QUERIES:,}",
        f"hyperbolicity takes the first {tree_measures.FOUR_POINTS:,}",
    ):
        assert said in words
    for one in CONSTRUCTIONS:
        assert f"{one.average_distortion:g} and {one.worst_distortion:g} " in words


def test_the_tree_measures_are_those_measured() -> None:
    table_of_all = r"^\| checkpoint, encoders A, B \| .+ \|$(?:\n\|.+)+"
    (text,) = re.findall(table_of_all, section("docs/results.md", "Near and far in the tree"), re.MULTILINE)
    header = text.splitlines()[0].strip("| ").split(" | ")[1:]
    rows = dict(re.findall(r"^\| (`\w+`|exact tree|edges of [\w ,.]+) \| (.+) \|$", text, re.MULTILINE))
    expected: dict[str, tuple[TreeMeasures | Construction, ...]] = {"exact tree": (exact_tree_measures(),)}
    expected |= {f"edges of one length, {one.name}": (one,) for one in CONSTRUCTIONS}
    for entry in ENTRIES:
        if entry.source == "bundled":
            location = loading.locate(entry.name)
            found = evaluation.measure(location, loading.open_located(location), tree=False).embedding
            if found.has_ball:
                expected[f"`{entry.name}`"] = tree_measures.measure(found.a), tree_measures.measure(found.b)
    assert rows.keys() == expected.keys()
    for name, encoders in expected.items():
        for label, cell in zip(header, rows[name].split(" | "), strict=True):
            for shown, encoder in zip(cell.split(", "), encoders, strict=True):
                value = getattr(encoder, label.replace(" ", "_"))
                assert float(shown) == pytest.approx(value, abs=0.06 if label == "worst distortion" else 0.0006), name


def test_what_checkpoints_trade_is_in_the_measured_facts() -> None:
    whole = section("docs/results.md", "Near and far in the tree")
    _, _, text = whole.partition("\n### What each checkpoint trades\n")
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.MULTILINE)
    assert rows
    columns = {"richness": 5, "q": 3, "average_distortion": 3, "map_3": 3, "map_27": 3}  # digits
    for name, cells in rows:
        sides = [asdict(FACTS[name])[side] for side in "ab"]
        best = [
            f"{(min if column == 'average_distortion' else max)(side[column] for side in sides):.{digits}f}"
            for column, digits in columns.items()
        ]
        assert cells.split(" | ") == [*best, "none" if any(side["overlaps"] for side in sides) else "kept"], name


def test_the_regions_of_decoders_are_those_counted() -> None:
    text = section("docs/results.md", "Linear regions")
    rows = dict(re.findall(r"([\d,]+) of\s+`(\w+)`", text))
    assert len(rows) == 4
    for count, name in rows.items():
        found = counting.count(load(name), samples=100)
        (decoder,) = (part for part in found.parts if part.name == "decoder A")
        assert count == f"{decoder.occupied:,}", name


def test_the_recipes_are_those_of_the_code() -> None:
    named = re.findall(r"^\| `(\w+)` \|", section("docs/training.md", "How long it takes"), re.MULTILINE)
    assert sorted(named) == sorted(table.names())


def test_the_options_of_training_are_those_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    named = re.findall(r"^\| `(--\w+)` \|", section("docs/training.md", "On the command line"), re.MULTILINE)
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    assert len(named) == 13
    assert set(named) <= set(re.findall(r"--\w+", capsys.readouterr().out))


def test_what_is_said_of_trackers_is_in_the_code() -> None:
    text = section("docs/training.md", "Tracking")
    assert tracking.KNOWN["trackio"] in text
    assert f"the image `{tracking.PICTURE}`" in text
    assert all(f"`{name}`" in text for name in (*tracking.NEEDED, *tracking.ELSEWHERE))
    (measure,) = re.findall(r"such as `(\w+)`, and the radius plot", " ".join(text.split()))
    assert measure in leaderboard.MEASURES


def test_the_parts_that_a_recipe_lacks_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| (\w+) \| (.+) \|$", section("docs/training.md", "On the command line"), re.MULTILINE)
    lacking = {
        part: [f"`{name}`" for name in table.names() if part not in objectives(table.recipe(name))] for part in EMPHASES
    }
    assert {part: said for part, said in rows if part in EMPHASES} == {
        part: ", ".join(names) or "none" for part, names in lacking.items()
    }


def test_the_weights_of_a_grid_fit_the_grid_of_the_page(tmp_path: Path) -> None:
    (line,) = re.findall(r"`(weights\.\w+ = \[.+?\])`", section("docs/sweep.md", "The grid"))
    (tmp_path / "grid.toml").write_text(f"{short_grid()}\n{line}\n", encoding="utf-8")
    assert len(grid.read_grid(tmp_path / "grid.toml").jobs) == 8


def test_the_keys_of_a_grid_are_those_of_the_code(tmp_path: Path) -> None:
    text = section("docs/sweep.md", "The grid")
    rows = re.findall(r"^\| `([\w.]+)` \| ([\w ]+) \| `([\w-]+)` \|$", text, re.MULTILINE)
    words = {int: "whole numbers", float: "numbers", str: "texts"}
    assert {name: kind for name, kind, _ in rows} == {
        **{name: words[key.kind] for name, key in grid.KEYS.items()},
        f"{grid.WEIGHTS}.PART": "numbers",
    }
    options = {name: option.removeprefix("--") for name, _, option in rows}
    assert options.pop(f"{grid.WEIGHTS}.PART") == "weight"
    assert options.pop("recipes") == "RECIPE"
    assert all(name in (option, f"{option}s") for name, option in options.items())
    assert f"at most {grid.MAX_RUNS:,}." in " ".join(text.split())
    (tmp_path / "grid.toml").write_text(short_grid(), encoding="utf-8")
    jobs = grid.read_grid(tmp_path / "grid.toml").jobs
    assert [(job.recipe, job.seed) for job in jobs] == [(name, seed) for name in ("v5_5", "v5_11") for seed in (0, 1)]
    names = " ".join(section("docs/sweep.md", "The directory").split())
    *most, last = jobs[0].settings
    assert f"| `settings` | {', '.join(most)} and {last}, also" in names


def test_the_columns_and_limits_of_a_collection_are_those_of_the_code() -> None:
    text = section("docs/sweep.md", "Collecting")
    rows = re.findall(r"^\| (`.+?) \| ", text, re.MULTILINE)
    named = [name for cell in rows for name in re.findall(r"`([a-z_0-9]+)`", cell)]
    own = [name for name in run_rows.COLUMNS if name not in leaderboard.MEASURES and name not in run_rows.WEIGHTS]
    assert set(named) == {"tvae", *own, "coverage", "hierarchy_a"}
    said = " ".join(text.split())
    assert f"{spread.LEVEL:.0%}, {spread.METHOD} method, {spread.RESAMPLES:,} resamples" in said
    assert f"the best run of each recipe, for at most {collecting.MAX_PICTURES};" in said
    assert f"At most {grid.MAX_RUNS:,} directories are read." in said
    assert f"shows the best {sweep_report.MAX_RUNS:,} runs and up to {sweep_report.MAX_GROUPS} settings" in said


def test_the_runs_of_a_page_are_named_and_bounded_as_the_docs_say() -> None:
    said = " ".join(section("docs/sweep.md", "On the page").split())
    assert f"at most the best {server_runs.MAX_SHOWN}." in said
    assert f"`{run_name('v5_11', 0, '1a2b3c4d5e6f7a8b')}`" in said


def test_the_columns_and_limits_of_a_repository_are_those_of_the_code() -> None:
    page = " ".join(text_of("docs/repositories.md").split())
    rows = re.findall(r"^\| (`.+?) \| ", text_of("docs/repositories.md"), re.MULTILINE)
    named = [name for cell in rows for name in re.findall(r"`([a-z_0-9]+)`", cell)]
    about = ["repository", "revision", "tvae", *checkpoints.tree_sample()]
    texts_ = [name for name, kind in repository_rows.COLUMNS.items() if kind == "text" or name == "bytes"]
    assert sorted(named) == sorted([*about, *texts_, "coverage", "hierarchy_a"])
    assert set(repository_rows.NORMS) <= set(re.findall(r"`(\w+)`", page))
    outcomes = re.findall(r"^\| ([a-z ]+) \| (?!meaning)", text_of("docs/repositories.md"), re.MULTILINE)
    assert tuple(outcomes) == get_args(repository_rows.Outcome)
    limits = (repository_files.MAX_FILES, repository_files.MAX_FILE // 2**20, repository_files.MAX_NAME)
    assert (
        "At most {:,} files of a repository are read, each of at most {} MiB and with a path of at most {} ".format(
            *limits
        )
        in page
    )
    assert repository_evaluation.GIVE_UP == 3
    assert "After three failures in a row" in page


def test_the_environment_variables_are_those_of_the_code() -> None:
    table_ = section("docs/serving.md", "Environment variables")
    named = {
        name for row in re.findall(r"^\| (`.+?`) \| ", table_, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    checked = {environment.NAME, environment.PORT, *hub.SECONDS, *hub.CERTIFICATES, *hub.PROXIES, device.VARIABLE}
    assert checked <= named
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tvae").rglob("*.py"))
    assert set(re.findall(r"\bTVAE_[A-Z_]+\b", code)) == {name for name in named if name.startswith("TVAE_")}
    assert f"`{environment.PORT}` | first port to try (7860)" in table_
    (words,) = re.findall(r"asks for (\d+) seconds", " ".join(section("docs/serving.md", "On ZeroGPU").split()))
    assert int(words) == gpu.SECONDS


def test_the_limits_of_a_public_page_are_those_of_the_code() -> None:
    training = " ".join(section("docs/training.md", "On the page").split())
    for words in (
        f"Up to {PUBLIC.at_once} runs train at the same time, and {PUBLIC.waiting} may wait.",
        f"at most {PUBLIC.steps:,} steps and {PUBLIC.seconds:g} s.",
        f"at most {PUBLIC.an_hour} an hour.",
    ):
        assert words in training
    api = " ".join(section("docs/api.md", "HTTP").split())
    assert f"a file of at most {MAX_FILE // 2**20} MB" in api
    assert f"A request has at most {MAX_REQUEST // 2**20} MB." in api
    assert "it is deleted after ten minutes" in api
    assert GRACE == 600


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"(?<!!)\[[^\]]+\]\(([^)]+)\)", text_of(page)):
        if not target.startswith("https://"):
            path, _, anchor = target.partition("#")
            found = os.path.normpath(Path(page).parent / path) if path else page
            assert (ROOT / found).exists(), target
            assert not anchor or anchor in {title.lower().replace(" ", "-") for title in headings(found)}, target


@pytest.mark.parametrize("page", [*PAGES, "CONTRIBUTING.md"])
def test_paths_in_the_text_exist(page: str) -> None:
    for path in re.findall(r"`((?:tvae|tests|docs|benchmarks)/[\w./-]*)`", text_of(page)):
        assert (ROOT / path).exists(), path


def strings_in(path: str, name: str) -> list[str]:
    """The texts in the constant of a script, without running it."""
    (value,) = (
        node.value
        for node in ast.parse(text_of(path)).body
        if isinstance(node, ast.Assign | ast.AnnAssign) and name in ast.unparse(node).split("=")[0]
    )
    return [node.value for node in ast.walk(value) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def test_the_page_on_reliability_has_every_target_and_every_attack() -> None:
    def rows(title: str) -> list[str]:
        return re.findall(r"^\| ([^|]+?) \| ", section("docs/reliability.md", title), re.MULTILINE)

    (returned,) = re.findall(r"return (\{.+?\n    \})", text_of("tests/fuzz.py"), re.DOTALL)
    assert rows("Fuzzing")[1:] == re.findall(r'"(\w+)": \(', returned)
    attacks = strings_in("benchmarks/hostile.py", "NAMES")
    assert list(dict.fromkeys(rows("Hostile scripts")[1:])) == ["no attack", *attacks]
