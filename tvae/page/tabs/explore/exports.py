"""The tables of the Explore tab as files."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

import numpy as np

from tvae.analysis import neighbours
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.metrics.metrics import Coverage
from tvae.analysis.tree_measures.bounds import BOUNDS, CONSTRUCTIONS
from tvae.errors import InputError
from tvae.models.embedding import EncodedOperation, encoded_rows
from tvae.operations import ternary, validation
from tvae.operations.atlas.codes import code_of
from tvae.page.selection import selection
from tvae.page.server import compute
from tvae.page.tabs.explore import checkpoint_html
from tvae.page.ui import texts
from tvae.page.ui.downloads import File, document_file, download, known_table, table_file
from tvae.page.ui.scripts.sent import Sent, text_of
from tvae.reports import checkpoints, columns
from tvae.reports.columns import Column, Source, value_of
from tvae.reports.tables import Kind, Table
from tvae.training.recipes.exact_tree import exact_tree_measures

MAX_COLUMNS: Final = 6  # that are added to a table; as in link.js
MAX_NEAREST: Final = 2_000  # larger exports omit the nearest operations, because comparing all with all takes minutes
_OPERATION: Final[dict[str, Kind]] = {
    "index": "int",
    "trits": "text",
    "code": "text",
    "name": "text",
    "valuation": "int",
    "norm_a": "float",
    "norm_b": "float",
    "radius_a": "float",
    "radius_b": "float",
    "reconstruction": "text",
    "exact": "bool",
    "confidence": "float",
}


@download
def export(asked: Sent) -> File:
    """A table of the Explore tab.

    `asked`: {table, kind (csv, json, parquet), checkpoint}, for the selected operations also {operations, encoder}, and
    perhaps {columns}: keys of columns of the atlas to add, separated by semicolons.
    """
    return export_file(compute.load_evaluated(asked["checkpoint"]), asked)


def export_file(evaluated: EvaluatedCheckpoint, asked: Sent) -> File:
    """As `export`. Raises OperationsError if nothing of the text can be read, InputError for a wrong table or kind."""
    table, kind = known_table(asked.get("table", "operations"), TABLES), text_of(asked, "kind")
    if table == "operations" and kind == "json":  # as /encode has it, with lists of trits
        return document_file(chosen(evaluated, asked), table)
    return table_file(TABLES[table](evaluated, asked), kind, table)


def chosen(evaluated: EvaluatedCheckpoint, asked: Sent) -> dict[str, Any]:
    """The document of `/encode` for the selected operations, each once and with its nearest operations."""
    text = text_of(asked, "operations")
    indices, _ = selection.read(text)
    document = checkpoints.encoding(evaluated, list(indices) or text, False, None)
    if len(indices) <= MAX_NEAREST:
        encoder = validation.parse_choice(asked["encoder"], validation.ENCODERS, texts.THE_ENCODER)
        side = evaluated.embedding.side(encoder)
        around, _ = neighbours.nearest(side, np.asarray(indices, np.int64), selection.NEAREST_LISTED)
        for row, nearest in zip(document["operations"], around.tolist(), strict=True):
            row[f"nearest_{encoder.lower()}"] = nearest
    for row in document["operations"]:
        row["code"] = code_of(row["index"])
    for column in _listed(asked):
        values = columns.values_of(column, Source(evaluated))
        for row in document["operations"]:
            row[column.key] = value_of(column, int(values[row["index"]]))
    return document


def _listed(asked: Sent) -> list[Column]:
    """The columns of the atlas that the visitor added to the table. Raises InputError for any other, or too many."""
    keys = list(filter(None, text_of({"columns": "", **asked}, "columns").split(";")))
    if len(keys) > MAX_COLUMNS:
        raise InputError(texts.TOO_MANY_COLUMNS.format(count=len(keys), most=MAX_COLUMNS))
    return [columns.atlas_column(key) for key in dict.fromkeys(keys)]


def _about(evaluated: EvaluatedCheckpoint) -> dict[str, str]:
    return {"checkpoint": evaluated.location.name, "sha256": evaluated.checkpoint.sha256}


def _flat(row: EncodedOperation) -> dict[str, Any]:
    """A row with its trits as signs, and its code."""
    signs = {key: ternary.trit_string(row[key]) for key in ("trits", "reconstruction")}
    return {**row, **signs, "code": code_of(row["index"])}


def _operations(evaluated: EvaluatedCheckpoint, asked: Sent) -> Table:
    rows = [_flat(row) for row in chosen(evaluated, asked)["operations"]]
    more: dict[str, Kind] = {name: "ints" for name in rows[0] if name.startswith("nearest_")}
    more |= {column.key: "int" if column.group == "quantity" else "bool" for column in _listed(asked)}
    return Table("operations", _about(evaluated), _OPERATION | more, rows)


def _comparison(evaluated: EvaluatedCheckpoint, asked: Sent) -> Table:
    """The last two columns are of the published file of the same recipe, for a bundled one."""
    found = map(asdict, checkpoint_html.claim_rows(evaluated))
    rows = [{"number": row.pop("name"), **row} for row in found]
    names = ("claimed", "stored", "measured", "published_claimed", "published_stored")
    kinds: dict[str, Kind] = {"number": "text", **dict.fromkeys(names, "float")}
    return Table("comparison", _about(evaluated), kinds, rows)


def _limits(evaluated: EvaluatedCheckpoint, asked: Sent) -> Table:
    names = ("encoder_a", "encoder_b", "exact_tree", "limit")
    rows = [
        {"metric": label, **dict(zip(names, map(_float, values), strict=True))}
        for label, values, _ in checkpoint_html.limit_rows(evaluated.metrics)
    ]
    kinds: dict[str, Kind] = {"metric": "text", **dict.fromkeys(names, "float")}
    return Table("limits", _about(evaluated), kinds, rows)


def _tree_measures(evaluated: EvaluatedCheckpoint, asked: Sent) -> Table:
    """Every measure of near and far with its standard errors, in the digits of /metrics."""
    a, b = (compute.encoder_tree_measures(evaluated, encoder) for encoder in validation.ENCODERS)
    near, far = CONSTRUCTIONS
    measured: dict[str, object] = {"encoder_a": a, "encoder_b": b, "exact_tree": exact_tree_measures()}
    measured |= {"constructed": near, "constructed_float32": far, "best": BOUNDS}
    rows = [
        {"measure": name}
        | {column: getattr(values, name) for column, values in measured.items()}
        | {f"{column}_error": getattr(measured[column], f"{name}_error", None) for column in ("encoder_a", "encoder_b")}
        for name in texts.table("TREE_MEASURES")
    ]
    kinds: dict[str, Kind] = {"measure": "text", **dict.fromkeys(list(rows[0])[1:], "float")}
    about = _about(evaluated) | {key: str(value) for key, value in checkpoints.tree_sample().items()}
    return Table("tree_measures", about, kinds, rows)


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)


def _coverage(evaluated: EvaluatedCheckpoint, asked: Sent) -> Table:
    """Shares of each decoder: of operations by valuation, and of trits by position."""
    at = {"mu_a": evaluated.metrics.at_mu, "ball_a": evaluated.metrics.at_ball, "mu_b": evaluated.metrics.at_mu_b}
    rows = [row for source, coverage in at.items() if coverage for row in _shares(source, coverage)]
    kinds: dict[str, Kind] = {"decoded_from": "text", "by": "text", "which": "int", "share": "float"}
    return Table("coverage", _about(evaluated), kinds, rows)


def _shares(source: str, coverage: Coverage) -> list[dict[str, Any]]:
    def of(by: str, shares: tuple[float, ...]) -> list[dict[str, Any]]:
        return [{"decoded_from": source, "by": by, "which": i, "share": float(share)} for i, share in enumerate(shares)]

    whole = {"decoded_from": source, "by": "all operations", "which": None, "share": float(coverage.coverage)}
    return [whole, *of("valuation", coverage.by_valuation), *of("position", coverage.by_position)]


def _failing(evaluated: EvaluatedCheckpoint, asked: Sent) -> Table:
    failing = (evaluated.metrics.at_ball or evaluated.metrics.at_mu).failing
    rows = [_flat(row) for row in encoded_rows(evaluated.embedding, failing, vectors=False)]
    return Table("failing", _about(evaluated), _OPERATION, rows)


TABLES: Final[dict[str, Callable[[EvaluatedCheckpoint, Sent], Table]]] = {
    "operations": _operations,
    "comparison": _comparison,
    "limits": _limits,
    "tree-measures": _tree_measures,
    "coverage": _coverage,
    "failing": _failing,
}
