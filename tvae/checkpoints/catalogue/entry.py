"""What is known about one checkpoint. Norms are Euclidean."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from tvae.checkpoints.catalogue.status import Status

Source = Literal["bundled", "hub"]
BUNDLED_DIRECTORY: Final = Path(__file__).parents[2] / "bundled"
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
