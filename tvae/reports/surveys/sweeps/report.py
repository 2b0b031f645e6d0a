"""The report about the runs of a sweep, as a page that stands alone. Its plot is drawn in the browser, by `plot.js`."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from tvae.analysis.comparison import best, spread
from tvae.checkpoints.terminal import printable
from tvae.checkpoints.versions import __version__
from tvae.reports import leaderboard
from tvae.reports.publishing.model_card import PICTURE_SIZE
from tvae.reports.surveys.cells import NO_VALUE, RADIUS_PLOT, SHOWN, digits, label, value
from tvae.reports.surveys.stand_alone import Cell, document, heading, paragraph, picture, table
from tvae.reports.surveys.sweeps import summary
from tvae.reports.surveys.sweeps.collection import Collection, Skipped
from tvae.reports.surveys.sweeps.rows import SETTINGS, WEIGHTS, Document, finished, merit_of, name_of
from tvae.reports.surveys.sweeps.summary import FRONT, MEASURES, OF_RUN, THIRD, Group

MAX_RUNS: Final = 2_000  # in the tables and the plot, of those that have finished; failed ones besides
MAX_GROUPS: Final = 500
MAX_FRONT: Final = 200
MAX_SKIPPED: Final = 1_000
_USUAL: Final = ("q_b", "q_a")  # measures with which the plot begins, if all runs have them; otherwise coverage
_HERE: Final = Path(__file__).parent
Pictures = Sequence[tuple[Document, str]]  # runs, and their radius plots as PNG in base64


def html(found: Collection, pictures: Pictures) -> str:
    """The text of the page."""
    done = sorted(filter(finished, found.rows), key=merit_of, reverse=True)
    failed = [row for row in found.rows if not finished(row)]
    body = [
        *(_finished(done) if done else ()),
        *_front(done),
        *_winners(pictures, len({row["recipe"] for row in done})),
        *(_failed(failed) if failed else ()),
        *(_skipped(found.skipped) if found.skipped else ()),
    ]
    style, script = ((_HERE / f"plot.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    title = f"The sweep in {printable(found.directory.resolve().name)[:100]}"
    return document(title, _lines(found, done, failed), body, style, script)


def _lines(found: Collection, done: Sequence[Document], failed: Sequence[Document]) -> list[str]:
    counts = [f"{len(done):,} finished", f"{len(failed):,} failed", f"{len(found.skipped):,} skipped"]
    lines = [f"Collected with tvae {__version__}: {', '.join(counts)}. Each measure is that of the sweep."]
    if found.left_out:
        lines.append(f"{found.left_out:,} more directories were left out.")
    varied = summary.varying(done)
    same = [
        _named(name, done[0][name])
        for name in OF_RUN
        if done and name not in varied and not (name in WEIGHTS and done[0][name] == 1)
    ]
    if same:
        lines.append(f"The same in all finished runs: {', '.join(same)}.")
    return lines


def _finished(done: Sequence[Document]) -> list[Markup]:
    shown = done[:MAX_RUNS]
    varied = summary.varying(done)
    return [*_plot(done, shown, varied), *_runs(shown, len(done), [name for name in varied if name != "recipe"])]


def _runs(shown: Sequence[Document], total: int, varied: Sequence[str]) -> list[Markup]:
    measures = ("coverage", *(f"{name}_{side}" for name in SHOWN for side in "ab"))
    lines: list[Sequence[Cell | str]] = [
        (
            name_of(row),
            *(_setting_cell(row[name]) for name in (*varied, "seed")),
            row["status"],
            *(value(name, row[name]) for name in measures),
            Cell(f"{row['seconds']:,.0f}", row["seconds"]),
        )
        for row in shown
    ]
    columns = ("run", *map(label, (*varied, "seed")), "status", *map(label, measures), "seconds")
    words = f"The best run comes first: {best.RULE}."
    more = f" The best {len(shown):,} of {total:,} are shown; runs.parquet has all." if total > len(shown) else ""
    return [heading("Runs"), paragraph(words + more), table("Runs", columns, lines)]


def _plot(done: Sequence[Document], shown: Sequence[Document], varied: Sequence[str]) -> list[Markup]:
    """The fields of the plot, its place, the table of means, and the numbers that its script draws."""
    place = {row["id"]: number for number, row in enumerate(shown)}
    # Means are over all seeds, also over those of runs that are not shown.
    groups = [one for one in summary.groups(done) if any(row["id"] in place for row in one.rows)]
    kept = groups[:MAX_GROUPS]
    member = {row["id"]: number for number, group in enumerate(kept) for row in group.rows}
    settings = [*varied, *(["seed"] if not varied or len({row["seed"] for row in shown}) > 1 else [])]
    measures = [name for name in MEASURES if name != "total" and any(row[name] is not None for row in shown)]
    first = next((name for name in _USUAL if all(row[name] is not None for row in shown)), "coverage")
    telling = summary.telling(done)
    words = (*(name for name in varied if name == "recipe"), *telling)
    data = {
        "settings": [{"key": name, "label": label(name), "values": _column(shown, name)} for name in settings],
        "measures": [
            {"key": name, "label": label(name), "digits": digits(name), "values": _column(shown, name)}
            for name in measures
        ],
        "recipes": _column(shown, "recipe"),
        "runs": [name_of(row) for row in shown],
        "told": [", ".join(_named(name, row[name]) for name in telling) for row in shown],
        "members": [member.get(row["id"]) for row in shown],
        "groups": [_group(group, place, words, measures) for group in kept],
    }
    text = json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    more = f" The first {len(kept):,} of {len(groups):,} settings are shown." if len(groups) > len(kept) else ""
    interval = (
        f"Means are over the runs that differ only in their seed. The interval is a bootstrap interval of the mean at "
        f"{spread.LEVEL:.0%} ({spread.METHOD} method, {spread.RESAMPLES:,} resamples, seed {spread.SEED}); with few "
        f"seeds it is too narrow, and with one seed there is none.{more}"
    )
    columns = ("setting", "seeds", "mean", "standard deviation", "interval from", "to")
    return [
        heading("Any measure against any setting"),
        _fields(settings, measures, first),
        Markup('<div id="plot"></div><ul id="plot-legend"></ul><p id="plot-words" role="status"></p>'),
        Markup('<details id="plot-values"><summary>Values in the plot</summary>{}</details>').format(
            table("Values in the plot", ("run", "settings", "horizontal axis", "vertical axis"), [])
        ),
        heading("Mean and spread over seeds"),
        Markup('<p>Of <span class="plot-measure"></span>, which the vertical axis shows.</p>'),
        paragraph(interval),
        Markup('<div id="plot-means">{}</div>').format(table("Mean and spread over seeds", columns, [])),
        Markup('<script type="application/json" id="plot-data">{}</script>').format(Markup(text)),  # noqa: S704
    ]


def _fields(settings: Sequence[str], measures: Sequence[str], first: str) -> Markup:
    def options(names: Iterable[str], chosen: str) -> Markup:
        return Markup("").join(
            Markup('<option value="{}"{}>{}</option>').format(
                name, Markup(" selected") if name == chosen else "", label(name)
            )
            for name in names
        )

    return Markup(
        '<p class="fields"><label>Vertical axis <select id="plot-y">{up}</select></label> '
        '<label>Horizontal axis <select id="plot-x">'
        '<optgroup label="Settings">{across}</optgroup><optgroup label="Measures">{others}</optgroup>'
        "</select></label></p>"
    ).format(
        up=options(measures, first),
        across=options(settings, next((name for name in settings if name != "recipe"), "")),
        others=options(measures, ""),
    )


def _column(rows: Iterable[Document], name: str) -> list[Any]:
    return [_short(row[name]) for row in rows]


def _short(number: Any) -> Any:
    """A number with the digits that a plot or a table shows."""
    return float(f"{number:.9g}") if isinstance(number, float) else number


def _group(group: Group, place: Mapping[str, int], told: Sequence[str], measures: Sequence[str]) -> dict[str, Any]:
    """The words of a group, the place of a run of it, and [mean, deviation, low, high] of each measure, or null."""
    spreads = group.spreads()
    numbers = [one and [_short(number) for number in astuple(one)[1:]] for one in (spreads[name] for name in measures)]
    words = ", ".join(_named(name, group.setting[name]) for name in told) or "all runs"
    run = next(place[row["id"]] for row in group.rows if row["id"] in place)
    return {"words": words, "run": run, "seeds": group.seeds, "spreads": numbers}


def _named(name: str, setting: Any) -> str:
    return setting if name == "recipe" else f"{label(name)} {_setting(setting)}"


def _setting(setting: Any) -> str:
    if setting is None:
        return NO_VALUE
    return f"{setting:g}" if isinstance(setting, float) else str(setting)


def _setting_cell(setting: Any) -> Cell:
    number = setting if isinstance(setting, int | float) else None
    return Cell(_setting(setting), number, numeric=not isinstance(setting, str))


def _front(done: Sequence[Document]) -> list[Markup]:
    """The front with each third measure; a field of the page chooses which is seen."""
    if not done:
        return []
    words = (
        "An encoder is on the front if no other one is at least as good in all three measures, and better in one. "
        "High coverage is good, hierarchy is good near its limit of \u22120.8321, and high richness or Q is good. "
        "Richness counts only if no levels overlap, and a hierarchy beyond its limit does not count."
    )
    choices = Markup("").join(
        Markup('<label><input type="radio" name="front" value="{}"{}> {}</label> ').format(
            third, Markup(" checked") if third == THIRD[0] else "", label(third)
        )
        for third in THIRD
    )
    chooser = Markup('<fieldset id="front-choice"><legend>Third measure</legend>{}</fieldset>').format(choices)
    sections = Markup("").join(
        Markup('<div class="front" data-third="{}">{}</div>').format(third, _front_table(done, third))
        for third in THIRD
    )
    return [heading("The front of the best"), paragraph(words), chooser, sections]


def _front_table(done: Sequence[Document], third: str) -> Markup:
    best = summary.front(done, third)
    name = f"Front of coverage, hierarchy and {label(third)}"
    if not best:
        return paragraph(f"{name}: no encoder has values that count in all three.")
    lines: list[Sequence[Cell | str]] = [
        (f"{name_of(one.row)} {one.encoder}", *(_of_encoder(one, measure) for measure in (*FRONT, *THIRD)))
        for one in best[:MAX_FRONT]
    ]
    more = len(best) - len(lines)
    rest = paragraph(f"{more:,} more are on it.") if more > 0 else Markup("")
    return table(name, ("run and encoder", *map(label, (*FRONT, *THIRD))), lines) + rest


def _of_encoder(one: summary.Best, measure: str) -> Cell:
    name = measure if measure in leaderboard.COVERAGE else f"{measure}_{one.encoder.lower()}"
    return value(name, one.row[name])


def _winners(pictures: Pictures, recipes: int) -> list[Markup]:
    if not pictures:
        return []
    which = "each recipe" if len(pictures) == recipes else f"each recipe, for {len(pictures)} of {recipes} recipes"
    return [
        heading("The winners" if len(pictures) > 1 else "The winner"),
        paragraph(f"The best run of {which}. {RADIUS_PLOT}."),
        *(
            Markup("<figure>{}<figcaption>{}</figcaption></figure>").format(
                picture(png, f"{RADIUS_PLOT}: {name_of(row)}", *PICTURE_SIZE), _caption(row)
            )
            for row, png in pictures
        ),
    ]


def _caption(row: Document) -> str:
    q = [f"{label(name)} {value(name, row[name]).shown}" for name in ("q_a", "q_b") if row[name] is not None]
    return ", ".join([f"{name_of(row)}: {row['reconstructed']:,} operations reconstructed", *q])


def _failed(failed: Sequence[Document]) -> list[Markup]:
    lines: list[Sequence[Cell | str]] = [
        (name_of(row), *(_setting_cell(row[name]) for name in SETTINGS), Cell(row["error"]))
        for row in failed[:MAX_RUNS]
    ]
    more = len(failed) - len(lines)
    rest = [paragraph(f"{more:,} more are in runs.parquet.")] if more > 0 else []
    return [heading("Failed"), table("Failed", ("run", *map(label, SETTINGS), "why"), lines), *rest]


def _skipped(skipped: Sequence[Skipped]) -> list[Markup]:
    lines = [(one.name, one.why) for one in skipped[:MAX_SKIPPED]]
    more = len(skipped) - len(lines)
    rest = [paragraph(f"{more:,} more were skipped.")] if more > 0 else []
    words = "These directories are not runs of a sweep, so nothing of them was used."
    return [heading("Skipped"), paragraph(words), table("Skipped", ("directory", "why"), lines), *rest]
