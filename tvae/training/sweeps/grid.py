"""A grid of settings as TOML, checked whole: a file -> the jobs of a sweep.

    recipes = ["v5_5", "rich_tree"]
    seeds = {from = 0, to = 3, step = 1}
    steps = [60]

Keys are the options of `train` in the plural, values are lists or ranges, and the runs are all combinations.
"""

import difflib
import itertools
import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from tvae.errors import InputError, TvaeError
from tvae.operations.validation import is_number, listed, quoted
from tvae.training.loop import check_seed
from tvae.training.recipes.recipe import EMPHASES, OPTIMISERS
from tvae.training.sweeps.job import Job, job_of

MAX_RUNS: Final = 100_000
MAX_VALUE: Final = 1e15  # of a setting
MAX_BYTES: Final = 64_000  # the time that tomllib takes for one long key grows with its square
_BOUNDS: Final = ("from", "to", "step")


@dataclass(frozen=True)
class Key:
    """A key of the grid."""

    option: str  # of `recipes.overrides.overridden`, besides recipe and seed
    kind: type[int] | type[float] | type[str]
    example: str


KEYS: Final = {
    "recipes": Key("recipe", str, '["v5_5", "rich_tree"]'),
    "steps": Key("steps", int, "[60, 200]"),
    "epochs": Key("epochs", float, "[10, 20]"),
    "lrs": Key("learning_rate", float, "[0.003, 0.01]"),
    "optimisers": Key("optimiser", str, str(list(OPTIMISERS)).replace("'", '"')),
    "widths": Key("width", int, "[32, 64]"),
    "curvatures": Key("curvature", float, "[0.5, 1.0]"),
    "seeds": Key("seed", int, "[0, 1]"),
}
WEIGHTS: Final = "weights"  # a table: a key for each part of the objective
_FACTOR: Final = Key("", float, "[0.5, 1.0, 2.0]")


@dataclass(frozen=True)
class Grid:
    """The jobs of a grid, each once."""

    jobs: tuple[Job, ...]
    repeated: int  # combinations that ask for the run of an earlier one


def read_grid(path: Path) -> Grid:
    """The jobs of a grid file, with the seeds of one setting next to each other.

    Raises InputError, with the name of the file, for anything that is not a grid, for more than 100,000 combinations,
    and for a combination that `train` refuses.
    """
    try:
        return grid_of(_table(path))
    except TvaeError as error:
        raise InputError(f"{path.name}: {error}") from error


def grid_of(table: Mapping[str, Any]) -> Grid:
    """The jobs of a grid as TOML's values; see `read_grid`."""
    axes = _axes(table)
    size = math.prod(len(axis.values) for axis in axes)
    if size > MAX_RUNS:
        shown = " x ".join(f"{len(axis.values):,} {axis.key}" for axis in axes)
        raise InputError(f"{shown} are {size:,} runs; a grid has at most {MAX_RUNS:,}. Split it.")
    jobs: dict[str, Job] = {}
    for values in itertools.product(*(axis.values for axis in axes)):
        job = _job([(axis, value) for axis, value in zip(axes, values, strict=True)])
        jobs.setdefault(job.id, job)
    return Grid(tuple(jobs.values()), size - len(jobs))


@dataclass(frozen=True)
class _Axis:
    """A key with its values; `part` is that of the objective, if the key is one of the weights."""

    key: str
    option: str
    part: str
    values: tuple[Any, ...]


def _table(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"the file cannot be read ({error.strerror}). Check the path.") from error
    if len(data) > MAX_BYTES:
        raise InputError(f"the file has more than {MAX_BYTES // 1000} kB. A grid is a few lines of TOML.")
    try:
        return tomllib.loads(data.decode())
    except (ValueError, RecursionError) as error:  # the first also for a number with thousands of digits
        where = (
            str(error)
            if isinstance(error, tomllib.TOMLDecodeError)
            else "it is not text, nested too deep, or has a number with thousands of digits"
        )
        raise InputError(f'the file is not TOML: {where.rstrip(".")}. An example: recipes = ["v5_5"].') from error


