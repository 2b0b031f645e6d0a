"""What the Compare tab says of two checkpoints as HTML; on the page they are the first and the second.

The documents of `explorer_reports.compare` call them a and b; spoken, that is the same as encoders A and B.
"""

from collections.abc import Sequence
from html import escape
from typing import Any, Final

from tvae import comparing, ternary
from tvae.metrics import CEILINGS
from tvae.operations import name_of
from tvae.page import texts
from tvae.page.html import chips, number, scrolling, tiles

MAX_LISTED: Final = 200  # operations that one alone reconstructs; the exports have all
ORDINALS: Final = {"a": "first", "b": "second"}
BETTER: Final = {"a": "\u25c2 first", "b": "second \u25b8", "equal": "= equal", None: "\u2013"}
DIGITS: Final = {
    "reconstructed": 0,
    "overlaps": 0,
    "hierarchy": 10,
    "distance_correlation": 5,
    "q": 5,
}  # of a metric; the others have `USUAL_DIGITS`
USUAL_DIGITS: Final = 6

Document = dict[str, Any]


def heading(which: str, title: str, badge: str) -> str:
    """Above a plot: which checkpoint it shows, and its status."""
    return f'<h2><span class="which">{ORDINALS[which]}</span> {escape(title)}</h2>{badge}'


def summary(document: Document) -> str:
    """Everything that the tab shows in two sentences, for eyes and for screen readers."""
    verdicts = list(document["metrics"]["better"].values())
    first, second = verdicts.count("a"), verdicts.count("b")
    words = (
        f"Encoder {document['encoder']}: the first is better in {first} of {len(verdicts)} metrics, the second in "
        f"{second}; {verdicts.count('equal')} are equal, {verdicts.count(None)} not comparable. "
        f"The first alone reconstructs {_operations(document['only_a'])}, "
        f"the second alone {_operations(document['only_b'])}."
    )
    moved = document["moved_most"]
    if moved and moved[0]["moved"]:
        most = moved[0]
        words += (
            f" Operation {most['index']} moved most, from radius {number(most['radius_a'], 4)} to "
            f"{number(most['radius_b'], 4)}."
        )
    return f'<p role="status">{escape(words)}</p>'


def _operations(indices: Sequence[int]) -> str:
    return f"{len(indices):,} operation{'' if len(indices) == 1 else 's'}"


def metrics_table(document: Document, titles: tuple[str, str]) -> str:
    """Metrics side by side with differences and which is better; the rules can be opened."""
    found = document["metrics"]
    names = (f"first: {titles[0]}", f"second: {titles[1]}", "second \u2212 first", "better")
    head = '<th scope="col" class="name">metric</th>'
    head += "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "".join(_metric(name, found) for name in comparing.GOOD)
    table = f'<table class="numbers"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return (
        f"{_exports('Encoder ' + document['encoder'])}{scrolling('Metrics of both checkpoints', table)}"
        f'<details class="why"><summary>{texts.RULES_TITLE}</summary>{_rules()}</details>'
    )


def _metric(name: str, found: dict[str, dict[str, Any]]) -> str:
    digits = DIGITS.get(name, USUAL_DIGITS)
    better = found["better"][name]
    cells = "".join(
        f"<td{' class=better' if better == which else ''}>{number(found[which][name], digits)}</td>" for which in "ab"
    )
    shown = difference(found["differences"][name], digits)
    return (
        f'<tr data-metric="{name}"><th scope="row">{texts.METRICS[name]}</th>{cells}<td>{shown}</td>'
        f'<td class="verdict">{BETTER[better]}</td></tr>'
    )


def difference(value: float | None, digits: int) -> str:
    """A number with its sign; one that would be rounded away is written with an exponent."""
    if value is None:
        return number(None, digits)
    small = value != 0 and abs(value) < 0.5 * 10**-digits
    shown = f"{value:+.1e}" if small else f"{value:+.{digits}f}" if value else f"{0:.{digits}f}"
    return shown.replace("-", "\u2212")


def _rules() -> str:
    items = ""
    for rule, sentence in texts.RULES.items():
        named = [texts.METRICS[name] for name, good in comparing.GOOD.items() if good == rule]
        limits = [
            f" {texts.METRICS[name]} {number(getattr(CEILINGS, name), 10)}"
            for name, good in comparing.GOOD.items()
            if good == rule == "near the limit"
        ]
        limit = f". The limits:{','.join(limits)}" if limits else ""
        items += f"<li>{escape(sentence)}: {', '.join(named)}{limit}.</li>"
    return f"<ul>{items}</ul><p>{escape(texts.RULES_END)}</p>"


