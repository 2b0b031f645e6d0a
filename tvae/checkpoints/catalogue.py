"""The checkpoints that are known by name: the bundled ones, and those published on the Hub.

Claimed numbers are those of the published README. Stored numbers are recorded in the file; training measured them on
one random sample. Neither is measured here; `tvae.analysis.metrics` does that. Norms are Euclidean.

The status of a published checkpoint is the published one. That of a bundled checkpoint follows from its facts in
`manifest.json`, by the rule of `tvae.checkpoints.status`.
"""

import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from tvae.checkpoints.status import Status, facts_of, sentence, status_of, summary

Source = Literal["bundled", "hub"]

BUNDLED_DIRECTORY: Final = Path(__file__).parents[1] / "bundled"
BUNDLED_SEQUENCES: Final = BUNDLED_DIRECTORY / "sequences"  # models of sequences, which `tvae.sequences` loads


@dataclass(frozen=True)
class Numbers:
    """Metrics that were published for a checkpoint; None if not given."""

    coverage: float | None = None
    hierarchy_a: float | None = None
    hierarchy_b: float | None = None
    hierarchy: float | None = None  # published without naming the encoder
    richness: float | None = None
    richness_b: float | None = None
    norm_v0: float | None = None  # mean norm of level 0
    norm_v9: float | None = None  # norm of operation 0


@dataclass(frozen=True)
class Entry:
    """One checkpoint."""

    name: str  # a recipe's name (bundled), or the path in the Hub repository
    source: Source
    status: Status
    use_case: str
    reason: str = ""  # for the status, in one line
    measured: str = ""  # what it is good for and what not, by the facts of its status; bundled checkpoints only
    warning: str = ""  # published or ours, shown next to the status
    note: str = ""  # what a reader should know about the numbers
    claimed: Numbers = field(default_factory=Numbers)
    stored: Numbers = field(default_factory=Numbers)
    architecture: str = ""
    max_radius: float | None = None  # Euclidean norm, used if the file records none; None: no ball, or unknown

    @property
    def title(self) -> str:
        """Label in the dropdown."""
        place = "bundled" if self.source == "bundled" else "published, Hub"
        return f"{self.name} - {self.status}, {place}"

    @property
    def bundled_file(self) -> Path:
        """Path of a bundled checkpoint's file."""
        return BUNDLED_DIRECTORY / f"{self.name}.safetensors"


_NOT_STRICT: Final = "The claimed numbers come from a non-strict load, which leaves the radius head random."


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


