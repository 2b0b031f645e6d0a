"""Which module may import which: strictly lower layers only, also inside functions; and what no module may do."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from paths import ROOT

PACKAGE = ROOT / "tvae"

LAYERS = (
    ("errors", "cache", "ternary", "ball", "palette", "homeostasis", "region_bounds", "optimisers"),
    ("operations", "models", "storage", "torch_file", "tree", "codons"),
    (
        "architecture",
        "embedding",
        "catalogue",
        "tables",
        "hub_access",
        "inputs",
        "plan",
        "precondition",
        "tropical",
        "sequences",
    ),
    ("ball_recipes", "rich_recipes", "sequence_models"),
    (
        "checkpoint_file",
        "hub_transfer",
        "hub_bytes",
        "metrics",
        "neighbours",
        "walk",
        "disk",
        "robustness",
        "recipes",
        "regions",
        "losses",
    ),
    ("checkpoint_hub", "comparing", "figures", "objective", "history", "reference", "genetic"),
    ("loading", "curvature", "sequence_file"),
    ("training",),
    ("measuring", "runs", "sequence_loading", "sequence_encoding"),
    ("reports", "explorer_reports", "sequence_training", "genetic_reports", "sequence_reports", "zoo", "card"),
    ("worker", "publishing", "orders", "sequence_zoo"),
    ("workshop",),
    (
        "tvae",
        "__main__",
        "page",
        "page.texts",
    ),
    ("page.components", "page.preload", "page.limits"),
    (
        "page.edited",
        "page.html",
        "page.plotted",
        "page.saving",
        "page.strip",
        "page.visits",
        "page.links",
        "page.endpoints",
        "page.mcp_server",
    ),
    ("page.choice", "page.compute", "page.curves", "page.fragments", "page.compared", "page.disk_plot"),
    (
        "page.selection",
        "page.bench",
        "page.trained",
        "page.regions",
        "page.bringing",
        "page.ball_parts",
        "page.sketches",
        "page.codon_disk",
    ),
    (
        "page.views",
        "page.api_own",
        "page.api_codons",
        "page.exports",
        "page.depth_words",
        "page.lessons",
        "page.code_table",
    ),
    ("page.api", "page.openapi"),
    (
        "page.train_views",
        "page.compare_views",
        "page.ball_views",
        "page.codons_views",
        "page.own_sequences",
        "page.depth",
        "page.learn",
        "page.misnamed",
    ),
    ("page.train", "page.compare", "page.own_views", "page.ball", "page.codons_tab", "page.coverage_views"),
    ("page.coverage", "page.own"),
    ("page.build",),
    ("app",),
)
LAYER_OF = {module: layer for layer, modules in enumerate(LAYERS) for module in modules}

FOREIGN = {  # who alone may import what costs seconds, and what is there for the tests only
    "huggingface_hub": {"hub_access", "hub_transfer", "hub_bytes", "checkpoint_hub", "publishing"},
    "httpx2": {"hub_access", "hub_transfer", "hub_bytes", "checkpoint_hub"},
    "plotly": {"figures"},
    "PIL": {"card", "page.regions"},
    "arro3": {"tables"},
    "gradio": {module for module in LAYER_OF if module.startswith("page") or module == "app"},
    "scipy": set(),
    "geoopt": set(),
    "Bio": set(),
    "pandas": set(),
    "playwright": set(),
    "pickle": set(),
    "requests": set(),
}


def name_of(path: Path) -> str:
    """`page.strip` for tvae/page/strip.py, `tvae` for the package itself, `page` for its page."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    parts = parts[:-1] if parts[-1] == "__init__" else parts
    return ".".join(parts[1:]) or parts[0]


SOURCES = {name_of(path): path for path in [*PACKAGE.rglob("*.py"), *ROOT.glob("app.py")]}
TREES = {name: ast.parse(path.read_text()) for name, path in SOURCES.items()}


def imported(tree: ast.Module) -> set[str]:
    """Full names of everything that is imported anywhere in a module."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where a name comes from"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def ours(full: str) -> str | None:
    """The module of this package that an imported name belongs to."""
    parts = full.split(".")
    if parts[0] != "tvae":
        return None
    for length in (3, 2):
        if (module := ".".join(parts[1:length])) in SOURCES:
            return module
    return "tvae"


def test_every_module_has_its_layer() -> None:
    assert set(SOURCES) | {"app"} == set(LAYER_OF)
    assert len(LAYER_OF) == sum(map(len, LAYERS))


@pytest.mark.parametrize("module", sorted(SOURCES))
def test_imports_go_to_lower_layers(module: str) -> None:
    lower = {other for full in imported(TREES[module]) if (other := ours(full)) is not None}
    upward = {other for other in lower if LAYER_OF[other] >= LAYER_OF[module]}
    assert upward == set()


@pytest.mark.parametrize("module", sorted(SOURCES))
def test_costly_and_foreign_packages_stay_where_they_belong(module: str) -> None:
    packages = {full.split(".")[0] for full in imported(TREES[module])}
    assert {package for package in packages if module not in FOREIGN.get(package, {module})} == set()


@pytest.mark.parametrize("module", sorted(SOURCES))
def test_files_are_read_strictly_and_safely(module: str) -> None:
    source = SOURCES[module].read_text()
    assert not re.search(r"weights_only\s*=\s*False|allow_pickle\s*=\s*True|pickle\.loads?\b", source)
    for node in ast.walk(TREES[module]):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        keywords = {keyword.arg: keyword.value for keyword in node.keywords}
        if called == "load_state_dict":
            assert "strict" not in keywords
            assert len(node.args) == 1
        if called == "load" and isinstance(node.func, ast.Attribute) and ast.unparse(node.func) == "torch.load":
            assert ast.unparse(keywords["weights_only"]) == "True"
        assert called not in ("eval", "exec", "__import__", "import_module") or ast.unparse(node.func) != called


def test_importing_the_package_is_cheap_and_leaves_tools_alone() -> None:
    """In a fresh interpreter, since this one has imported everything."""
    program = "import sys, tvae; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    loaded = set(done.stdout.split())
    assert {"tvae", "torch", "numpy", "safetensors"} <= loaded
    assert (
        loaded & {"gradio", "plotly", "huggingface_hub", "httpx2", "scipy", "geoopt", "pandas", "arro3", "Bio"} == set()
    )


def test_the_public_names() -> None:
    import tvae

    assert tvae.__all__ == sorted(tvae.__all__)
    assert len(tvae.__all__) <= 20
    assert all(getattr(tvae, name).__doc__ for name in tvae.__all__)
