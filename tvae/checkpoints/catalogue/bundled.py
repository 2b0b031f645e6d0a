"""The bundled checkpoints. Their status follows from their facts in `manifest.json`, by the rule of `status`."""

import json
from functools import lru_cache
from typing import Any, Final

from tvae.checkpoints.catalogue.entry import BUNDLED_DIRECTORY, Entry
from tvae.checkpoints.catalogue.status import facts_of, sentence, status_of, summary


@lru_cache
def manifest() -> dict[str, dict[str, Any]]:
    """Recipe -> row of the manifest: how a bundled file was trained, and what was measured on it.

    Callers share the rows and must not change them.
    """
    rows: dict[str, dict[str, Any]] = json.loads((BUNDLED_DIRECTORY / "manifest.json").read_text(encoding="utf-8"))
    return rows


# The measured facts of every bundled checkpoint that has been measured.
FACTS: Final = {name: facts_of(row["facts"]) for name, row in manifest().items() if "facts" in row}


def _bundled(
    name: str, use_case: str, *, architecture: str, max_radius: float | None = None, warning: str = "", note: str = ""
) -> Entry:
    """A bundled checkpoint. An entry may be written before its file is trained: then it is not measured."""
    facts = FACTS.get(name)
    return Entry(
        name,
        "bundled",
        "not measured" if facts is None else status_of(facts),
        use_case,
        reason="" if facts is None else summary(facts),
        measured="" if facts is None else sentence(facts),
        warning=warning,
        note=note,
        architecture=architecture,
        max_radius=max_radius,
    )


BUNDLED: Final = (
    _bundled(
        "rich_tree",
        "All operations, ordered levels, richness and the whole 3-adic tree in encoder A; the tree and a high Q in B",
        note="The decoder reads the ball, and reconstructs everything from the latent mean as well.",
        architecture="dual projection, H64 L1",
        max_radius=0.99,
    ),
    _bundled(
        "homeostatic_rich",
        "Full coverage, ordered levels and the published richness together",
        architecture="dual projection, H64 L1",
        max_radius=0.99,
    ),
    _bundled(
        "max_hierarchy",
        "The highest Q: all operations on one ray, in thin shells",
        note="Distances count levels and show nothing else of the tree.",
        architecture="dual projection, H64 L1",
        max_radius=0.99,
    ),
    _bundled(
        "ball",
        "Full coverage from the point in the ball alone, and no overlapping levels",
        note="The decoder reads the ball, and reconstructs everything from the latent mean as well.",
        architecture="dual projection, H64 L1",
        max_radius=0.95,
    ),
    _bundled(
        "tree",
        "The 3-adic tree in the ball, decoded from its points alone: tree fidelity at its limit",
        note="The decoder reads the ball, and reconstructs everything from the latent mean as well. The digits "
        "determine the norms, which keeps richness and Q low.",
        architecture="dual projection, H64 L1",
        max_radius=0.95,
    ),
    _bundled(
        "isometric",
        "Distances in proportion to the paths in the 3-adic tree; radii have no order",
        note="The decoder reads the ball, and reconstructs everything from the latent mean as well.",
        architecture="dual projection, H64 L1",
        max_radius=0.995,
    ),
    _bundled(
        "advanced",
        "homeostatic_rich trained with K-FAC: the same coverage, order and richness in two fifths of the steps",
        note="A comparison of optimisers: as good as homeostatic_rich, and no better.",
        architecture="dual projection, H64 L1",
        max_radius=0.99,
    ),
    _bundled(
        "v5_11",
        "Distances that follow the 3-adic tree, with ordered radii; encoder A and decoder frozen",
        architecture="dual projection, H64 L1",
        max_radius=0.95,
    ),
    _bundled(
        "v5_11_structural",
        "v5_11 with a wider and deeper projection, from a base without order",
        architecture="dual projection, H128 L2",
        max_radius=0.95,
    ),
    _bundled(
        "v5_11_homeostasis",
        "v5_11 with encoders that a controller freezes and unfreezes",
        note="The file records the controller's decisions.",
        architecture="dual projection, H64 L1",
        max_radius=0.95,
    ),
    _bundled(
        "v5_11_progressive",
        "v5_11 with gradual unfreezing of encoder A",
        architecture="dual projection, H64 L1",
        max_radius=0.95,
    ),
    _bundled(
        "v5_11_overnight",
        "v5_11 for 2.5 times as many steps, with warm restarts",
        warning="Published warning for this recipe: training collapsed.",
        note="v5_11, whose recipe also trains near pairs, has siblings nearest after two fifths of the steps.",
        architecture="dual projection, H64 L1",
        max_radius=0.95,
    ),
    _bundled(
        "v5_5",
        "Euclidean base: two encoders, each with its own decoder, both at full coverage",
        note="Its radius is the norm of the latent mean.",
        architecture="Euclidean, two decoders",
    ),
)
