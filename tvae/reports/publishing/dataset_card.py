"""The card of a data set: what its columns are, and how it is opened. Not here: the columns (`features`)."""

import json
import re
from collections.abc import Sequence
from typing import Final

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.operations import ternary
from tvae.reports.publishing.features import SHOWN, Feature, types

CARD: Final = "README.md"
DATA: Final = "operations.parquet"
_FOLDER: Final = "path/to/this/folder"
_LICENCE: Final = "Apache-2.0"  # of this program and of all that it includes


def dataset_card(evaluated: EvaluatedCheckpoint, columns: Sequence[Feature], repo_id: str = "") -> str:
    """The card as Markdown with the Hub's front matter; `repo_id` is where the data set is, if it is on the Hub."""
    # A file is called by its name alone: its folder is of no use to others. Its name may be anything, also Markdown.
    location = evaluated.location
    name = re.sub(r"[^\w ./+-]+", "_", location.name if location.entry else location.path.name)
    title = f"The {ternary.N:,} ternary operations, encoded by {name}"
    bundled = location.origin == "bundled"
    lines = [
        "---",
        f"pretty_name: {json.dumps(title)}",
        f"tags: [ternary-vae, ternary-logic, {'hyperbolic, ' if evaluated.embedding.has_ball else ''}p-adic]",
        *([f"license: {_LICENCE.lower()}"] if bundled else []),
        "size_categories: [10K<n<100K]",
        "configs:",
        "- config_name: default",
        "  data_files:",
        "  - split: train",
        f"    path: {DATA}",
        "---",
        "",
        f"# {title}",
        "",
        f"One row for each of the {ternary.N:,} operations of two arguments on three values, written -, 0 and +, "
        "with its codes, names, algebraic properties and classes, and where the checkpoint places it. Made by tvae.",
        "",
        f"- checkpoint: `{name}`, sha256 `{evaluated.checkpoint.sha256}`",
        "- split: all rows are in `train`; nothing is held out",
        "- missing values: only `name` can be null",
        f"- licence: {_licence(bundled)}",
        "",
        *_programs(repo_id),
        "Embedding Atlas opens the file with these options, here for encoder A:",
        "",
        "```bash",
        f"embedding-atlas {DATA} {' '.join(f'{option} {column}' for option, column in atlas_options('a').items())}",
        "```",
        "",
        "| column | type | meaning |",
        "|---|---|---|",
        *_rows(columns),
        "",
    ]
    return "\n".join(lines)


def _programs(repo_id: str) -> list[str]:
    """Lines that read the data set, with two libraries."""
    folder = f"hf://datasets/{repo_id}" if repo_id else _FOLDER
    return [
        "```python",
        "from datasets import load_dataset",
        "",
        f'operations = load_dataset("{repo_id or _FOLDER}", split="train")',
        'print(operations.filter(lambda row: row["commutative"] and row["idempotent"])["code"][:])',
        "```",
        "",
        "In pandas, brackets take every column, also those whose names have spaces and signs:",
        "",
        "```python",
        "import pandas as pd",
        "",
        f'operations = pd.read_parquet("{folder}/{DATA}")',
        'print(operations[operations["commutative"] & operations["monotone(- < 0 < +)"]]["code"].tolist())',
        "```",
        "",
    ]


def _licence(bundled: bool) -> str:
    """The licence, or what is known of it: the numbers of a checkpoint that is not ours are not ours to license."""
    if bundled:
        return f"{_LICENCE}, as tvae and the checkpoints in it"
    return (
        "none is named here, because the checkpoint is not part of tvae; before you publish this, add a `license` to "
        "the front matter that the checkpoint's own permits"
    )


def atlas_options(encoder: str) -> dict[str, str]:
    """Options of the command `embedding-atlas`, and the columns that they name for encoder a or b."""
    places = {f"--{name}": f"{name}_{encoder}" for name in SHOWN}
    return {"--text": "code", **places, "--neighbors": f"neighbours_{encoder}"}


def _rows(columns: Sequence[Feature]) -> list[str]:
    kinds = types(columns)
    return [f"| {_cell(f'`{one.name}`')} | {kinds[one.name]} | {_cell(one.meaning)} |" for one in columns]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