def moved_table(document: Document) -> str:
    """The operations that moved most, each row a button; a sentence where radii are of different kinds."""
    rows = document["moved_most"]
    if rows is None:
        return f'<p class="quiet">{escape(texts.NOT_MOVED)}</p>'
    if not any(row["moved"] for row in rows):
        return f'<p class="quiet">{escape(texts.NOTHING_MOVED)}</p>'
    return f'{_exports("")}<p class="quiet">{escape(texts.MOVED_LEAD)}</p>{_table("Moved most", rows)}'


def chosen_table(document: Document, total: int) -> str:
    """The chosen operations in both checkpoints; a hint where none is chosen."""
    rows = document["operations"]
    if not rows:
        return f'<p class="quiet">{escape(texts.NO_CHOICE_HERE)}</p>'
    more = f" The first {len(rows)} are shown; the exports have all." if total > len(rows) else ""
    return f"{_exports(f'{total:,} chosen.{more}')}{_table('Chosen operations in both', rows)}"


def _exports(words: str) -> str:
    said = f"<span>{words}</span>" if words else ""
    return (
        f'<div class="exports">{said}<button type="button" class="chip" data-export="csv">Export CSV</button>'
        '<button type="button" class="chip" data-export="json">Export JSON</button>'
        '<button type="button" class="chip" data-export="parquet">Export Parquet</button>'
        '<span class="status" role="status"></span></div>'
    )


_COLUMNS: Final = ("operation", "v", "radius, first", "radius, second", "moved", "reconstructed by", "trits")


def _table(label: str, rows: Sequence[Document]) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in _COLUMNS)
    body = "".join(map(_row, rows))
    table = f'<table class="numbers results"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return scrolling(label, table)


def _row(row: Document) -> str:
    index = row["index"]
    name = name_of(index)
    cells: list[Any] = [
        f'<button type="button" class="chip" data-index="{index}">{index}</button>{f" {escape(name)}" if name else ""}',
        row["valuation"],
        number(row["radius_a"], 4),
        number(row["radius_b"], 4),
        _moved(row["moved"]),
        _exact(row["exact_a"], row["exact_b"]),
        tiles(ternary.trits_of(index).tolist()),
    ]
    return f'<tr data-row="{index}">' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _moved(by: float | None) -> str:
    if not by:
        return difference(by, 4)
    return difference(by, 4) + (" \u25b2 out" if by > 0 else " \u25bc in")


def _exact(first: bool, second: bool) -> str:
    if first and second:
        return '<span class="good">\u2713 both</span>'
    if first or second:
        return f'<span class="bad">\u25d0 {ORDINALS["a" if first else "b"]} alone</span>'
    return '<span class="bad">\u2717 neither</span>'


def only_lists(document: Document) -> str:
    """The operations that one alone reconstructs, as buttons."""
    parts = [_only(which, document[f"only_{which}"]) for which in "ab"]
    exports = _exports("") if document["only_a"] or document["only_b"] else ""
    return f'{exports}<div class="only">{"".join(parts)}</div>'


def _only(which: str, indices: Sequence[int]) -> str:
    more = len(indices) - MAX_LISTED
    rest = f" and {more:,} more; the exports and /compare of the API list all" if more > 0 else ""
    listed = f'<p class="chips">{chips(indices[:MAX_LISTED])}{rest}</p>' if indices else '<p class="quiet">None.</p>'
    return f'<section data-only="{which}"><h3>By the {ORDINALS[which]} alone ({len(indices):,})</h3>{listed}</section>'


def notes(balls: tuple[bool, bool], inputs: tuple[str, str], digests: tuple[str, str], titles: tuple[str, str]) -> str:
    """What cannot be compared, and why; empty where everything can.

    Of first and second: whether it has a ball, what its decoder reads ("mu", "log0"), the digest and the title.
    """
    said = []
    if digests[0] == digests[1]:
        said.append(texts.BOTH_THE_SAME)
    if balls[0] != balls[1]:
        said.append(texts.OWN_KIND.format(name=titles[balls.index(False)]))
    elif not any(balls):
        said.append(texts.NEITHER_BALL)
    if inputs[0] != inputs[1]:
        said.append(texts.OTHER_INPUT.format(name=titles[inputs.index("log0")]))
    return "".join(f'<p class="quiet">{escape(sentence)}</p>' for sentence in said)
