"""Event handler of the Coverage tab, and its tables as files."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np

from tvae.analysis.robustness import DecoderSupport, Robustness
from tvae.errors import TvaeError
from tvae.operations import ternary
from tvae.page.selection.checkpoint.checkpoints import figures_of, title_of
from tvae.page.server import compute
from tvae.page.tabs.coverage import render
from tvae.page.ui import texts
from tvae.page.ui.components import SKIP
from tvae.page.ui.downloads import File, download, known_table, table_file, table_of_rows
from tvae.page.ui.html import alert, quiet
from tvae.page.ui.scripts.sent import Sent, text_of

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Shown:
    """The components of the tab that follow the checkpoint."""

    status: str
    body: dict[str, Any] = SKIP
    wanted: str = SKIP


def show(name: str) -> Iterator[Shown]:
    """The sections of a checkpoint; an error empties `wanted`, so that opening the tab again retries."""
    if not name:
        return
    try:
        evaluated = compute.load_evaluated(name)
        if not compute.has_robustness(evaluated):
            yield Shown(quiet(texts.EXAMINING.format(name=title_of(evaluated.location)), role="status"))
        found = compute.robustness_of(name)[1]
        body = figures_of(render.page(evaluated, found), evaluated)
    except TvaeError as error:
        yield Shown(alert(f"{error} {texts.STILL_SHOWN}"), wanted="")
        return
    yield Shown("", gr.update(value=body, context={"checkpoint": name}))


@download
def export(asked: Sent) -> File:
    """A table of the tab. `asked`: {checkpoint, table, kind (csv, json, parquet)}."""
    table = known_table(asked["table"], render.TABLES)
    evaluated, found = compute.robustness_of(asked["checkpoint"])
    about = {"checkpoint": evaluated.location.name, "sha256": evaluated.checkpoint.sha256, "seed": str(found.seed)}
    rows = table_of_rows(table, about, table_rows(found, table))
    return table_file(rows, text_of(asked, "kind"), table)


def table_rows(found: Robustness, table: str) -> Rows:
    """The rows of one of `render.TABLES`."""
    confusion, noise = found.confusion, found.noise
    if table == "confusion-by-position":
        return [
            {"position": i, "a": i // 3 - 1, "b": i % 3 - 1, "true": j - 1, "decoded": k - 1, "count": int(count)}
            for (i, j, k), count in np.ndenumerate(confusion.by_position)
        ]
    if table == "confusion-by-level":
        return [
            {"valuation": v, "true": j - 1, "decoded": k - 1, "count": int(count)}
            for (v, j, k), count in np.ndenumerate(confusion.by_valuation)
        ]
    if table == "calibration":
        return [vars(one) for one in found.calibration.bins]
    if table == "noise":
        rows = zip(noise.deviations, noise.coverage, noise.trit_accuracy, noise.by_valuation, strict=True)
        return [
            {"deviations": s, "coverage": exact, "trit_accuracy": trits}
            | {f"coverage_v{v}": share for v, share in enumerate(levels)}
            for s, exact, trits, levels in rows
        ]
    drawn = [("prior", found.prior), *([("ball", found.ball)] if found.ball else [])]
    return _reached(drawn) if table == "reach" else _reached_levels(drawn)


def _reached(drawn: list[tuple[str, DecoderSupport]]) -> Rows:
    return [
        {"drawn_from": name, "samples": samples, "reached": reached, "ideal": ideal}
        for name, reach in drawn
        for samples, reached, ideal in zip(reach.samples, reach.reached, reach.uniform, strict=True)
    ]


def _reached_levels(drawn: list[tuple[str, DecoderSupport]]) -> Rows:
    return [
        {"drawn_from": name, "valuation": v, "operations": size, "reached_share": share}
        for name, reach in drawn
        for v, (size, share) in enumerate(zip(ternary.LEVEL_SIZES, reach.by_valuation, strict=True))
    ]
