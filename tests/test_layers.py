"""Which room may import which, also inside functions; and what no module may do.

A room is a folder, or a file of the package's top level. README, "Folders", says what each is for.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from documentation import section
from paths import ROOT

# From the ground up: a room may import the rooms named in its row, and nothing that stands below it.
CORE = ("tvae.errors", "tvae.operations", "tvae.geometry", "tvae.models", "tvae.checkpoints", "tvae.analysis")
PACKAGES = (*CORE, "tvae.training", "tvae.sequences", "tvae.reports")
INSIDE = ("tvae.page.ui", "tvae.page.server", "tvae.page.selection")
PAGE = (*PACKAGES, "tvae.page.gradio_internals", "tvae.page.ui")  # what the rest of the page stands on
ROOMS: dict[str, tuple[str, ...]] = {
    "tvae.errors": (),
    "tvae.operations": CORE[:1],
    "tvae.geometry": CORE[:2],
    "tvae.models": CORE[:3],
    "tvae.checkpoints": CORE[:4],
    "tvae.analysis": CORE[:5],
    "tvae.training": CORE,
    "tvae.sequences": (*CORE, "tvae.training"),
    "tvae.reports": (*CORE, "tvae.training"),
    "tvae.checkpoint_hub": ("tvae.errors", "tvae.checkpoints"),
    "tvae.figures": ("tvae.reports",),
    "tvae.pretrained": (*CORE, "tvae.reports"),
    "tvae": (*CORE, "tvae.sequences", "tvae.pretrained"),
    "tvae.page.gradio_internals": (),
    "tvae.page.ui": (*PACKAGES, "tvae.page.gradio_internals"),
    # Shares count the server's callers, and its files count to shares; no module imports itself, see below.
    "tvae.page.server": (*PAGE, "tvae.page.server.shares"),
    "tvae.page.server.shares": (*PAGE, "tvae.page.server"),
    "tvae.page.server.middleware": (*PAGE, "tvae.page.server", "tvae.page.server.shares"),
    "tvae.page.startup": (*PACKAGES, "tvae.page.ui", "tvae.page.server"),
    "tvae.page.selection": (*PACKAGES, "tvae.page.ui", "tvae.page.server"),
    "tvae.page.columns": (*PACKAGES, *INSIDE),
    "tvae.page.uploads": (*PACKAGES, *INSIDE, "tvae.page.server.middleware"),
    "tvae.page.api": (*PACKAGES, "tvae.page.gradio_internals", *INSIDE, "tvae.page.uploads"),
    "tvae.page.tabs": (*PACKAGES, *INSIDE),
    "tvae.page.tabs.explore": (*PACKAGES, *INSIDE, "tvae.page.columns"),
    "tvae.page.tabs.ball": (*PACKAGES, *INSIDE, "tvae.page.columns"),
    "tvae.page.tabs.compare": (*PACKAGES, *INSIDE),
    "tvae.page.tabs.coverage": (*PACKAGES, *INSIDE),
    "tvae.page.tabs.codons": (*PACKAGES, *INSIDE),
    "tvae.page.tabs.train": (*PACKAGES, *INSIDE),
    "tvae.page.tabs.learn": (*PACKAGES, *INSIDE),
    "tvae.commands": (*PACKAGES, "tvae.page.startup", "tvae.page"),
}
ABOVE = ("tvae.page", "tvae.__main__", "app")  # what assembles: these may import every room

FOREIGN = {  # who alone may import what costs seconds, and what is there for the tests only
    "huggingface_hub": (
        "tvae.checkpoints.hub",
        "tvae.reports.publishing.publish",
        "tvae.reports.publishing.model_index",
        "tvae.training.sweeps.hf_jobs.script",  # which starts where the package is not
    ),
    "httpx2": ("tvae.checkpoints.hub",),
    "plotly": ("tvae.reports.plots.figures", "tvae.reports.plots.sequence_map"),
    "pydantic": ("tvae.checkpoints.metadata.metadata", "tvae.page.api.call_errors"),
    "PIL": ("tvae.reports.publishing.model_card", "tvae.page.tabs.explore.sections.linear_regions"),
    "arro3": ("tvae.reports.tables", "tvae.reports.publishing.dataset"),
    "filelock": ("tvae.training.sweeps.results",),
    "ray": ("tvae.training.sweeps.ray_tasks",),
    "scipy": ("tvae.analysis.tree_measures.formulas", "tvae.analysis.alignment", "tvae.analysis.comparison.spread"),
    "yaml": ("tvae.reports.surveys.repository.card",),
    "gradio": ("tvae.page", "app"),
    "starlette": ("tvae.page",),
    **dict.fromkeys(("geoopt", "Bio", "datasets", "pandas", "playwright", "pickle", "requests", "trackio"), ()),
}


def module_of(path: Path) -> str:
    """The dotted name of a source file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


