"""Which encoders no other one beats in the measures of the corners, in small cases and in the bundled files."""

from dataclasses import replace

import pytest

from tvae.checkpoints.catalogue.catalogue import ENTRIES
from tvae.checkpoints.catalogue.corners import MEASURES, Corner, corners, front, on_front
from tvae.checkpoints.catalogue.status import EncoderFacts

FACTS = EncoderFacts(0, richness=0.01, q=2.0, tree_fidelity=0.5, average_distortion=0.2, map_3=None, map_27=0.5)


def corner(name: str, **changed: float | None) -> Corner:
    return Corner(name, "A", replace(FACTS, **changed))


ONE = corner("one")


@pytest.mark.parametrize(
    ("other", "best"),
    [
        (corner("the same"), {"one", "the same"}),
        (corner("better in one", q=2.1), {"better in one"}),
        (corner("less distortion", average_distortion=0.1), {"less distortion"}),
        (corner("more distortion", average_distortion=0.3), {"one"}),
        (corner("a trade", q=2.1, richness=0.009), {"one", "a trade"}),
        (corner("undefined", q=None), {"one"}),
        (corner("not compared", map_3=1.0, tree_fidelity=0.9), {"one", "not compared"}),
    ],
)
def test_the_front(other: Corner, best: set[str]) -> None:
    for among in ((ONE, other), (other, ONE)):
        assert {found.name for found in front(among)} == best


def test_the_front_of_gains() -> None:
    assert on_front([]) == []
    assert on_front([(1.0, 0.0), (0.0, 1.0), (0.0, 0.0), (1.0, 0.0), (0.5, 0.5)]) == [True, True, False, True, True]
    assert on_front([(float("-inf"), 1.0), (0.0, 1.0)]) == [False, True]


def test_the_front_of_two_measures_forgets_the_others() -> None:
    other = corner("other", q=1.0, richness=0.02)
    assert set(front((ONE, other))) == {ONE, other}
    assert front((ONE, other), ("richness", "map_27")) == (other,)


def test_every_encoder_in_a_ball_is_a_corner() -> None:
    found = [(one.name, one.encoder) for one in corners()]
    bundled = [entry.name for entry in ENTRIES if entry.source == "bundled" and entry.name != "v5_5"]
    assert found == [(name, encoder) for name in bundled for encoder in "AB"]


def test_no_one_beats_the_front_of_the_bundled_files_and_someone_the_others() -> None:
    everyone = corners()
    best = front(everyone)
    for one in everyone:
        beaten = any(
            all(other.gain(measure) >= one.gain(measure) for measure in MEASURES)
            and any(other.gain(measure) > one.gain(measure) for measure in MEASURES)
            for other in everyone
        )
        assert beaten != (one in best)


def test_rich_tree_and_isometric_are_corners() -> None:
    assert {("rich_tree", "A"), ("isometric", "A")} <= {(one.name, one.encoder) for one in front(corners())}
