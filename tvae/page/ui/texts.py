"""The texts of the page, read once from the `texts.toml` of each room. To translate the page, translate these files.

    texts.NO_CURVES                    a text; its {names} are filled by `str.format` where it is used
    texts.table("TABS")["explore"]     texts by a key; also `row`, `pairs` and `tables`, for other shapes

Names are unique across the files. A text of several lines is folded as in Markdown: a line break is a space, except at
an empty line and before "- ". <tags> are HTML. Scripts receive whole tables as JSON.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

PAGE: Final = Path(__file__).parents[1]


def _unfolded(value: Any) -> Any:
    """A text with its lines joined; lists and tables of texts likewise."""
    if isinstance(value, dict):
        return {name: _unfolded(one) for name, one in value.items()}
    if isinstance(value, list):
        return tuple(_unfolded(one) for one in value)
    if "\n" not in value:
        return value
    staying = value.strip("\n").replace("\n\n", "\0\0").replace("\n- ", "\0- ")  # faster than a regular expression
    return staying.replace("\n", " ").replace("\0", "\n")


def _read(page: Path) -> dict[str, Any]:
    """Every text and table by its name. Raises ValueError for a name that two files have."""
    named: dict[str, Any] = {}
    for path in sorted(page.rglob("texts.toml")):
        there = tomllib.loads(path.read_text(encoding="utf-8"))
        if twice := named.keys() & there.keys():
            raise ValueError(f"{path} repeats {', '.join(sorted(twice))}; give each text a name of its own.")
        named |= there
    return {name: _unfolded(value) for name, value in named.items()}


_NAMED: Final = _read(PAGE)


def __getattr__(name: str) -> str:
    """A text by its name."""
    text = _NAMED.get(name)
    if isinstance(text, str):
        return text
    raise AttributeError(f"No texts.toml has a text {name}; add it to that of the room that uses it.")


def table(name: str) -> Mapping[str, str]:
    """Texts by their keys, in the order of the file."""
    found: Mapping[str, str] = _NAMED[name]
    return found


def row(name: str) -> tuple[str, ...]:
    """Texts in a fixed order, such as the columns of a table."""
    found: tuple[str, ...] = _NAMED[name]
    return found


def pairs(name: str) -> Mapping[str, tuple[str, str]]:
    """Two texts for each key, such as title and axis of a chart."""
    found: Mapping[str, tuple[str, str]] = _NAMED[name]
    return found


def tables(name: str) -> Mapping[str, Mapping[str, str]]:
    """A table for each key."""
    found: Mapping[str, Mapping[str, str]] = _NAMED[name]
    return found