def _axes(table: Mapping[str, Any]) -> list[_Axis]:
    """The axes of the product in the order of `KEYS`, seeds last."""
    for name in table:
        if name not in (*KEYS, WEIGHTS):
            raise InputError(_unknown(name, (*KEYS, WEIGHTS), "key"))
    if "recipes" not in table:
        raise InputError(f"the key recipes is missing. Name the recipes, such as recipes = {KEYS['recipes'].example}.")
    factors = table.get(WEIGHTS, {})
    if not isinstance(factors, dict):
        raise InputError(
            f"{WEIGHTS} is {quoted(factors)}; write a line for each part, such as weights.order = [0.5, 2]."
        )
    axes = []
    for name, key in KEYS.items():
        if name == "seeds":
            axes += [
                _Axis(f"{WEIGHTS}.{part}", WEIGHTS, _part(part), _values(f"{WEIGHTS}.{part}", _FACTOR, given))
                for part, given in factors.items()
            ]
        if name in table:
            axes.append(_Axis(name, key.option, "", _values(name, key, table[name])))
    return axes


def _part(name: str) -> str:
    if name not in EMPHASES:
        raise InputError(_unknown(name, tuple(EMPHASES), f"part of {WEIGHTS}"))
    return name


def _unknown(name: str, known: tuple[str, ...], what: str) -> str:
    """The sentence about a word that is not known, with the nearest one that is."""
    near = difflib.get_close_matches(name, known, 1, cutoff=0.5)
    guess = f"the nearest is {near[0]}" if near else f"a grid has {listed('and', known)}"
    return f"no {what} is called {quoted(name)}; {guess}. Correct it, or leave it out."


def _values(name: str, key: Key, given: Any) -> tuple[Any, ...]:
    """The values of a key, a list or a range."""
    if isinstance(given, dict) and key.kind is not str:
        return _range(name, key, given)
    if not isinstance(given, list) or not given:
        form = f"{key.example} or {{from = 0, to = 3, step = 1}}" if key.kind is int else key.example
        raise InputError(f"{name} is {quoted(given)}; write a list, such as {form}.")
    return tuple(_value(name, key, one) for one in given)


def _value(name: str, key: Key, given: Any) -> Any:
    """One value as the option of `train` has it."""
    right: Callable[[Any], bool] = {
        int: lambda value: isinstance(value, int) and is_number(value, 2**63),  # of a seed, its own check says more
        float: lambda value: is_number(value, MAX_VALUE),
        str: lambda value: isinstance(value, str),
    }[key.kind]
    if not right(given):
        kind = {int: "whole numbers below 2^63", float: f"numbers up to {MAX_VALUE:g}", str: "texts"}[key.kind]
        raise InputError(f"{name} has {quoted(given)}; its values are {kind}, such as {key.example}.")
    return key.kind(given)


def _range(name: str, key: Key, given: Mapping[str, Any]) -> tuple[Any, ...]:
    """All values from `from` to `to`, both included, in decimals: 0.1, 0.2, 0.3 and not 0.30000000000000004."""
    if set(given) != set(_BOUNDS):
        raise InputError(f"{name} has a range of {listed('and', tuple(given)) or 'nothing'}; it has from, to and step.")
    low, high, step = (Decimal(repr(_value(name, key, given[bound]))) for bound in _BOUNDS)
    if step <= 0 or high < low:
        raise InputError(f"{name} has a range from {low} to {high} in steps of {step}; go upwards, in steps above 0.")
    count = int((high - low) / step) + 1
    if count > MAX_RUNS:
        raise InputError(
            f"{name} has a range of more than {MAX_RUNS:,} values; a grid has at most that many runs. Use larger steps."
        )
    return tuple(key.kind(low + step * place) for place in range(count))


def _job(values: list[tuple[_Axis, Any]]) -> Job:
    """The job of one combination. Raises what `train` raises for it."""
    options: dict[str, Any] = {axis.option: value for axis, value in values if not axis.part}
    if factors := {axis.part: value for axis, value in values if axis.part}:
        options[WEIGHTS] = factors
    recipe, seed = options.pop("recipe"), options.pop("seed", 0)
    check_seed(seed)
    return job_of(recipe, seed, options)
