"""Classes of operations: published numbers, the group by its definition, and what a class has in common."""

import itertools

import numpy as np
import pytest

from tvae.operations import ternary
from tvae.operations.atlas import classes, clones, identities
from tvae.operations.named import INDEX_OF

# Published or counted numbers of classes with an operation that has the property.
WITH = {
    "isomorphism": {"all": 3330, "associative": 24, "commutative": 129, "quasigroup": 5, "sheffer": 629},
    "opposite": {"all": 1734, "associative": 18, "sheffer": 322},
    "isotopy": {"all": 139, "sheffer": 115},
    "isotopy_opposite": {"all": 84, "sheffer": 67},
}
FLAGS = {
    "all": lambda: np.ones(ternary.N, bool),
    "associative": identities.associative,
    "commutative": identities.commutative,
    "quasigroup": identities.quasigroup,
    "sheffer": clones.sheffer,
}


@pytest.mark.parametrize(("kind", "name", "count"), [(k, n, c) for k, row in WITH.items() for n, c in row.items()])
def test_number_of_classes(kind: str, name: str, count: int) -> None:
    assert len(np.unique(classes.classes(kind).representative[FLAGS[name]()])) == count


@pytest.mark.parametrize("kind", classes.KINDS, ids=lambda kind: kind.name)
def test_number_sizes_and_representatives(kind: classes.Kind) -> None:
    found = classes.classes(kind.name)
    assert len(found.representatives) == kind.count
    assert found.size[found.representatives].sum() == ternary.N
    assert (found.representative <= np.arange(ternary.N)).all()
    assert (found.representative[found.representative] == found.representative).all()
    assert all(len(kind.moves) % size == 0 for size in np.unique(found.size))  # orbits divide the group


def test_moves_against_the_definition_for_every_relabelling() -> None:
    f = (ternary.ALL_TRITS + 1).reshape(-1, 3, 3)
    for r, s, t in itertools.product(classes.S3, repeat=3):
        g = np.empty_like(f)
        for a, b in itertools.product(range(3), repeat=2):
            g[:, r[a], s[b]] = np.array(t)[f[:, a, b]]
        expected = ternary.index_of(g.reshape(-1, 9) - 1)
        swapped = ternary.index_of(g.swapaxes(1, 2).reshape(-1, 9) - 1)
        assert np.array_equal(classes.images([(r, s, t, False), (r, s, t, True)]), np.stack([expected, swapped], 1))


def test_moved_agrees_with_the_images_of_all_operations() -> None:
    move = (classes.S3[1], classes.S3[3], classes.S3[5], True)
    assert classes.moved(range(ternary.N), move) == classes.images([move])[:, 0].tolist()


def test_duals_and_converses_of_named_operations() -> None:
    index = INDEX_OF
    assert classes.dual([index["min"], index["nand"]]) == [index["max"], index["nor"]]
    assert classes.opposite([index["implication"], index["left"]]) == [index["converse_implication"], index["right"]]
    assert classes.dual(classes.dual(range(ternary.N))) == list(range(ternary.N))
    assert classes.opposite(classes.opposite(range(ternary.N))) == list(range(ternary.N))


def test_automorphisms_and_class_size_make_six() -> None:
    assert (classes.automorphisms() * classes.classes("isomorphism").size == 6).all()


def test_conjugates_are_the_class() -> None:
    index = INDEX_OF["consensus"]
    found = {made for _, made in classes.conjugates(index)}
    representative = classes.classes("isomorphism").representative
    assert found == {*np.flatnonzero(representative == representative[index]).tolist()}


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        classes.classes("homotopy")
