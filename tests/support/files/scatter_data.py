"""Synthetic points for the tests of the plot: one clean hierarchy, and one whose levels overlap."""

import base64
from typing import Any

import numpy as np

from tvae.page.ui.scatter.scatter import pack_points

N = 19_683
INDEX = np.arange(N)
LEVEL = np.array([9 if n == 0 else next(k for k in range(9) if n % 3 ** (k + 1)) for n in INDEX], np.uint8)
CLEAN = 0.93 - 0.09 * LEVEL + 0.05 * np.random.default_rng(0).random(N)
# In levels 2, 5 and 7 one operation overlaps the level below.
MIXED = CLEAN.copy()
for _v in (2, 5, 7):
    MIXED[2 * 3**_v] = CLEAN[_v + 1 == LEVEL].max() - 0.005
# Radii that halve from level to level, and 0 in level 9, which is not on a logarithmic scale.
STEEP = 4 * 0.5**LEVEL * (1 + 0.2 * np.random.default_rng(1).random(N)) * (INDEX > 0)
EXACT = INDEX % 7 != 3
HANDLE = "document.querySelector('.scatter').tvae"


def members(level: int) -> list[int]:
    return np.flatnonzero(level == LEVEL).tolist()


def packed(key: str = "mixed/clean", **changes: Any) -> str:
    radius_a, radius_b = 2 * np.arctanh(MIXED), 2 * np.arctanh(CLEAN)
    arrays = {
        "radius_a": radius_a,
        "radius_b": radius_b,
        "norm_a": MIXED,
        "norm_b": CLEAN,
        "exact": EXACT,
    }
    file = (key, "0123456789abcdef")
    return pack_points(key=key, file=file, title=key, **{**arrays, **changes})


def decoded(series: dict[str, Any]) -> np.ndarray:
    cells = np.frombuffer(base64.b64decode(series["q"]), "<u2")
    return np.array(series["start"])[LEVEL] + (cells + 0.5) * np.array(series["step"])[LEVEL]
