"""The cards of the Learn tab: its texts, with the numbers and figures of one checkpoint.

The numbers come from the evaluation that the page already has; `figures` computes a few more.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from markupsafe import Markup

from tvae.analysis.comparison.pareto import on_front
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.metrics.ceilings import CEILINGS, tree_ceiling
from tvae.analysis.metrics.levels import LEVELS, level_ranges
from tvae.operations import ternary
from tvae.operations.atlas import properties
from tvae.operations.atlas.classes import KINDS
from tvae.operations.atlas.codes import code_of
from tvae.page.selection.checkpoint.checkpoints import title_of
from tvae.page.tabs.learn.figures import FIGURES, START, limit_of
from tvae.page.ui import texts
from tvae.page.ui.html import details, markup, number, origin, row, scrolling, table, tag
from tvae.reports import leaderboard
from tvae.training.recipes.exact_tree import exact_tree

PUBLISHED: Final = 0.99  # the largest norm of the published ball
TRADED: Final = ("richness", "q", "average_distortion", "map_27")  # measures that pull against each other


def page(evaluated: EvaluatedCheckpoint) -> Markup:
    """All cards for one checkpoint, and why numbers differ."""
    numbers = numbers_of(evaluated)
    head = origin(title_of(evaluated.location), evaluated.checkpoint.sha256)
    lessons = texts.tables("LESSONS").items()
    cards = (_card(key, lesson, numbers, FIGURES[key](evaluated)) for key, lesson in lessons)
    return head + tag("div", *cards, why(), class_="lessons")


def _card(key: str, lesson: Mapping[str, str], numbers: Mapping[str, str], drawn: Markup) -> Markup:
    """One card: a text, a figure, and a derivation that opens."""
    says, derived = (markup(lesson[part]).format(**numbers) for part in ("says", "more"))
    title = tag("h2", lesson["title"], id=f"lesson-{key}")
    more = details(lesson["more_title"], derived)
    return tag("section", title, tag("p", says), drawn, more, class_="lesson", aria_labelledby=f"lesson-{key}")


def why() -> Markup:
    """Why published and measured numbers differ, and the sources."""
    first, *reasons = map(markup, texts.row("WHY"))
    sources = (
        tag("a", name, href=url, target="_blank", rel="noopener noreferrer") if url else name
        for name, url in texts.table("SOURCES").items()
    )
    return tag(
        "section",
        tag("h2", texts.WHY_TITLE, id="lesson-why"),
        tag("p", first),
        tag("ul", *(tag("li", reason) for reason in reasons)),
        details(texts.SOURCES_TITLE, tag("ul", *(tag("li", source) for source in sources))),
        class_="lesson wide",
        aria_labelledby="lesson-why",
    )


def numbers_of(evaluated: EvaluatedCheckpoint) -> dict[str, str]:
    """What fills the braces in `texts.tables("LESSONS")`: numbers, and phrases that depend on them."""
    metrics = evaluated.metrics
    trits = ternary.ALL_TRITS[START].tolist()
    terms = [f"{trit + 1} \u00b7 {3**place:,}" for place, trit in enumerate(trits) if trit > -1]
    at_ball = metrics.at_ball and texts.FROM_THE_BALL.format(count=f"{metrics.at_ball.reconstructed:,}")
    return {
        "sum": " + ".join(terms),
        "min": f"{START:,}",
        **_of_the_atlas(evaluated.location.name),
        "sizes": ", ".join(f"{size:,}" for size in ternary.LEVEL_SIZES),
        "reconstructed": f"{metrics.at_mu.reconstructed:,}",
        "reads": f"{texts.table('DECODER_READS')[evaluated.embedding.decoder_input]} {at_ball or ''}".strip(),
        "ceiling": number(CEILINGS.hierarchy, 10),
        "ties": f"{sum(size**3 - size for size in ternary.LEVEL_SIZES):,}",
        "cube": f"{ternary.N**3 - ternary.N:,}",
        "q_limit": number(CEILINGS.q, 4),
        "fidelity": _or_undefined(metrics.a.tree_fidelity),
        "fidelity_b": _or_undefined(metrics.b.tree_fidelity),
        "triplets": _or_undefined(metrics.a.triplet_agreement),
        "triplets_b": _or_undefined(metrics.b.triplet_agreement),
        "exact_fidelity": _or_undefined(exact_tree().tree_fidelity),
        "fidelity_limit": number(CEILINGS.tree_fidelity, 4),
        "ceilings": _ceilings(),
        "corners": _corners(),
        "overnight": number(_overnight(), 2),
        **_of_the_ball(evaluated),
    }


def _of_the_atlas(checkpoint: str) -> dict[str, str]:
    """Counts that the atlas declares, so nothing is computed for them, and links that keep the checkpoint."""
    clones = Counter(clone.name.partition("(")[0] for clone in properties.CLONES)
    return {
        **{name: f"{count:,}" for name, count in clones.items()},
        "clones": str(len(properties.CLONES)),
        **{name: f"{properties.BY_NAME[name].count:,}" for name in ("commutative", "associative", "sheffer")},
        **{kind.name: f"{kind.count:,}" for kind in KINDS},
        "code": code_of(START),
        **{name: _link(query, checkpoint) for name, query in texts.table("ALGEBRA_QUERIES").items()},
    }


def _link(query: str, checkpoint: str) -> Markup:
    """A link to Explore that selects the operations of a query."""
    view = urlencode({"checkpoint": checkpoint, "operations": query})
    return tag("a", query, class_="story", href=f"?{view}")


def _of_the_ball(evaluated: EvaluatedCheckpoint) -> dict[str, str]:
    """The numbers that need a ball; without one, the limits are those of the published ball."""
    side = evaluated.embedding.a
    largest = PUBLISHED if side.norm is None else evaluated.checkpoint.config.max_radius
    limit = number(limit_of(largest), 6)
    found = {
        "r": f"{largest:g}",
        "richness_limit": limit,
        "richness_even": number((LEVELS - 1) * (largest / LEVELS) ** 2 / 4 / LEVELS, 6),
    }
    if side.norm is None or side.curvature is None:
        return {**found, "curved": texts.FLAT, "richness_here": "", "span": ""}
    low, high = level_ranges(side.norm)
    return {
        **found,
        "curved": texts.CURVED.format(c=f"{side.curvature:.6g}"),
        "richness_here": f", {texts.RICHNESS_HERE.format(limit=limit)}",
        "span": texts.SPAN.format(span=number(float(high[0] - low[0]), 3), r=f"{largest:g}"),
    }


def _ceilings() -> Markup:
    """The limit of tree fidelity for several p, and published values."""
    rows = (
        row(number(tree_ceiling(int(p), ternary.T), 4), number(tree_ceiling(int(p), None), 4), published, head=p)
        for p, published in texts.table("PUBLISHED_P_ADIC").items()
    )
    return scrolling(texts.tables("LESSONS")["fidelity"]["more_title"], table(texts.row("CEILINGS_HEAD"), rows))


def _overnight() -> float | None:
    """Map 3 of encoder A of v5_11_overnight, which learned no pairs of near operations."""
    row = next(row for row in leaderboard.bundled() if row["checkpoint"] == "v5_11_overnight")
    return leaderboard.value(row, "A", "map_3")


def _corners() -> Markup:
    """The measures of every encoder of the bundled checkpoints that has all of them."""
    every = [(row, encoder) for row in leaderboard.bundled() for encoder in "AB"]
    found = [one for one in every if None not in [leaderboard.value(*one, name) for name in TRADED]]
    best = on_front([[leaderboard.gain(*one, name) for name in TRADED] for one in found])
    rows = (
        row(
            *(number(leaderboard.value(*one, name), 5 if name == "richness" else 3) for name in TRADED),
            "\u2605" if front else "",
            head=f"{one[0]['checkpoint']} {one[1]}",
        )
        for one, front in zip(found, best, strict=True)
    )
    return scrolling(texts.tables("LESSONS")["corners"]["more_title"], table(texts.row("CORNERS_HEAD"), rows))


def _or_undefined(value: float | None) -> str:
    return texts.UNDEFINED if value is None else number(value, 4)
