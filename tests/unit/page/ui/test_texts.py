"""All words of the page are in the `texts.toml` files: none stands in its sources, and every text there is used."""

import ast
import json
import re
import tomllib
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from page_words import fields, in_python, in_script, looked_up, strings, uses

from tvae.page.tabs.ball.disk.disk import disk_plot
from tvae.page.tabs.codons.sequence_form import form
from tvae.page.ui import texts
from tvae.page.ui.scatter.scatter import radius_scatter

PAGE = texts.PAGE
# Descriptions of endpoints, and what is printed for the person who starts the server, are not part of the page.
FOR_SCRIPTS = (
    "serve.py",
    "ui/texts.py",
    *(f"api/{name}.py" for name in ("codons", "endpoint", "explorer", "mcp", "openapi", "uploads")),
)


def sources(pattern: str) -> dict[str, str]:
    """The page's files by their paths."""
    return {path.relative_to(PAGE).as_posix(): path.read_text() for path in sorted(PAGE.rglob(pattern))}


MODULES = {name: text for name, text in sources("*.py").items() if not name.startswith(FOR_SCRIPTS)}
SCRIPTS = sources("*.js")
NOT_WORDS = {
    "build.py": {"Segoe UI"},  # a font
    "ui/scripts/modules.py": {
        "module.mount({element, trigger, props, server, watch, data: \x00})"
    },  # a call in a script
    "server/gpu.py": {"The CPU is used, since there is no GPU: %s"},  # in the log, as the next
    "server/session_files.py": {"A file of a visitor cannot be stored: %s"},
    "uploads/layout.py": {"main"},  # a branch
    "tabs/compare/leaderboard/handlers.py": {"another model"},  # a status, of which the page has no row
    "tabs/compare/render.py": {"near the limit"},  # a rule of `comparison.METRIC_DIRECTION`
    "tabs/explore/exports.py": {"all operations"},  # in a file, for programs
    "tabs/explore/stories.py": {"min, max, consensus"},  # names of operations, in a link
    "ui/charts/small_charts.py": {"middle small", "middle sign", "middle name"},  # classes of style
    "ui/charts/plotly_json.py": {"top center"},  # Plotly's own
    "ui/canvas/files/html.js": {  # rules of style
        "#picture svg{pointer-events:none}",
        "#figure svg{width:100%;height:auto;max-width:900px}",
    },
    "uploads/upload.js": {"said alert"},
}
OF_SCRIPTS = {  # which texts which scripts have
    "SCATTER": tuple(
        f"ui/scatter/{name}.js"
        for name in ("scatter", "controls", "draw", "plot", "picture/axes", "picture/legend", "picture/tip")
    ),
    "EXPORT_MENU": (
        "ui/canvas/files/html.js",
        "ui/canvas/files/picture.js",
        "ui/charts/save_figure.js",
        "ui/canvas/files/menu.js",
        "ui/scatter/picture/file.js",
        "tabs/ball/disk/drawing/files.js",
        "tabs/codons/map/files.js",
    ),
    "COLUMNS": tuple(f"columns/{name}.js" for name in ("columns", "control", "legend", "sentences")),
    "SAVED_SELECTIONS": ("selection/saved_menu.js",),
    "CARD": ("tabs/explore/sections/atlas/card.js",),
    "DISK": tuple(
        f"tabs/ball/disk/{name}.js"
        for name in (
            "directions/axes",
            "directions/orient",
            "directions/places",
            "drawing/draw",
            "decode",
            "disk",
            "drawing/files",
            "drawing/walks",
            "gestures",
            "loading",
            "state",
        )
    ),
    "SAVE_STATUS": (
        "ui/canvas/files/saving.js",
        "ui/charts/save_figure.js",
        "ui/scatter/picture/file.js",
        "tabs/ball/disk/drawing/files.js",
        "tabs/ball/disk/decode.js",
        "tabs/ball/disk/loading.js",
        "tabs/ball/disk/directions/orient.js",
        "tabs/explore/sections/atlas/card.js",
        "tabs/codons/map/files.js",
        "tabs/codons/map/sequence_map.js",
    ),
    "SEQUENCE_MAP": tuple(f"tabs/codons/map/{name}.js" for name in ("files", "picture", "sequence_map", "state")),
    "SEQUENCES_STATUS": ("tabs/codons/sequence_form.js",),
    "LINK": ("ui/links/share_link.js",),
    "UPLOAD_STATUS": ("uploads/upload.js",),
}
FILLED_IN_LESSONS = "LESSONS"  # with all of `lessons.numbers_of`, which its tests do


