"""What the runs of a sweep show together: which settings vary, the spread over seeds, and the front of the best."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tvae.analysis.comparison import rules
from tvae.analysis.comparison.pareto import on_front
from tvae.analysis.comparison.spread import Spread, spread_of
from tvae.reports import leaderboard
from tvae.reports.surveys.sweeps.rows import SETTINGS, Document, merit_of, nested, sortable

OF_RUN: Final = ("recipe", *SETTINGS)  # what makes two runs repetitions of each other, if only the seed differs
MEASURES: Final = (*leaderboard.MEASURES, "seconds")
FRONT: Final = ("coverage", "hierarchy")  # measures of a front, with one of the next
THIRD: Final = ("richness", "q")


def varying(rows: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The recipe and the settings, as far as they differ between these runs."""
    seen = {name: {row[name] for row in rows} for rows in [list(rows)] for name in OF_RUN}
    return tuple(name for name, values in seen.items() if len(values) > 1)


def telling(rows: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The settings that differ between runs of one recipe: with its name, they tell the runs apart but for the seed."""
    of_recipe: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        of_recipe.setdefault(row["recipe"], []).append(row)
    found = {name for same in of_recipe.values() for name in varying(same)}
    return tuple(name for name in SETTINGS if name in found)


@dataclass(frozen=True)
class Group:
    """Runs that differ only in their seed, and how much each measure varies among them."""

    setting: Mapping[str, Any]  # values of `OF_RUN`
    rows: tuple[Document, ...]
    seeds: int

    def spreads(self) -> dict[str, Spread | None]:
        """The spread of each measure over the seeds; None if a run lacks it.

        Runs with the same seed, of several versions of the code, count as one with their mean.
        """
        whole = [name for name in MEASURES if all(row[name] is not None for row in self.rows)]
        of_seed: dict[int, list[Document]] = {}
        for row in self.rows:
            of_seed.setdefault(row["seed"], []).append(row)
        values = [[sum(row[name] for row in same) / len(same) for name in whole] for same in of_seed.values()]
        return dict.fromkeys(MEASURES) | dict(zip(whole, spread_of(values), strict=True))


def groups(rows: Iterable[Document]) -> list[Group]:
    """The finished runs by recipe and settings, ordered by these."""
    found: dict[tuple[Any, ...], list[Document]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in OF_RUN), []).append(row)
    return [
        Group(dict(zip(OF_RUN, key, strict=True)), tuple(same), len({row["seed"] for row in same}))
        for key, same in sorted(found.items(), key=lambda one: list(map(sortable, one[0])))
    ]


@dataclass(frozen=True)
class Best:
    """An encoder of a run that is on the front."""

    row: Document
    encoder: str  # A or B


def front(rows: Sequence[Document], third: str) -> list[Best]:
    """The encoders that no other one beats in coverage, hierarchy and `third`, among those whose values all count.

    What counts and which sign is good are the rules of `analysis.comparison.rules`. The best run comes first.
    """
    names = (*FRONT, third)
    candidates, gains = [], []
    for row in rows:
        document = nested(row)
        for encoder in "AB":
            overlaps = row[f"overlaps_{encoder.lower()}"]
            if all(rules.counts(name, leaderboard.value(document, encoder, name), overlaps) for name in names):
                candidates.append(Best(row, encoder))
                gains.append([leaderboard.gain(document, encoder, name) for name in names])
    best = [one for one, wins in zip(candidates, on_front(gains), strict=True) if wins]
    return sorted(best, key=lambda one: merit_of(one.row), reverse=True)


def winners(rows: Iterable[Document], most: int) -> list[Document]:
    """The best run of each recipe, at most so many, the best first."""
    best: dict[str, Document] = {}
    for row in sorted(rows, key=merit_of, reverse=True):
        best.setdefault(row["recipe"], row)
    return list(best.values())[:most]
