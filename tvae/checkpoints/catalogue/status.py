"""The status of a bundled checkpoint, by a rule over measured facts, and sentences on what it is good for.

    recommended    all conditions hold: complete, in order, rich, and the tree far and near
    good           complete and in order; encoder A is rich, or its distances follow the tree
    experimental   complete; in order but neither of the two, or levels overlap and the tree is kept far and near
    base           complete, without a ball
    do not use     an operation is lost, or levels overlap and the tree is not kept

Complete: every input that a decoder reads reconstructs all operations. In order: no levels overlap on either encoder,
which puts the hierarchy at its limit. `CONDITIONS` has the others, of encoder A.

Nothing is measured here. `tvae.analysis.evaluation.status_facts` measures, `benchmarks/zoo.py` writes the facts to the
manifest of the bundled files, and a test measures them again. A published checkpoint has its published status.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from tvae.operations.validation import listed

Status = Literal["recommended", "good", "experimental", "base", "do not use", "another model", "not measured"]


@dataclass(frozen=True)
class EncoderFacts:
    """What was measured on the points of one encoder; tree measures are those of the fixed sample."""

    overlaps: int  # neighbouring levels that overlap, 0..9
    richness: float | None  # of this and the following, high is good; of the distortion, low
    q: float | None
    tree_fidelity: float | None
    average_distortion: float | None
    map_3: float | None
    map_27: float | None


@dataclass(frozen=True)
class Facts:
    """What was measured on a file: what its status depends on, and what `docs/results.md` quotes."""

    lost: int  # operations not reconstructed, from the input of a decoder that loses most
    a: EncoderFacts | None = None  # None without a ball
    b: EncoderFacts | None = None


def facts_of(row: Mapping[str, Any]) -> Facts:
    """The facts in a row of the manifest, which has the fields of `Facts`."""
    a, b = (None if row[side] is None else EncoderFacts(**row[side]) for side in "ab")
    return Facts(row["lost"], a, b)


@dataclass(frozen=True)
class Condition:
    """A property of encoder A, which it has if a fact is at least some number."""

    fact: str  # field of `EncoderFacts`
    least: float
    purpose: str  # what a checkpoint with the property is good for
    digits: int  # that the fact is shown with

    def holds(self, facts: EncoderFacts) -> bool:
        """Whether these facts have the property; an undefined fact has not."""
        value: float | None = getattr(facts, self.fact)
        return value is not None and value >= self.least

    def shown(self, facts: EncoderFacts) -> str:
        """The purpose, with the number that decides."""
        value: float | None = getattr(facts, self.fact)
        number = "undefined" if value is None else f"{value:.{self.digits}f}"
        return f"{self.purpose} ({self.fact.replace('_', ' ')} {number})"


CONDITIONS: Final = (
    # The richness that was published for homeostatic_rich.
    Condition("richness", 0.00787, "spread within the levels", 5),
    # Far: the limit is 0.8320. It hardly sees the lower third of the tree, as most pairs differ in the first digits.
    Condition("tree_fidelity", 0.83, "the order of distances", 3),
    # Near: the 2 siblings, and the 26 others of a subtree of 27. The limit is 1.
    Condition("map_3", 0.95, "nearest neighbours", 2),
    Condition("map_27", 0.95, "neighbourhoods", 2),
)
TREE: Final = ("tree_fidelity", "map_3", "map_27")  # far and near
EITHER: Final = ("richness", "tree_fidelity")  # one of these makes a checkpoint good


def status_of(facts: Facts) -> Status:
    """The word for these facts; the module's docstring has the rule."""
    if facts.lost:
        return "do not use"
    if facts.a is None or facts.b is None:
        return "base"
    held = [condition.fact for condition in CONDITIONS if condition.holds(facts.a)]
    if facts.a.overlaps or facts.b.overlaps:
        return "experimental" if set(TREE) <= set(held) else "do not use"
    if len(held) == len(CONDITIONS):
        return "recommended"
    return "good" if any(fact in held for fact in EITHER) else "experimental"


def summary(facts: Facts) -> str:
    """The reason for the word in one short sentence without numbers, for readers who see them elsewhere."""
    if facts.lost:
        return f"Loses {facts.lost:,} operation{'s' if facts.lost > 1 else ''}."
    a, b = facts.a, facts.b
    if a is None or b is None:
        return "Reconstructs every operation; without a ball, neither order nor tree is judged."
    held = {condition.fact for condition in CONDITIONS if condition.holds(a)}
    has = {
        "the order of the levels": not (a.overlaps or b.overlaps),
        "the spread within levels": "richness" in held,
        "the distances of the tree": "tree_fidelity" in held,
        "nearest neighbours": {"map_3", "map_27"} <= held,
    }
    kept = listed("and", [name for name, there in has.items() if there])
    lacks = listed("or", [name for name, there in has.items() if not there])
    if not kept:
        return "Reconstructs every operation, but keeps neither order nor tree."
    return f"Reconstructs every operation; keeps {', but not '.join(filter(None, (kept, lacks)))}."


def sentence(facts: Facts) -> str:
    """What a checkpoint with these facts is good for, and what not; first what it has lost."""
    parts = [f"{facts.lost:,} operation{'s are' if facts.lost > 1 else ' is'} lost."] if facts.lost else []
    a, b = facts.a, facts.b
    if a is None or b is None:
        return " ".join([*parts, "Without a ball, neither order nor tree is judged."])
    if a.overlaps or b.overlaps:
        parts.append(f"Of 9 pairs of neighbouring levels, {a.overlaps} overlap in A and {b.overlaps} in B.")
    good = listed("and", [one.shown(a) for one in CONDITIONS if one.holds(a)])
    bad = listed("or", [one.shown(a) for one in CONDITIONS if not one.holds(a)])
    words = "good for " + ", but not for ".join(filter(None, (good, bad))) if good else f"not good for {bad}"
    return " ".join([*parts, f"Encoder A is {words}."])