FILES = {path.parent.relative_to(PAGE): tomllib.loads(path.read_text()) for path in sorted(PAGE.rglob("texts.toml"))}
NAMED: dict[str, Any] = {name: value for there in FILES.values() for name, value in there.items()}
USED_IN = {name: uses([ast.parse(source)]).names for name, source in MODULES.items()}
USES = uses(map(ast.parse, MODULES.values()))


def leaves(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [text for one in (value.values() if isinstance(value, dict) else value) for text in leaves(one)]


def kind(value: Any) -> str:
    """The function of `texts` for a value of this shape."""
    if isinstance(value, list):
        return "row"
    (shape,) = {type(one) for one in value.values()}
    return {str: "table", list: "pairs", dict: "tables"}[shape]


def meant(name: str) -> list[str]:
    """The texts that `NAME`, `NAME[key]` or `NAME[*]` stands for."""
    table, _, key = name.rstrip("]").partition("[")
    return leaves(NAMED[table] if key in ("", "*") else NAMED[table][key])


def matches(given: frozenset[str], places: set[str]) -> bool:
    """Whether places are what is given; a dict may give any others, and more of them."""
    return given - {"**"} <= places if "**" in given else given == places


class TestGuard:
    @pytest.mark.parametrize("name", sorted(MODULES))
    def test_no_words_stand_in_a_module(self, name: str) -> None:
        assert set(in_python(MODULES[name])) == NOT_WORDS.get(name, set())

    @pytest.mark.parametrize("name", sorted(SCRIPTS))
    def test_no_words_stand_in_a_script(self, name: str) -> None:
        assert set(in_script(SCRIPTS[name])) == NOT_WORDS.get(name, set())

    @pytest.mark.parametrize(
        "planted",
        [
            'said = "Please wait"',
            "raise CheckpointError(f'There is no {name} here.')",
            "words = f'{count:,} of {total:,} operations'",
            "gr.Button('Walk', elem_id='ball-go')",
            "gr.Textbox(label='Steps')",
            "html = '<caption>decoded</caption>'",
            """html = f'<button type="button" class="chip" aria-label="Zoom in">{sign}</button>'""",
            """html = '<input type="text" placeholder="anything">'""",
            "head = ('index', 'radius, first')",
            "part = tag('caption', 'decoded')",
            "part = tag('p', texts.OTHER, title='decoded')",
            "part = tag('button', sign, aria_label='Zoom')",
            "part = row(1, 'decoded', head='v')",
            "part = cell('decoded', scope='col')",
        ],
    )
    def test_a_planted_word_is_found_in_a_module(self, planted: str) -> None:
        for source in MODULES.values():
            assert len(in_python(f"{source}\n{planted}\n")) == len(in_python(source)) + 1

    @pytest.mark.parametrize(
        "planted",
        [
            "status.textContent = 'Please wait';",
            'write(g, "size of the level", 1, 2);',
            "tag('div', `${exact ? 'surely' : ''} reconstructed exactly`);",
            "tip.title = `distance ${a > 1 ? `about ${Math.round(a)} steps away` : 0}`;",
            "panel.innerHTML = '<p class=\"late\">Loading</p>';",
        ],
    )
    def test_a_planted_word_is_found_in_a_script(self, planted: str) -> None:
        for source in SCRIPTS.values():
            assert len(in_script(f"{source}\n{planted}\n")) == len(in_script(source)) + 1

    @pytest.mark.parametrize(
        "harmless",
        [
            '"""Words of a docstring."""',
            "raise ValueError('the plot needs points')",
            """html = f'<p class="quiet late" role="status">{texts.LOADING}</p>'""",
            "js = '(name, open) => (open ? name : null)'",
            "name = f'tvae-{of}-{table}.json'",
            "parts = [f'v = {v}', 'sha256', 'PNG', 'a\\\\b']",
            "part = tag('p', f'v = {v}', tag('code', sha256), class_='quiet second', role='status', data_do='encode')",
        ],
    )
    def test_what_is_no_word_of_the_page_is_left_alone(self, harmless: str) -> None:
        assert in_python(harmless) == []

    def test_comments_and_regular_expressions_are_no_strings(self) -> None:
        script = "// it's a comment\nconst a = b.replace(/[\"'`]/g, 'x'), c = `${d / 2}px`; /* and 'this' */ f(\"y\");"
        assert list(strings(script)) == ["x", "\x00px", "y"]


class TestCatalogue:
    def test_every_name_that_is_used_is_there_and_the_other_way_round(self) -> None:
        assert USES.names == set(NAMED)

    def test_every_table_is_looked_up_by_its_shape(self) -> None:
        assert USES.kinds == {name: {kind(value)} for name, value in NAMED.items() if not isinstance(value, str)}

    def test_a_text_lies_in_the_room_that_uses_it_or_below(self) -> None:
        """Below are the rooms that any tab may import; a text of one tab that another uses belongs there."""
        below = {Path("ui"), Path("selection")}
        rooms: dict[str, set[Path]] = {}
        for module, names in USED_IN.items():
            for name in names:
                rooms.setdefault(name, set()).add(Path(module).parent)
        misplaced = [
            (str(room), name)
            for name, users in rooms.items()
            for room in users
            if not any(name in FILES.get(place, {}) for place in (room, *below))
        ]
        assert misplaced == []
        shared = {name for name, users in rooms.items() if len(users) > 1}
        lonely = [name for room in below for name in FILES[room] if room not in rooms[name] and name not in shared]
        assert lonely == []

    def test_every_key_of_a_table_is_used(self) -> None:
        asked = {name: set(keys) for name, keys in USES.keys.items()}
        for table, scripts in OF_SCRIPTS.items():
            patterns = [key for script in scripts for key, _ in looked_up(SCRIPTS[script])]
            asked.setdefault(table, set()).update(
                key for key in NAMED[table] if any(fnmatch(key, pattern) for pattern in patterns)
            )
        unused = {
            f"{table}.{key}"
            for table, keys in asked.items()
            if isinstance(NAMED[table], Mapping) and (table in OF_SCRIPTS or table not in USES.whole)
            for key in set(NAMED[table]) - keys
        }
        assert unused == set()
        missing = {f"{table}.{key}" for table, keys in USES.keys.items() for key in keys - set(NAMED[table])}
        assert missing == set()

    def test_texts_are_filled_with_what_they_have_places_for(self) -> None:
        wrong = [
            (sorted(names), sorted(given))
            for names, given in USES.filled
            if not matches(given, set().union(*(fields(text) for name in names for text in meant(name))))
        ]
        assert wrong == []

    def test_every_place_is_filled_somewhere(self) -> None:
        filled = {*OF_SCRIPTS, FILLED_IN_LESSONS}
        for name in USES.given:
            filled |= {name, name.partition("[")[0]} if name.endswith("[*]") else {name}
        empty = [
            name for name, value in NAMED.items() if isinstance(value, str) and fields(value) and name not in filled
        ]
        for name, value in NAMED.items():
            if not isinstance(value, str) and name not in filled:
                keys = value if isinstance(value, dict) else range(len(value))
                empty += [f"{name}[{key}]" for key in keys if any(map(fields, leaves(value[key])))]
        assert [name for name in empty if name not in filled] == []

    @pytest.mark.parametrize("script", sorted({script for scripts in OF_SCRIPTS.values() for script in scripts}))
    def test_scripts_fill_the_texts_that_they_have(self, script: str) -> None:
        there = {
            key: text
            for table, scripts in OF_SCRIPTS.items()
            if script in scripts
            for key, text in NAMED[table].items()
        }
        for key, given in looked_up(SCRIPTS[script]):
            found = [text for name, text in there.items() if fnmatch(name, key)]
            assert found, key
            for text in found:
                assert given is None or fields(text) == given or (key.endswith("*") and fields(text) <= given)

    def test_a_text_in_a_script_takes_no_propertys_place(self) -> None:
        """Gradio takes a lone word in quotes for an event, which would shadow the property of that name."""
        with gr.Blocks():
            components = {
                "SCATTER": radius_scatter(),
                "DISK": disk_plot([], "a"),
                "SEQUENCES_STATUS": form(),
            }
        for table, component in components.items():
            lone = set(re.findall(r'"(\w+)"', json.dumps(NAMED[table])))
            assert lone & {*component.props, "value", "visible", "label"} == set()

    def test_the_uses_that_the_tests_look_for_are_seen(self) -> None:
        seen = uses(
            [
                ast.parse(
                    "def f(a):\n"
                    "    words = texts.ONE if a else texts.MANY\n"
                    "    names = [name.format(x=a) for name in texts.row('HEADS')]\n"
                    "    parts = texts.table('PARTS')\n"
                    "    said = words.format(count=a) + parts['b'].format(y=a) + texts.PLAIN\n"
                    "    said += markup(texts.BOLD).format(**a)\n"
                    "    return said + texts.table('PARTS')['c'] + texts.pairs('ALL')[a]\n"
                )
            ]
        )
        assert seen.names == {"ONE", "MANY", "HEADS", "PARTS", "PLAIN", "BOLD", "ALL"}
        assert seen.keys == {"PARTS": {"b", "c"}, "ALL": set()}
        assert seen.kinds == {"HEADS": {"row"}, "PARTS": {"table"}, "ALL": {"pairs"}}
        assert seen.whole >= {"HEADS", "ALL"}
        assert "PARTS" not in seen.whole
        assert set(seen.filled) == {
            (frozenset({"ONE", "MANY"}), frozenset({"count"})),
            (frozenset({"HEADS[*]"}), frozenset({"x"})),
            (frozenset({"PARTS[b]"}), frozenset({"y"})),
            (frozenset({"BOLD"}), frozenset({"**"})),
        }
        asked = list(looked_up("say('a', {n: f(b, {c: 1}), m}); say('b'); say('d', e); WORDS.g.replace('{h}', i);"))
        assert asked == [("a", {"n", "m"}), ("b", set()), ("d", None), ("g", {"h"})]


class TestReading:
    def test_lines_are_joined_and_lists_stay(self) -> None:
        folded = {name: text for name, text in texts._NAMED.items() if isinstance(text, str) and "\n" in text}
        assert set(folded) == {"BALL_DETAILS", "DIRECTIONS_DETAILS"}
        assert [block[:2] for block in folded["BALL_DETAILS"].split("\n")][1:4] == ["", "- ", "- "]
        assert "\n" not in "".join(
            text for name, value in texts._NAMED.items() if name not in folded for text in leaves(value)
        )

    def test_a_name_that_is_not_there_says_where_it_belongs(self) -> None:
        with pytest.raises(AttributeError, match=r"No texts\.toml has a text NO_SUCH_TEXT"):
            _ = texts.NO_SUCH_TEXT

    def test_a_name_that_is_there_twice_is_refused(self, tmp_path: Path) -> None:
        for room in ("a", "b"):
            (tmp_path / room).mkdir()
            (tmp_path / room / "texts.toml").write_text("X = 'one'\n")
        with pytest.raises(ValueError, match=r"b/texts\.toml repeats X;"):
            texts._read(tmp_path)

    def test_the_files_are_part_of_the_package(self) -> None:
        settings = tomllib.loads((PAGE.parents[1] / "pyproject.toml").read_text())
        patterns = settings["tool"]["setuptools"]["package-data"]["tvae"]
        assert len(FILES) > 10
        for room in FILES:
            assert any(fnmatch(f"page/{room}/texts.toml", pattern) for pattern in patterns)
