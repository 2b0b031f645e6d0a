"""What a run is trained and tested on: the settings, the split, and the accuracy of reconstructions.

By default the model reads the first 100 tokens of a sequence. Of sequences that agree in them only one is kept, so that
none is in both the training and the held-out set; similar sequences may be in both. With windows, or with names to hold
out, whole sequences are held out and none is left out, however similar it is to another.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
import torch
from torch import Tensor

from tvae.errors import SequenceError
from tvae.operations.genetic_codes import STANDARD
from tvae.operations.validation import quoted
from tvae.sequences.fasta import LENGTH, Alphabet, Record, Tokens, all_tokens, padded
from tvae.sequences.windows import Windows, complete_sites, cut, starts
from tvae.training.loop import check_seed

Missing = Literal["refuse", "mask", "drop"]
MISSING_TOKENS: Final = {  # what is done with a token that has a gap or an ambiguous letter
    "refuse": "refuse the sequence",
    "mask": "read it as padding and leave it out of the loss and of the accuracy",
    "drop": "leave its place out of all (aligned) sequences",
}
MAX_WINDOWS: Final = 100_000  # of all sequences together; 1.8 kB each
UNSCORED: Final = -100  # a target that the loss leaves out, see torch's cross_entropy


@dataclass(frozen=True)
class SequencePlan:
    """Settings of a run, apart from its sequences and its seed."""

    alphabet: Alphabet = "codons"
    epochs: float = 300.0  # an epoch uses every training sequence, or window, once
    learning_rate: float = 1e-3  # at the start
    batch_size: int = 16
    kl_weight: float = 0.1
    weight_decay: float = 0.01
    held_out: float = 0.2  # share of the distinct sequences that is not trained on, unless `hold_out` names them
    code: int = STANDARD  # NCBI's number of the sequences' genetic code, which changes notes only
    window: int | None = None  # tokens of a window; None: only the first 100 tokens are read
    stride: int | None = None  # tokens from one window to the next; None: as many as a window has
    hold_out: tuple[str, ...] = ()  # names of the sequences that are not trained on
    missing: Missing = "refuse"  # a key of MISSING_TOKENS

    @property
    def whole_sequences(self) -> bool:
        """Whether sequences count as they are, and equal ones are not merged."""
        return self.window is not None or bool(self.hold_out)


def plan_values(plan: SequencePlan) -> dict[str, Any]:
    """The settings as files record them; later ones only if they differ from what older files mean."""
    usual = asdict(SequencePlan())
    later = ("code", "window", "stride", "hold_out", "missing")
    values = {name: value for name, value in asdict(plan).items() if name not in later or value != usual[name]}
    return values | ({"hold_out": list(plan.hold_out)} if plan.hold_out else {})


def plan_of(values: dict[str, Any]) -> SequencePlan:
    """The plan that a file records."""
    return SequencePlan(**values | ({"hold_out": tuple(values["hold_out"])} if "hold_out" in values else {}))


def recorded_plan(metadata: Mapping[str, Any]) -> SequencePlan:
    """How the sequences of a checkpoint were read, as its metadata say; the default where they do not."""
    plan = metadata.get("plan")
    values = plan if isinstance(plan, dict) else {}
    window, stride = (value if _is_window(value) else None for value in (values.get("window"), values.get("stride")))
    missing, names = values.get("missing"), values.get("hold_out")
    return SequencePlan(
        window=window,
        stride=stride,
        hold_out=tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else (),
        missing=missing if isinstance(missing, str) and missing in MISSING_TOKENS else "refuse",  # type: ignore[arg-type]
    )


def _is_window(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LENGTH


@dataclass(frozen=True)
class Accuracy:
    """Tokens reconstructed from the posterior mean, or guessed without a model."""

    sequences: int  # or windows
    tokens: int  # without padding and missing ones
    right: int
    share: float | None  # right / tokens; None if there are no sequences
    share_100: float | None  # over all 100 positions, padding included


@dataclass(frozen=True)
class Data:
    """Training and held-out windows, in an order from the seed; a window is a sequence if only its start is read."""

    train: Windows
    held: Windows
    names: tuple[str, ...]  # of the sequences to which `Windows.record` refers
    given: int  # number of sequences before equal ones were merged
    digest: str  # sha256 of all distinct sequences

    @cached_property
    def inputs(self) -> Tensor:
        """Training tokens (W, 100)."""
        return torch.from_numpy(self.train.inputs)

    @cached_property
    def targets(self) -> Tensor:
        """(W, 100) what the loss compares with: the inputs, and `UNSCORED` at missing tokens."""
        scored = self.train.known | self.train.padding
        return torch.from_numpy(np.where(scored, self.train.inputs, UNSCORED))


def prepared(records: Sequence[Record], plan: SequencePlan, seed: int = 0) -> Data:
    """Read the sequences and hold out those of the plan, or a random share, rounded to whole sequences.

    Raises SequenceError for an invalid sequence, for a name that none has, and if fewer than two distinct sequences are
    left to train on; TrainingError for a seed out of range.
    """
    check_seed(seed)
    found = read_tokens(records, plan)
    if plan.whole_sequences:
        kept = dict(enumerate(found))
    else:
        first = {
            (padded(one).tobytes(), min(len(one), LENGTH)): number for number, one in reversed([*enumerate(found)])
        }
        kept = {number: found[number][:LENGTH] for number in sorted(first.values())}  # in the order of the input
    order = np.random.default_rng(seed).permutation(np.array([*kept], np.int64))
    tests = _held(records, plan, order)
    held = frozenset(tests)
    train = [number for number in order.tolist() if number not in held]
    windows = sum(len(starts(len(one), plan.window, plan.stride)) for one in kept.values())
    if windows > MAX_WINDOWS:
        raise SequenceError(
            f"The sequences have {windows:,} windows; at most {MAX_WINDOWS:,} are trained on. Give a larger --stride, "
            "or fewer sequences."
        )
    if len(train) < 2:
        raise SequenceError(
            f"{len(records):,} sequences were given, {len(kept):,} of them different, and {len(held):,} held out; at "
            "least 2 different ones are needed for training. Give more sequences, or hold out fewer."
        )
    digest = hashlib.sha256(b"".join(one.tobytes() + b"|" for one in kept.values())).hexdigest()
    names = tuple(record.id for record in records)
    return Data(_cut(kept, train, plan), _cut(kept, tests, plan), names, len(records), digest)


def read_tokens(records: Sequence[Record], plan: SequencePlan) -> list[Tokens]:
    """The tokens of all sequences, with gaps and ambiguous letters as the plan says."""
    found = all_tokens(records, plan.alphabet, plan.missing != "refuse")
    return complete_sites(found) if plan.missing == "drop" else found


def _held(records: Sequence[Record], plan: SequencePlan, order: Tokens) -> list[int]:
    """Places of the sequences that are not trained on."""
    if not plan.hold_out:
        return list(map(int, order[: round(plan.held_out * len(order))]))
    names = [record.id for record in records]
    for name in plan.hold_out:
        if name not in names:
            near = get_close_matches(name, names, 3) or names[:3]
            raise SequenceError(f"No sequence is called {quoted(name)}, so none can be held out. There are {near}.")
    return [number for number, name in enumerate(names) if name in plan.hold_out]


def _cut(kept: dict[int, Tokens], chosen: list[int], plan: SequencePlan) -> Windows:
    found = cut([kept[number] for number in chosen], plan.window, plan.stride)
    return Windows(found.inputs, found.known, found.padding, np.array(chosen, np.int64)[found.record], found.start)


def accuracy(windows: Windows, decoded: Tokens) -> Accuracy:
    """Accuracy of tokens (W, 100) that were put in the place of those of the windows."""
    same, tokens = windows.inputs == decoded, int(windows.known.sum())
    scored = windows.known | windows.padding
    right = int((same & windows.known).sum())
    share_100 = float(same[scored].mean()) if len(windows) else None
    return Accuracy(len(windows), tokens, right, right / tokens if tokens else None, share_100)
