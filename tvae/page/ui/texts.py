"""The words of the page, read once from `english.toml`, which is all that a translation has to replace.

    texts.NO_CURVES                                  a text; {names} in it are filled by str.format where it is used
    texts.OBJECTIVES["order"], texts.LIMITS_COLUMNS  texts that belong together, as below

A text has no line here: `__getattr__` looks it up, a name that is not in the file is an AttributeError, and the tests
find it before that. Texts of scripts are put into them as JSON, where they have a place for `phrases`.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

FILE: Final = Path(__file__).with_name("english.toml")


class Lesson(NamedTuple):
    """One card of the Learn tab, HTML; `says` is seen at once, `more` on demand."""

    key: str
    title: str
    says: str
    more_title: str
    more: str


def _unfolded(value: Any) -> Any:
    """A text with its lines joined; the file says which breaks stay. Lists and tables of texts likewise."""
    if isinstance(value, dict):
        return {name: _unfolded(one) for name, one in value.items()}
    if isinstance(value, list):
        return tuple(_unfolded(one) for one in value)
    if "\n" not in value:
        return value
    staying = value.strip("\n").replace("\n\n", "\0\0").replace("\n- ", "\0- ")  # faster than a regular expression
    return staying.replace("\n", " ").replace("\0", "\n")


def _read() -> dict[str, Any]:
    """Everything by its name; the sections of the file are for those who read it."""
    sections = tomllib.loads(FILE.read_text(encoding="utf-8"))
    named: dict[str, Any] = {}
    for section in sections.values():
        if twice := named.keys() & section.keys():
            raise ValueError(f"{FILE.name} has {', '.join(sorted(twice))} twice; each name is there once.")
        named |= section
    return {name: _unfolded(value) for name, value in named.items()}


_NAMED: Final = _read()


def __getattr__(name: str) -> str:
    """A text by its name."""
    text = _NAMED.get(name)
    if isinstance(text, str):
        return text
    raise AttributeError(f"{FILE.name} has no text {name}; add it to its section there.")


Words = Mapping[str, str]
Row = tuple[str, ...]
Pairs = Mapping[str, tuple[str, str]]

# Of several parts.
MEASURE_NAMES: Final[Words] = _NAMED["MEASURE_NAMES"]
RADIUS_NAMES: Final[Words] = _NAMED["RADIUS_NAMES"]
SAVING: Final[Words] = _NAMED["SAVING"]  # of static/shared.js
# The frame, and Explore.
TABS: Final[Words] = _NAMED["TABS"]  # by the tab's id
LINK: Final[Words] = _NAMED["LINK"]  # of share_link.js
STATUSES: Final[Words] = _NAMED["STATUSES"]
MAX_RADIUS_FROM: Final[Words] = _NAMED["MAX_RADIUS_FROM"]
EXPLANATIONS: Final[Words] = _NAMED["EXPLANATIONS"]
TILES: Final[Words] = _NAMED["TILES"]
FACTS: Final[Words] = _NAMED["FACTS"]
CLAIMS: Final[Words] = _NAMED["CLAIMS"]
EXAMPLES: Final[Row] = _NAMED["EXAMPLES"]
CHOSEN_COLUMNS: Final[Row] = _NAMED["CHOSEN_COLUMNS"]
CLAIMED_COLUMNS: Final[Row] = _NAMED["CLAIMED_COLUMNS"]
LIMITS_COLUMNS: Final[Row] = _NAMED["LIMITS_COLUMNS"]
STRIP_TOOLS: Final[Words] = _NAMED["STRIP_TOOLS"]
STRIP: Final[Words] = _NAMED["STRIP"]  # of static/strip*.js
# How it was trained, linear regions, a checkpoint of one's own.
SETTINGS: Final[Words] = _NAMED["SETTINGS"]
PARTS: Final[Words] = _NAMED["PARTS"]
ACTIONS: Final[Words] = _NAMED["ACTIONS"]
PHASES_COLUMNS: Final[Row] = _NAMED["PHASES_COLUMNS"]
DECISIONS_COLUMNS: Final[Row] = _NAMED["DECISIONS_COLUMNS"]
FILE_CHARTS: Final[Pairs] = _NAMED["FILE_CHARTS"]  # of a chart: title, label of the y axis
REGIONS_COLUMNS: Final[Row] = _NAMED["REGIONS_COLUMNS"]
OWN_SAID: Final[Words] = _NAMED["OWN_SAID"]  # of upload.js
# The ball's tab.
BALL_COLOURS: Final[Words] = _NAMED["BALL_COLOURS"]
BALL_RULES: Final[Words] = _NAMED["BALL_RULES"]
BALL_POINT: Final[Row] = _NAMED["BALL_POINT"]  # radius, angle
BALL_BY: Final[Words] = _NAMED["BALL_BY"]
BALL_AGREEMENT: Final[Words] = _NAMED["BALL_AGREEMENT"]
BALL_NEAR_COLUMNS: Final[Row] = _NAMED["BALL_NEAR_COLUMNS"]
BALL_WAY_COLUMNS: Final[Row] = _NAMED["BALL_WAY_COLUMNS"]
BALL_CHARTS: Final[Pairs] = _NAMED["BALL_CHARTS"]
DISK_BUTTONS: Final[Pairs] = _NAMED["DISK_BUTTONS"]  # label, explanation
DISK: Final[Words] = _NAMED["DISK"]  # of static/disk*.js
DECODED_FROM: Final[Words] = _NAMED["DECODED_FROM"]
# Compare.
METRICS: Final[Words] = _NAMED["METRICS"]
METRIC_COLUMNS: Final[Row] = _NAMED["METRIC_COLUMNS"]
COMPARED_COLUMNS: Final[Row] = _NAMED["COMPARED_COLUMNS"]
ORDINALS: Final[Words] = _NAMED["ORDINALS"]
BETTER: Final[Words] = _NAMED["BETTER"]
RULES: Final[Words] = _NAMED["RULES"]
EXACT_IN: Final[Words] = _NAMED["EXACT_IN"]
ALONE: Final[Words] = _NAMED["ALONE"]
# Coverage.
READS: Final[Words] = _NAMED["READS"]
DEPTH_TILES: Final[Words] = _NAMED["DEPTH_TILES"]
DEPTH_LABELS: Final[Words] = _NAMED["DEPTH_LABELS"]
DEPTH_TABLES: Final[Words] = _NAMED["DEPTH_TABLES"]
DEPTH: Final[Pairs] = _NAMED["DEPTH"]  # of a section: heading, what its numbers are
DEPTH_CHARTS: Final[Pairs] = _NAMED["DEPTH_CHARTS"]
DRAWN: Final[Words] = _NAMED["DRAWN"]
LEVELS_COLUMNS: Final[Row] = _NAMED["LEVELS_COLUMNS"]
CALIBRATION_COLUMNS: Final[Row] = _NAMED["CALIBRATION_COLUMNS"]
# Codons.
CODON_COLOURS: Final[Words] = _NAMED["CODON_COLOURS"]
CODON_NULLS_HEAD: Final[Row] = _NAMED["CODON_NULLS_HEAD"]
CODON_NULLS: Final[Pairs] = _NAMED["CODON_NULLS"]
CODON_BARS: Final[Words] = _NAMED["CODON_BARS"]
CODON_STOPS_SAID: Final[Words] = _NAMED["CODON_STOPS_SAID"]
CODON_RADIUS: Final[Words] = _NAMED["CODON_RADIUS"]
CODON_ACIDS_HEAD: Final[Row] = _NAMED["CODON_ACIDS_HEAD"]
CODON_ALPHABETS: Final[Words] = _NAMED["CODON_ALPHABETS"]  # by `sequences.Alphabet`
CODON_OWN_SAID: Final[Words] = _NAMED["CODON_OWN_SAID"]  # of sequence_form.js
CODON_OWN_HEAD: Final[Row] = _NAMED["CODON_OWN_HEAD"]
# Pictures.
PLOTTED: Final[Words] = _NAMED["PLOTTED"]
# Train, Learn.
OBJECTIVES: Final[Words] = _NAMED["OBJECTIVES"]
BENCH_CHARTS: Final[Pairs] = _NAMED["BENCH_CHARTS"]
LESSONS: Final = tuple(Lesson(key, **words) for key, words in _NAMED["LESSONS"].items())
WHY: Final[Row] = _NAMED["WHY"]
SOURCES: Final[tuple[tuple[str, str], ...]] = _NAMED["SOURCES"]  # title, address
