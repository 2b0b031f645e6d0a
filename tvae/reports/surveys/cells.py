"""How reports show measures: which, under what name, with how many digits, and in which picture."""

from typing import Final

from tvae.reports import leaderboard
from tvae.reports.surveys.stand_alone import Cell

NO_VALUE: Final = "\u2013"
SHOWN: Final = ("hierarchy", "overlaps", "richness", "q", "tree_fidelity")  # of each encoder
NEAR: Final = ("average_distortion", "map_3", "map_27")  # shown if they are measured
RADIUS_PLOT: Final = "Radius against 3-adic valuation of all operations, encoders A and B"


def label(measure: str) -> str:
    """The name of a measure for people."""
    name, _, side = measure.rpartition("_")
    if side in ("a", "b"):
        return f"{label(name)} {side.upper()}"
    return "Q" if measure == "q" else measure.replace("_", " ")


def value(measure: str, number: float | None) -> Cell:
    """A measured number with its decimals; a dash if it is undefined."""
    if number is None:
        return Cell(NO_VALUE, numeric=True)
    return Cell(minus(f"{number:.{digits(measure)}f}"), number)


def digits(measure: str) -> int:
    """How many decimals of a measure are shown."""
    name = measure if measure in leaderboard.COVERAGE else measure.rpartition("_")[0]
    return leaderboard.DIGITS.get(name.removesuffix("_error"), 4)


def minus(number: str) -> str:
    """A number with a minus in place of its hyphen."""
    return number.replace("-", "\u2212")
