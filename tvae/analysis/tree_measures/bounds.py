"""The best value of each measure, and what the best known constructions reach."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Bounds:
    """The best value of each measure. Only MAP is known to reach it; `CONSTRUCTIONS` shows how near the others come."""

    average_distortion: float = 0.0
    worst_distortion: float = 1.0
    map_3: float = 1.0
    map_9: float = 1.0
    map_27: float = 1.0
    cophenetic: float = 1.0
    relative_hyperbolicity: float = 0.0
    dendrogram_correlation: float = 1.0


BOUNDS = Bounds()


@dataclass(frozen=True)
class Construction:
    """The measures of `geometry.sarkar_tree`, as an example of low distortion. It is not proven optimal."""

    name: str
    radius: float  # hyperbolic, of the farthest leaf; the root is at the centre
    average_distortion: float
    worst_distortion: float
    map_3: float
    map_9: float
    map_27: float
    cophenetic: float
    relative_hyperbolicity: float
    dendrogram_correlation: float
    source: str


_SARKAR: Final = (
    "after Sarkar 2011, Low distortion Delaunay embedding of trees in hyperbolic plane, and De Sa et al. 2018: edges "
    "of one length, three children at 120 degrees, 109.47 degrees to the parent, a plane for each level but the last, "
    "which shares one; float64"
)
# Of the same sample as everything else, and computed again by the tests.
CONSTRUCTIONS: Final = (
    Construction("leaves at norm 0.99", 5.293, 0.0116, 1.43, 1.0, 1.0, 1.0, 0.9908, 0.0802, 0.9997, _SARKAR),
    Construction("leaves at the limit of float32", 17.3, 0.0008, 1.09, 1.0, 1.0, 1.0, 0.9999, 0.0014, 1.0, _SARKAR),
)
