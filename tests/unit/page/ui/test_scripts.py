"""How scripts reach the browser: what the route serves and what it does not, and the two lines that load a module."""

import ast
import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tvae.page.ui import components
from tvae.page.ui.scripts import modules as scripts

PAGE = Path(scripts.__file__).parents[2]
PYTHON = {path.relative_to(PAGE).as_posix(): path.read_text() for path in sorted(PAGE.rglob("*.py"))}
BROWSER = TestClient(Starlette(routes=[scripts.ROUTE]))


def calls() -> Iterator[tuple[str, str]]:
    """(module, function) of every event that a script answers."""
    for name, source in PYTHON.items():
        tree = ast.parse(source)
        constants = {"EVENTS": components.EVENTS}
        for node in tree.body:
            match node:
                case ast.AnnAssign(target=ast.Name(constant), value=ast.Constant(value)):
                    constants[constant] = value
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "called":
                module, function = node.args[:2]
                assert isinstance(function, ast.Constant), f"{name}:{node.lineno} computes the name of a function"
                yield constants[module.id] if isinstance(module, ast.Name) else module.value, function.value


class TestRoute:
    def test_every_script_of_the_page_is_served_as_it_is_and_for_ever(self) -> None:
        there = {path.relative_to(PAGE).as_posix(): path.read_bytes() for path in PAGE.rglob("*.js")}
        assert there == scripts.MODULES
        for name, source in there.items():
            answer = BROWSER.get(f"/{scripts.BASE}/{name}")
            assert answer.content == source
            assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"

    def test_they_are_compressed_once_for_a_browser_that_takes_that(self) -> None:
        name, source = next(iter(scripts.MODULES.items()))
        with BROWSER.stream("GET", f"/{scripts.BASE}/{name}", headers={"accept-encoding": "gzip"}) as answer:
            sent = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == "gzip"
        assert gzip.decompress(sent) == source
        assert len(sent) < len(source)
        plain = BROWSER.get(f"/{scripts.BASE}/{name}", headers={"accept-encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert {answer.headers["vary"], plain.headers["vary"]} == {"accept-encoding"}

    @pytest.mark.parametrize(
        "path",
        [
            "build.py",
            "ui/scripts/modules.py",
            "ui/english.toml",
            "ui/scatter/scatter.css",
            "ui/../build.py",
            "ui/%2e%2e/build.py",
            "../../errors.py",
            "/etc/passwd",
            "ui",
            "",
        ],
    )
    def test_nothing_else_can_be_read(self, path: str) -> None:
        assert BROWSER.get(f"/{scripts.BASE}/{path}").status_code == 404

    def test_another_version_is_not_there(self) -> None:
        name = next(iter(scripts.MODULES))
        assert BROWSER.get(f"/tvae-static/{'0' * 16}/{name}").status_code == 404


class TestLoading:
    def test_a_component_mounts_its_module_with_data(self) -> None:
        line = scripts.mounted("ui/links/share_link.js", {"words": {"say": "\u03bc < 1"}}, ("pick", "clear"))
        assert line.startswith('/* "pick" */ /* "clear" */ { const asked = ')
        assert f'new URL("{scripts.BASE}/ui/links/share_link.js", document.baseURI)' in line
        data = r'{"words": {"say": "\u03bc < 1"}}'
        assert f"module.mount({{element, trigger, props, server, watch, data: {data}}});" in line

    def test_a_component_mounts_a_module_later_that_the_first_picture_does_not_need(self) -> None:
        line = scripts.mounted("ui/links/share_link.js", later=True)
        inside = scripts.mounted("ui/links/share_link.js").strip()
        assert line == f"(globalThis.requestIdleCallback ?? setTimeout)(() => {inside});\n"

    def test_an_event_calls_a_function_with_data_and_its_values(self) -> None:
        line = scripts.called("ui/links/share_link.js", "syncUrl", {"fields": []})
        assert line.startswith("(...values) => { const asked = ")
        assert 'module.syncUrl({"fields": []}, ...values);' in line
        assert " return asked.module ? " in line

    def test_a_script_that_is_not_there_is_an_error_when_the_page_is_built(self) -> None:
        with pytest.raises(ValueError, match=r"no script ui/gone\.js; it has .*ui/links/share_link\.js"):
            scripts.mounted("ui/gone.js")

    def test_every_script_is_named_at_the_top_of_the_page_and_fetched_at_once_where_the_plot_needs_it(self) -> None:
        links = scripts.connection_links() + scripts.links()
        named = re.findall(r'<link rel="([\w-]+)" href="\./([\w./-]+)">', links)
        assert sorted(address for _, address in named) == [f"{scripts.BASE}/{name}" for name in sorted(scripts.MODULES)]
        first = {address.removeprefix(f"{scripts.BASE}/") for relation, address in named if relation == "modulepreload"}
        assert {"tabs/explore/ready.js", "ui/scripts/events.js", "ui/scatter/scatter.js", "ui/canvas/marks.js"} <= first
        others = ("tabs/", "uploads/", "columns/", "ui/charts/")
        assert [name for name in first if name.startswith(others)] == ["tabs/explore/ready.js"]
        for name in first:  # what they import is fetched at once, too
            for other in re.findall(r"from '(\.[\w./-]+)'", scripts.MODULES[name].decode()):
                assert (PAGE / name).parent.joinpath(other).resolve().relative_to(PAGE).as_posix() in first

    def test_of_the_scripts_that_the_page_runs_only_the_small_one_is_before_those_of_gradio(self) -> None:
        links = scripts.connection_links() + scripts.links()
        run = re.findall(r'<script type="module"( async)? src="\./([\w./-]+)"></script>', links)
        first, second = "ui/scripts/connection/connection.js", "tabs/explore/ready.js"
        assert run == [("", f"{scripts.BASE}/{first}"), (" async", f"{scripts.BASE}/{second}")]
        sent = [len(gzip.compress(scripts.MODULES[name])) for name in scripts._with_imports(first)]
        assert sum(sent) < 10_000

    def test_modules_import_only_modules_that_are_served(self) -> None:
        for name, source in scripts.MODULES.items():
            for other in re.findall(r"(?:from |import\()'(\.[\w./-]+)'", source.decode()):
                assert (PAGE / name).parent.joinpath(other).resolve().relative_to(PAGE).as_posix() in scripts.MODULES

    def test_every_function_that_an_event_calls_is_exported(self) -> None:
        there = list(calls())
        assert len(there) > 20
        for module, function in there:
            exported = re.findall(
                r"^export (?:async )?(?:function|const) (\w+)", scripts.MODULES[module].decode(), re.M
            )
            assert function in exported, f"{module} exports {', '.join(exported)}"

    def test_no_other_module_of_python_has_a_script_in_it(self) -> None:
        others = PYTHON.keys() - {"ui/scripts/modules.py", "gradio_internals/frontend.py"}  # these handle scripts
        assert [name for name in others if "=>" in PYTHON[name]] == []
