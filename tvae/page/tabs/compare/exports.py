"""The tables of the Compare tab as files."""

from typing import Any, Final

from tvae.operations import ternary
from tvae.operations.atlas.codes import code_of
from tvae.operations.named import name_of
from tvae.page.selection import selection
from tvae.page.server import compute
from tvae.page.ui.downloads import File, download, known_table, table_file
from tvae.page.ui.scripts.sent import Sent, text_of
from tvae.reports import checkpoints, comparison
from tvae.reports.tables import Kind, Table

_NAMED: Final[dict[str, Kind]] = {"index": "int", "trits": "text", "code": "text", "name": "text"}
_BOTH: Final[dict[str, Kind]] = {
    "valuation": "int",
    "radius_a": "float",
    "radius_b": "float",
    "moved": "float",
    "exact_a": "bool",
    "exact_b": "bool",
}
COLUMNS: Final[dict[str, dict[str, Kind]]] = {  # of each table that can be exported
    "chosen": _NAMED | _BOTH,
    "metrics": {"metric": "text", "a": "float", "b": "float", "difference": "float", "better": "text", "good": "text"},
    "moved": _NAMED | _BOTH,
    "measures": {"metric": "text", "a": "float", "b": "float", "difference": "float", "better": "text", "good": "text"},
    "aligned": _NAMED | _BOTH,
    "only": _NAMED | {"reconstructed_by": "text"},
}


@download
def export(asked: Sent) -> File:
    """A table of the tab.

    `asked`: the fields of `handlers.Request`, b (the second's name), table (a key of `COLUMNS`), and kind (csv, json
    or parquet).
    """
    name = known_table(asked["table"], COLUMNS)
    pair = compute.load_evaluated(asked["a"]), compute.load_evaluated(asked["b"])
    chosen = selection.read(text_of(asked, "operations"))[0] if name == "chosen" else ()
    document = comparison.compare(*pair, list(chosen), asked["encoder"])
    if name in ("measures", "aligned"):
        document |= comparison.near_and_far(pair, compute.encoder_tree_measures, asked["encoder"])
    about = {f"checkpoint_{which}": document[f"checkpoint_{which}"]["checkpoint"] for which in "ab"}
    about |= {f"sha256_{which}": document[f"checkpoint_{which}"]["sha256"] for which in "ab"}
    about |= {"encoder": document["encoder"]}
    if name == "measures":
        about |= {key: str(value) for key, value in checkpoints.tree_sample().items()}
    table = Table(name, about, COLUMNS[name], _rows(document, name))
    return table_file(table, text_of(asked, "kind"), name)


def _rows(document: dict[str, Any], table: str) -> list[dict[str, Any]]:
    if table in ("metrics", "measures"):
        found = document["metrics"]
        numbers = {"a": "a", "b": "b", "difference": "differences"}
        return [
            {"metric": name, "better": found["better"][name], "good": found["good"][name]}
            | {key: None if found[of][name] is None else float(found[of][name]) for key, of in numbers.items()}
            for name in found["good"]
        ]
    if table == "only":
        return [_named(index) | {"reconstructed_by": which} for which in "ab" for index in document[f"only_{which}"]]
    if table == "aligned":
        rows = document["alignment"]["moved"] if document["alignment"] else []
    else:
        rows = document["operations"] if table == "chosen" else document["moved_most"] or []
    return [_named(row["index"]) | row for row in rows]


def _named(index: int) -> dict[str, Any]:
    trits = ternary.trit_string(ternary.trits_of(index).tolist())
    return {"index": index, "trits": trits, "code": code_of(index), "name": name_of(index)}