TREES = {module_of(path): ast.parse(path.read_text()) for path in [*ROOT.glob("tvae/**/*.py"), ROOT / "app.py"]}


def within(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


def room_of(module: str) -> str:
    """The innermost room that a module is in; the package's face and the page's own files are rooms of themselves."""
    return max((room for room in [*ROOMS, *ABOVE] if room != "tvae" and within(module, room)), key=len, default="tvae")


def imported(module: str) -> Iterator[str]:
    """Full names of everything that a module imports anywhere."""
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where a name comes from"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ours(name: str) -> str | None:
    """The module of this project that an imported name belongs to."""
    return next((n for n in (name, name.rpartition(".")[0]) if n in TREES), None)


def test_every_module_is_in_a_room_and_every_room_is_there() -> None:
    assert {room_of(module) for module in TREES} == {*ROOMS, *ABOVE}


def drawn() -> Iterator[Path]:
    """Paths in README's tree: the first name of a line, indented by its depth, and what is named inside that folder."""
    (tree,) = re.findall(r"```text\n(.*?)```", section("README.md", "Folders"), re.DOTALL)
    above: list[str] = []
    for line in tree.splitlines():
        name, *rest = re.findall(r"[\w.]+/|\w+\.(?:py|md)\b", line)
        above[(len(line) - len(line.lstrip())) // 2 :] = [name]
        yield ROOT.joinpath(*above)
        yield from (ROOT.joinpath(*above, inside) for inside in rest if name.endswith("/"))


def test_readme_draws_every_room_and_nothing_else() -> None:
    paths = set(drawn())
    assert [path for path in paths if not path.exists()] == []
    rooms = {module_of(path) for path in paths if path.is_relative_to(ROOT / "tvae")}
    assert {*ROOMS, "tvae.page"} - rooms == set(), "rooms that README's tree lacks"
    assert {ROOT / name for name in ("app.py", "benchmarks", "docs", "tests")} <= paths


def test_imports_go_down() -> None:
    for module in TREES:
        room = room_of(module)
        for name in imported(module):
            other = ours(name)
            if other is not None and room not in ABOVE and room_of(other) != room:
                assert room_of(other) in ROOMS[room], f"{module} imports {other}"


def test_imports_of_scripts_go_down_too() -> None:
    """Also those in types, and modules that are imported when they are needed."""
    for path in ROOT.glob("tvae/page/**/*.js"):
        here = module_of(path)
        for other in re.findall(r"(?:from |import\()'(\.[\w./-]+)'", path.read_text()):
            there = module_of((path.parent / other).resolve())
            if room_of(there) != room_of(here):
                assert room_of(there) in ROOMS[room_of(here)], f"{path.relative_to(ROOT)} imports {other}"


def test_no_import_runs_in_a_circle() -> None:
    arrows = {
        module: {other for name in imported(module) if (other := ours(name)) and other != module} for module in TREES
    }
    while leaves := {module for module, others in arrows.items() if not others & arrows.keys()}:
        arrows = {module: others for module, others in arrows.items() if module not in leaves}
    assert arrows == {}


def test_costly_and_foreign_packages_stay_where_they_belong() -> None:
    for module in TREES:
        for package in {name.split(".")[0] for name in imported(module)} & FOREIGN.keys():
            assert any(within(module, place) for place in FOREIGN[package]), f"{module} imports {package}"


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def test_files_are_read_strictly_and_safely() -> None:
    for module, tree in TREES.items():
        assert not re.search(r"weights_only=False|allow_pickle=True|pickle\.loads?\b", ast.unparse(tree)), module
        for call in calls(tree):
            called = ast.unparse(call.func)
            keywords = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
            if called.endswith(".load_state_dict"):
                assert (len(call.args), "strict" in keywords) == (1, False), module
            if called == "torch.load":
                assert keywords["weights_only"] == "True", module
            assert called not in ("eval", "exec", "__import__"), module
            if called.endswith("import_module"):  # only what the user names on the command line
                assert module == "tvae.training.run_files.tracking"


def test_importing_the_package_is_cheap_and_leaves_tools_alone() -> None:
    """In a fresh interpreter, since this one has imported everything."""
    program = "import sys, tvae; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    loaded = set(done.stdout.split())
    assert {"tvae", "torch", "numpy", "safetensors"} <= loaded
    assert (
        loaded
        & {
            "gradio",
            "pydantic",
            "filelock",
            "plotly",
            "huggingface_hub",
            "httpx2",
            "scipy",
            "geoopt",
            "pandas",
            "arro3",
            "Bio",
            "trackio",
            "wandb",
        }
        == set()
    )


def test_the_public_names() -> None:
    import tvae

    assert tvae.__all__ == sorted(tvae.__all__)
    assert len(tvae.__all__) <= 20
    assert all(getattr(tvae, name).__doc__ for name in tvae.__all__)
