"""A data set of all operations as one checkpoint encodes them: a folder with a Parquet file and a card.

`datasets.load_dataset` reads the folder as it is. Not here: the columns (`features`), and the upload (`publish`).
"""

import io
import os
import secrets
import shutil
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.checkpoints.atomic_files import storage
from tvae.errors import InputError
from tvae.operations import validation
from tvae.reports.publishing.dataset_card import CARD, DATA, dataset_card
from tvae.reports.publishing.features import Feature, features

NEIGHBOURS: Final = 10  # of each operation, if no other number is asked for
MAX_NEIGHBOURS: Final = 100


def check(directory: Path, neighbours: object = NEIGHBOURS) -> int:
    """The number of neighbours, if a data set with as many can be written to `directory`.

    Raises InputError for another number, or if the directory is a file or not empty; StorageError if it cannot be read.
    """
    count = validation.count(neighbours, 1, MAX_NEIGHBOURS, "k", NEIGHBOURS)
    with storage(directory):
        try:
            found = sorted(path.name for path in directory.iterdir())
        except FileNotFoundError:
            found = []
        except NotADirectoryError as error:
            if not directory.exists():  # a part of its path is a file
                raise
            raise InputError(f"{directory} is a file. Name a new folder, or an empty one.") from error
    if found:
        entries = f"{len(found):,} entries, such as" if len(found) > 1 else "one entry,"
        raise InputError(
            f"{directory} is not empty: it has {entries} {found[0][:60]!r}. Name a new folder, or an empty one."
        )
    return count


def write(
    evaluated: EvaluatedCheckpoint, directory: Path, neighbours: int = NEIGHBOURS, repo_id: str = ""
) -> tuple[Path, ...]:
    """Write the data set to a new or empty directory, and return the paths of its files.

    `repo_id` is where it will be uploaded, for the examples of its card. All files appear at once: they are written to
    a hidden folder next to it, which is then renamed. Raises InputError as `check` does, or StorageError.
    """
    count = check(directory, neighbours)
    columns = features(evaluated.embedding, count)
    contents = {CARD: dataset_card(evaluated, columns, repo_id).encode(), DATA: parquet(columns)}
    target = directory.resolve()
    temporary = target.parent / f".tvae-{secrets.token_hex(8)}.part"
    with storage(directory):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.mkdir()
            for name, data in contents.items():
                with (temporary / name).open("xb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
            if target.exists():
                target.rmdir()  # it is empty, or this fails; not every system renames onto an empty folder
            temporary.rename(target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return tuple(directory / name for name in contents)


def parquet(columns: Sequence[Feature]) -> bytes:
    """The columns as a Parquet file."""
    # Imported here because nothing else needs them.
    from arro3.core import ChunkedArray, Table
    from arro3.io import write_parquet

    arrays = {column.name: ChunkedArray([_array(column)]) for column in columns}
    file = io.BytesIO()
    write_parquet(Table.from_arrays(list(arrays.values()), names=list(arrays)), file, compression="zstd(3)")
    return file.getvalue()


def _array(column: Feature) -> Any:
    """The values of a column as an Arrow array."""
    from arro3.core import Array, DataType, Field, fixed_size_list_array, struct_array

    values = column.values()
    if column.kind == "bool":
        return Array(values.tolist(), DataType.bool())
    if column.kind == "text":
        return Array(values, DataType.string())
    if column.kind == "texts":
        return _lists(np.cumsum([0, *map(len, values)]), Array(list(chain(*values)), DataType.string()))
    if column.kind == "vector":
        return fixed_size_list_array(Array(np.ascontiguousarray(values).reshape(-1)), values.shape[1])
    if column.kind == "neighbours":
        each = values[0].shape[1]
        offsets = np.arange(0, values[0].size + 1, each)
        parts = [_lists(offsets, Array(np.ascontiguousarray(part).reshape(-1))) for part in values]
        names = ("ids", "distances")  # as Embedding Atlas wants them
        return struct_array(parts, fields=[Field(name, part.type) for name, part in zip(names, parts, strict=True)])
    return Array(np.ascontiguousarray(values))


def _lists(offsets: Any, values: Any) -> Any:
    """An Arrow array of lists: the i-th has the values from offset i to offset i + 1."""
    from arro3.core import Array, list_array

    return list_array(Array(offsets.astype(np.int32)), values)
