"""What the page uses of Gradio's internals is in one room, and Gradio is pinned to the version that was read."""

import ast
import re
import tomllib
from importlib.metadata import version
from pathlib import Path

from paths import ROOT

from tvae.page import gradio_internals
from tvae.page.gradio_internals import VERSION

ROOM = Path(gradio_internals.__file__).parent
# Attributes of Gradio's objects, and other ways to lean on its source, which have no place elsewhere.
INTERNAL = {"_api_info", "_queue", "blocks_config", "extract_tb", "fn_id", "fns", "get_block_name", "get_blocks"} | {
    "state_holder",
    "validate_inputs",
}


def to_read_again() -> str:
    """Each use of Gradio's internals, with the place in Gradio's source."""
    text = "\n\n".join(path.read_text() for path in sorted(ROOM.glob("*.py")))
    return f"Read these again in Gradio, then set VERSION in {ROOM.name}/__init__.py:\n" + "\n".join(
        " ".join(place.split()) for place in re.findall(r"Where: ((?:.(?!\"\"\"|\n\n))+)", text, re.DOTALL)
    )


def requirements() -> list[str]:
    """Every line that names Gradio, of what is installed with the package and its extras."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    lines = [
        *(ROOT / "requirements.txt").read_text().splitlines(),
        *(line for extra in extras.values() for line in extra),
    ]
    return [line for line in lines if line.startswith("gradio")]


def test_gradio_is_pinned_to_the_version_that_was_read() -> None:
    major, minor = map(int, VERSION.split("."))
    pinned = f">={major}.{minor},<{major}.{minor + 1}"
    assert len(requirements()) == 3
    assert all(line.endswith(f"]{pinned}") for line in requirements()), to_read_again()
    assert version("gradio").startswith(f"{VERSION}."), to_read_again()


def test_what_to_read_again_is_named() -> None:
    said = to_read_again()
    for place in ("blocks.py", "mcp.py", "queueing.py", "route_utils.py", "state_holder.py", "templates/frontend"):
        assert f"gradio/{place}" in said


def leans_on(path: Path) -> set[str]:
    """The modules of Gradio that a file imports, and the names of its internals that it uses."""
    tree = ast.parse(path.read_text())
    modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return {name for name in modules if name.startswith(("gradio.", "gradio_client"))} | names & INTERNAL


def test_no_file_outside_the_room_leans_on_internals() -> None:
    for path in [*ROOT.glob("tvae/**/*.py"), ROOT / "app.py"]:
        if not path.is_relative_to(ROOM):
            assert leans_on(path) == set(), path


def test_every_file_of_the_room_that_leans_on_internals_says_where_they_are() -> None:
    leaning = [path for path in ROOM.glob("*.py") if leans_on(path)]
    assert len(leaning) > 5
    for path in leaning:
        assert "Where: gradio/" in path.read_text(), path.name