ENTRIES: Final = (
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
    Entry(
        "homeostatic_rich/best.pt",
        "hub",
        "recommended",
        "Best balance",
        note="The claimed hierarchy is that of encoder B, the claimed richness that of encoder A.",
        claimed=Numbers(coverage=1.0, hierarchy=-0.8321, richness=0.00787),
        stored=Numbers(coverage=1.0, hierarchy_a=-0.6944, richness=0.00662, norm_v0=0.89, norm_v9=0.19),
        architecture="dual projection, H64 L1, controller, learnable curvature",
        max_radius=0.99,
    ),
    Entry(
        "v5_11_homeostasis/best.pt",
        "hub",
        "good",
        "Good hierarchy",
        note=_NOT_STRICT,
        claimed=Numbers(coverage=0.999, hierarchy=-0.82, richness=0.00136),
        stored=Numbers(coverage=0.99898, hierarchy_a=-0.8162, hierarchy_b=-0.8318, norm_v0=0.932, norm_v9=0.013),
        architecture="dual projection, H64 L1, dropout",
        max_radius=0.95,
    ),
    Entry(
        "v5_11_structural/best.pt",
        "hub",
        "good",
        "Bioinformatics (stable embeddings)",
        note=_NOT_STRICT,
        claimed=Numbers(coverage=1.0, hierarchy=-0.40, richness=0.00304),
        stored=Numbers(
            coverage=1.0,
            hierarchy_a=-0.7303,
            hierarchy_b=-0.8320,
            richness=0.0093,
            richness_b=0.00017,
            norm_v0=0.898,
            norm_v9=0.194,
        ),
        architecture="dual projection, H128 L2, dropout",
        max_radius=0.95,
    ),
    Entry(
        "max_hierarchy/best.pt",
        "hub",
        "experimental",
        "Maximum hierarchy, low richness",
        claimed=Numbers(hierarchy=-0.8321),
        stored=Numbers(coverage=0.99990, hierarchy_a=-0.8298, richness=0.000265, norm_v0=0.949, norm_v9=0.138),
        architecture="dual projection, H64 L1, controller, learnable curvature",
        max_radius=0.95,
    ),
    Entry(
        "v5_11_overnight/best.pt",
        "hub",
        "do not use",
        "A very long run",
        warning="Published warning: training collapsed.",
        note="Its stored metrics do not show a collapse; compare them with those measured here.",
        stored=Numbers(coverage=1.0, hierarchy_a=-0.7318, hierarchy_b=-0.83205, norm_v0=0.844, norm_v9=0.302),
        architecture="dual projection, H64 L1",
        max_radius=0.95,
    ),
    Entry(
        "v5_11_progressive/best.pt",
        "hub",
        "experimental",
        "Progressive unfreezing",
        warning="Published warning: inverted hierarchy of encoder B (+0.78).",
        note=_NOT_STRICT,
        claimed=Numbers(hierarchy_b=0.78),
        stored=Numbers(coverage=0.99878, hierarchy_a=-0.7695, hierarchy_b=-0.8299, norm_v0=0.861, norm_v9=0.055),
        architecture="dual projection, H64 L1, dropout",
        max_radius=0.95,
    ),
    Entry(
        "v5_11/best.pt",
        "hub",
        "experimental",
        "The first dual-encoder run",
        stored=Numbers(coverage=1.0, hierarchy_a=-0.6393, hierarchy_b=-0.8302, norm_v0=0.813, norm_v9=0.073),
        architecture="dual projection, H64 L1",
        max_radius=0.95,
    ),
    Entry(
        "v5_5/latest.pt",
        "hub",
        "base",
        "Euclidean base model, epoch 103",
        note="No projection: there is no ball, and radius is the Euclidean norm of the latent mean.",
        claimed=Numbers(coverage=1.0),
        stored=Numbers(coverage=1.0),
        architecture="Euclidean, two decoders",
    ),
    Entry(
        "v5_5/best.pt",
        "hub",
        "base",
        "Euclidean base model, epoch 3",
        note="An early epoch, despite its name; latest.pt is the trained one.",
        architecture="Euclidean, two decoders",
    ),
    Entry("codon_vae_all.pt", "hub", "another model", "Codon encoder, all sequences", architecture="codon encoder"),
    Entry("codon_vae_hiv.pt", "hub", "another model", "Codon encoder, HIV sequences", architecture="codon encoder"),
    Entry("aa_vae_all.pt", "hub", "another model", "Amino-acid encoder", architecture="amino-acid encoder"),
)

BY_NAME: Final = {entry.name: entry for entry in ENTRIES}
DEFAULT: Final = ENTRIES[0].name  # recommended if any bundled checkpoint is, which a test ensures


def published(recipe: str) -> Entry | None:
    """The published checkpoint of a recipe, which has other weights than the bundled one; None if there is none."""
    found = (BY_NAME.get(f"{recipe}/{file}.pt") for file in ("latest", "best"))
    return next((entry for entry in found if entry), None)


def description(entry: Entry) -> str:
    """What a checkpoint is, and what it is good for."""
    return " ".join(filter(None, (f"{entry.use_case}.", entry.measured, entry.note)))


def in_short(entry: Entry) -> str:
    """Why a checkpoint has its status, in a line or two; a warning names the file that it is about."""
    if entry.source == "hub":
        return entry.warning or f'Published as "{entry.status}": {entry.use_case}.'
    other = published(entry.name)
    if other is None or not other.warning:
        return entry.reason
    return f"{entry.reason} {other.warning} It concerns {other.name}, not this file."


def distinction(entry: Entry) -> str:
    """That a bundled checkpoint is not the published one, with the status of that one; empty for published ones."""
    if entry.source == "hub":
        return ""
    other = published(entry.name)
    unlike = f'; not the published {other.name}, whose status is "{other.status}"' if other else ""
    return f"Trained for this app{unlike}."
