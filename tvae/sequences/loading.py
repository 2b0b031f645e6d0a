"""From a name or a path to a codon or amino-acid model: bundled, local file, or Hub.

The bundled model has a name (`codons_brca1`), a published one its path on the Hub (`codon_vae_all.pt`). They have
different weights; one is never substituted for another. Ternary VAEs have their own list, in `checkpoints.catalogue`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from tvae.checkpoints.catalogue import catalogue
from tvae.checkpoints.catalogue.entry import BUNDLED_SEQUENCES
from tvae.checkpoints.loading import CheckpointLocation, locate_file, locate_on_hub
from tvae.errors import CheckpointError, UnknownCheckpoint
from tvae.sequences import checkpoint_file
from tvae.sequences.checkpoint_file import SequenceCheckpoint
from tvae.sequences.fasta import Alphabet
from tvae.sequences.model import SequenceVAE

DIRECTORY: Final = BUNDLED_SEQUENCES
FASTA: Final = DIRECTORY / "brca1.fasta"  # training data of the bundled model, aligned
TREE: Final = DIRECTORY / "murphy.tree"  # of its species
SPECIES: Final = DIRECTORY / "species.csv"  # their clades
EXAMPLE: Final = "Human"  # one of the species that the bundled model was not trained on


@dataclass(frozen=True)
class SequenceEntry:
    """A sequence model that is known by name."""

    name: str
    source: Literal["bundled", "hub"]
    alphabet: Alphabet
    note: str

    @property
    def title(self) -> str:
        """Label in a dropdown."""
        place = "bundled" if self.source == "bundled" else "published, Hub"
        return f"{self.name} - {self.alphabet}, {place}"


ENTRIES: Final = (
    SequenceEntry(
        "codons_brca1",
        "bundled",
        "codons",
        "Trained for this app on aligned sequences of the gene BRCA1 from 44 mammals, in windows of 100 codons. It "
        "reconstructs 11 other mammals better than the most frequent codon of each place does. If one of the 44 is a "
        "near relative, that relative is the better guess.",
    ),
    SequenceEntry("codon_vae_all.pt", "hub", "codons", "Codons, all sequences."),
    SequenceEntry("codon_vae_hiv.pt", "hub", "codons", "Codons, HIV sequences."),
    SequenceEntry("aa_vae_all.pt", "hub", "amino acids", "Amino acids, all sequences."),
)
BY_NAME: Final = {entry.name: entry for entry in ENTRIES}
DEFAULT: Final = ENTRIES[0].name
RETIRED: Final = {  # names that links and calls may still have, with a sentence
    "codons_chloroplast": "codons_chloroplast is no longer bundled: it had memorised its 62 genes and did no better "
    f"than a guess on others. Use {DEFAULT}.",
}


def locate(name: str, own_token: bool = True) -> CheckpointLocation:
    """The file of a known sequence model; a published one is downloaded if it is not on this machine.

    `own_token=False` downloads it without the token of this machine, as a server does for its visitors.

    Raises UnknownCheckpoint for any other name, CheckpointError for a Ternary VAE, and HubError if the download fails.
    """
    entry = BY_NAME.get(name) if isinstance(name, str) else None
    if entry is None:
        if isinstance(name, str) and name in catalogue.BY_NAME:
            raise CheckpointError(
                f"{name} holds a Ternary VAE, which encodes operations, not sequences. Choose one of these: "
                f"{', '.join(BY_NAME)}."
            )
        if isinstance(name, str) and name in RETIRED:
            raise CheckpointError(RETIRED[name])
        raise UnknownCheckpoint("" if name is None else str(name)[:200], tuple(BY_NAME))
    if entry.source == "bundled":
        return CheckpointLocation(name, DIRECTORY / f"{name}.safetensors", "bundled", None, None)
    return locate_on_hub(name, None, own_token)


def locate_any(name_or_path: str | Path) -> CheckpointLocation:
    """`locate` for a name, or the location of an existing file. A name takes precedence; write ./NAME for a file."""
    if str(name_or_path) in (*BY_NAME, *RETIRED) or str(name_or_path) in catalogue.BY_NAME:
        return locate(str(name_or_path))
    return locate_file(name_or_path, tuple(BY_NAME))


def open_located(location: CheckpointLocation) -> SequenceCheckpoint:
    """Read and check the file."""
    return checkpoint_file.read(location.path)


def load_sequences(name_or_path: str | Path) -> SequenceVAE:
    """The codon or amino-acid model of that name or path, on the CPU, in eval mode.

    Raises UnknownCheckpoint, CheckpointFileError or HubError; each message says what to do.
    """
    return checkpoint_file.build(open_located(locate_any(name_or_path)))
