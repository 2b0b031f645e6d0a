"""The axes of line charts: their ranges, linear or logarithmic, and the labels of their ticks.

A label is never too long for its place: very small or large values are divided by a power of ten, which the label of
the axis names. Not here: SVG (`line_chart`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tvae.page.ui.html import number

WIDTH, HEIGHT = 320, 160  # of the viewBox; about the CSS pixels of a chart on a phone
LEFT, RIGHT, TOP, BOTTOM = 50, 98, 20, 32  # space for y values, names with last values, y label, x values
DECADE: Final = 10.0  # ratio of largest and smallest value from which a scale may be logarithmic
_LEVEL: Final = 1e-3  # relative range below which values are drawn as one
_PLAIN: Final = (1e-3, 1e6)  # magnitudes whose labels are short without a power of ten
_SUPERSCRIPT: Final = str.maketrans("-0123456789", "\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079")


@dataclass(frozen=True)
class Frame:
    """The ranges of the axes, which map values to places in the viewBox."""

    x: tuple[float, float]
    y: tuple[float, float]  # of the common logarithms, if `log`
    log: bool = False
    right: float = RIGHT  # from the end of the x axis to the edge

    @property
    def power(self) -> int:
        """The power of ten by which the labels of a linear y axis are divided."""
        largest = max(map(abs, self.y))
        is_plain = self.log or _PLAIN[0] <= largest < _PLAIN[1]
        return 0 if is_plain else max(-300, math.floor(math.log10(largest)))

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The place of a point."""
        low, high = self.y
        height = math.log10(y) if self.log else y
        return self.across(x), round(TOP + (high - height) / (high - low) * (HEIGHT - TOP - BOTTOM), 1)

    def across(self, x: float) -> float:
        """The place of an x."""
        low, high = self.x
        return round(LEFT + (x - low) / (high - low) * (WIDTH - LEFT - self.right), 1)


def frame_of(xs: Sequence[float], values: Sequence[float], held: Sequence[float], may_be_log: bool) -> Frame:
    """The frame of values and of what is always in view: `xs` and, on a linear scale, `held`.

    A logarithmic scale has whole decades, so that it seldom changes while values are added.
    """
    x0, x1 = min(xs), max(xs)
    x = (x0, x1) if x1 > x0 else (x0 - 1, x0 + 1)
    if may_be_log and values and min(values) > 0 and max(values) >= DECADE * min(values):
        first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        room = (last - first) * 0.05
        return Frame(x, (first - room, last + room), log=True)
    low, high = min([*values, *held]), max([*values, *held])
    level = high - low <= _LEVEL * max(abs(low), abs(high))
    room = (max(abs(low), abs(high)) if level else high - low) * 0.05 or 1.0
    return Frame(x, (low - room, high + room))


def ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` round numbers in [low, high], with low < high, spaced by 1, 2 or 5 times a power of ten."""
    size = 10.0 ** math.floor(math.log10((high - low) / most))
    for step in (size * factor for factor in (1, 2, 5, 10, 20, 50)):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < most:
            return [place * step for place in range(first, last + 1)]
    raise AssertionError("50 times a tenth of the range always fits")


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` powers of ten in [10**low, 10**high]; 1, 2, 5 and 10 times the first if there are only two."""
    first, last = math.ceil(low), math.floor(high)
    if last - first == 1:
        return [10.0**first * factor for factor in (1, 2, 5, 10)]
    return [10.0**power for power in range(first, last + 1, math.ceil((last - first + 1) / most))]


def digits_of(marks: Sequence[float], single: int) -> int:
    """The decimals that distinguish neighbouring ticks; `single` if there is only one tick."""
    return max(0, -math.floor(math.log10(marks[1] - marks[0]) + 1e-9)) if len(marks) > 1 else single


def y_labels(frame: Frame, digits: int) -> list[tuple[float, str]]:
    """The ticks of the y axis, and their labels; `digits`: decimals of a single one."""
    if frame.log:
        return [(value, significant(value, 1)) for value in log_ticks(*frame.y, 5)]
    values, scale = ticks(*frame.y, 5), 10.0**-frame.power
    decimals = digits_of([value * scale for value in values], digits)
    return [(value, number(value * scale, decimals)) for value in values]


def value_label(value: float, frame: Frame, digits: int) -> str:
    """A value as the axis counts it, with `digits` decimals; with two digits that mean something, if these hide it."""
    if frame.log:
        return significant(value, 3)
    scaled, decimals = value * 10.0**-frame.power, 2 if frame.power else digits
    hidden = decimals and 0 < abs(scaled) < 0.5 * 10.0**-decimals
    return significant(value, 2) if hidden else number(scaled, decimals)


def significant(value: float, digits: int) -> str:
    """A number with so many digits that mean something, such as 0.0042, or times a power of ten."""
    if value == 0:
        return "0"
    factor, _, exponent = f"{value:.{digits - 1}e}".replace("-", "\u2212", value < 0).partition("e")
    power = int(exponent)
    if -3 <= power < 6:
        return number(value, max(0, digits - 1 - power))
    # Without spaces, so that it fits next to the end of a line.
    return power_of_ten(power) if factor == "1" else f"{factor}\u00d7{power_of_ten(power)}"


def power_of_ten(power: int) -> str:
    """10 with a raised exponent."""
    return f"10{str(power).translate(_SUPERSCRIPT)}"
