"""The directions of the Ball tab: principal components for the browser, and how faithful each picture is, in words."""

from typing import Any

from markupsafe import Markup

from tvae.analysis.tree_measures import tree_measures
from tvae.analysis.views import directions
from tvae.analysis.views.directions import Directions, Faithfulness
from tvae.errors import InputError
from tvae.operations import ternary, validation
from tvae.page.server import compute
from tvae.page.tabs.ball.disk import disk
from tvae.page.ui import texts
from tvae.page.ui.html import joined, markup, number, quiet, tag
from tvae.page.ui.scripts.sent import Sent, index_of, server_function


@server_function
def components(asked: Sent) -> dict[str, Any]:
    """The principal components as seen from a centre: {axes, shares, html}, or {error}.

    `asked`: checkpoint, encoder, centre (-1: origin). `axes` has three rows of 16, `shares` is theirs of the variance,
    and `html` the numbers for each view that shows directions.
    """
    encoder = validation.parse_choice(asked["encoder"], validation.ENCODERS, texts.THE_ENCODER)
    centre = index_of(asked, "centre", range(directions.ORIGIN, ternary.N))
    _, found = compute.directions_of(asked["checkpoint"], encoder, centre)
    if found is None:
        raise InputError(texts.NO_DIRECTIONS)
    shown = zip(disk.DIRECTIONS, directions.SHOWN, found.faithfulness, strict=True)
    return {
        "axes": found.components.tolist(),
        "shares": found.shares[: max(directions.SHOWN)],
        "html": {view: facts(found, count, faithful) for view, count, faithful in shown},
    }


def facts(found: Directions, count: int, faithful: Faithfulness) -> Markup:
    """Explained share, trustworthiness and overlap of the picture with `count` components, a sentence each."""
    values = {
        "explained": f"{number(100 * sum(found.shares[:count]), 1)}%",
        "trustworthiness": number(faithful.trustworthiness, 3),
        "overlap": f"{number(100 * faithful.overlap, 1)}%",
    }
    sentences = (
        markup(texts.table("DIRECTIONS_FACTS")[name]).format(
            value=value,
            count=count,
            dimensions=len(found.shares),
            k=directions.K,
            chance=number(100 * directions.K / (ternary.N - 1), 2),
        )
        for name, value in values.items()
    )
    sample = texts.DIRECTIONS_SAMPLE.format(
        queries=directions.QUERIES, seed=tree_measures.SEED, total=number(ternary.N, 0)
    )
    return joined([*(tag("p", sentence) for sentence in sentences), quiet(sample)])
