"""Sequences as tokens: FASTA text read strictly, codons or amino acids, the first 100 of each sequence.

    records = read_fasta(">one\\nATGAAA...")             names and letters
    tokens(records[0], "codons")                        (L,) indices of codons, in frame from the first letter
    padded(tokens)                                      (100,) the first 100, and index 0 after a shorter one's end
    tokens(records[0], "codons", missing=True)          -1 for a token that a gap or an ambiguous letter hides

DNA and RNA are accepted, in upper or lower case. Nothing is guessed or skipped: an ambiguous letter, one that is not
ASCII, a gap, an incomplete codon or an empty record raises an error with the record's name, the position and the next
action, unless the caller asks for missing tokens. Padding has index 0, which is also a token (the codon TTT, alanine):
exclude padding from counts.

This does not use Biopython because its messages lack the position, and it adds 22 MB for what takes 30 lines.
"""

import codecs
import re
import shlex
import string
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from tvae.checkpoints.atomic_files import storage
from tvae.errors import SequenceError
from tvae.operations import codons
from tvae.operations.validation import quoted

Alphabet = Literal["codons", "amino acids"]
LENGTH: Final = 100  # tokens of a sequence that the network reads
LETTERS: Final[dict[Alphabet, str]] = {"codons": "ACGT", "amino acids": codons.AMINO_ACIDS}
TOKENS: Final[dict[Alphabet, int]] = {"codons": codons.C, "amino acids": len(codons.AMINO_ACIDS)}

MISSING: Final = -1  # in place of a token: a codon or an amino acid with a gap or an ambiguous letter
MAX_RECORDS: Final = 10_000
MAX_LETTERS: Final = 150_000  # of one sequence; the longest known coding sequence, that of titin, has 108,000
MAX_FILE: Final = 64 * 2**20  # bytes
MAX_NAME: Final = 80  # characters of a name that are kept
MAX_TITLE: Final = 1_000  # characters of a line after > that are kept

Tokens = NDArray[np.int64]

_GAPS: Final = "-.~"
_AMBIGUOUS_BASES: Final = "RYSWKMBDHVNX"
_ACIDS_ALONE: Final = "EFILPQ"  # letters of amino acids that are not letters of (ambiguous) bases
_AMBIGUOUS_ACIDS: Final = "XBZJ"
_BYTE_ORDER_MARK: Final = "\ufeff"
_REMOVE_MARK: Final = "Remove it; it is accepted only before a >."
# Other letters are not changed: str.upper() would turn the German sharp s into SS.
_READ: Final = str.maketrans(string.ascii_lowercase, string.ascii_uppercase, string.whitespace)
_EXAMPLE: Final = "A record is a line such as >name and lines of letters below it"


@dataclass(frozen=True)
class Record:
    """One sequence of the input."""

    id: str  # the first word after >; "sequence" for letters without a name
    number: int  # 1-based place in the input
    letters: str  # ASCII letters in upper case, without ASCII white space
    title: str = ""  # the whole line after >, which begins with the name

    @property
    def named(self) -> str:
        """Name of the record for messages."""
        return f"Sequence {self.number} ({self.id[:MAX_NAME]!r})"


def read_file(path: Path) -> tuple[Record, ...]:
    """`read_fasta` of a file. Raises SequenceError, or StorageError if it cannot be read."""
    with storage(path):
        if not path.is_file():
            raise SequenceError(f"{str(path)[:200]!r} is not a file. Give the path of a FASTA file.")
        if (size := path.stat().st_size) > MAX_FILE:
            raise SequenceError(f"{path.name} has {size:,} bytes; at most {MAX_FILE:,} are read. Split the file.")
        data = path.read_bytes()
    return read_fasta(decoded(data, path.name))


def decoded(data: bytes, name: str) -> str:
    """The text of a FASTA file in UTF-8. Raises SequenceError, which says what the file is if it is recognised."""
    file = shlex.quote(name)
    if data.startswith(b"\x1f\x8b"):
        raise SequenceError(f"{name} is compressed. Unpack it first: gunzip {file}")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SequenceError(f"{name} is in UTF-16. Save it as UTF-8: iconv -f UTF-16 -t UTF-8 {file} > utf8.fasta")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        place = f"byte {error.start + 1:,}"
        if re.search(rb"[\x00-\x08\x0e-\x1f]", data):
            raise SequenceError(f"{name} is not a text file ({place}). Give a FASTA file.") from error
        raise SequenceError(
            f"{name} is not in UTF-8: {place} is 0x{data[error.start]:02x}, as in a Latin-1 or Windows-1252 file. Save "
            f"it as UTF-8: iconv -f WINDOWS-1252 -t UTF-8 {file} > utf8.fasta"
        ) from error


def read_fasta(text: object) -> tuple[Record, ...]:
    """The records of a FASTA text, in order; letters without any > line are one record named "sequence".

    A byte-order mark is accepted at the start and before each >, where joining files leaves it. Letters are only
    counted here; `tokens` reads them. Raises SequenceError if the input is not text, is not Unicode (a lone surrogate,
    which JSON can have), is in GenBank's format, has no record, a byte-order mark in a name, a record without letters,
    letters before the first of several records, or exceeds the limits above.
    """
    if not isinstance(text, str):
        raise SequenceError(f"The sequences are text in FASTA format, not {quoted(text)}. {_EXAMPLE}.")
    if lone := re.search("[\ud800-\udfff]", text):
        raise SequenceError(
            f"Character {lone.start() + 1:,} of the text, {lone[0]!r}, is half of a pair that UTF-16 uses for one "
            "letter. Send the text as UTF-8."
        )
    if not text.strip():
        raise SequenceError(f"There is no sequence: the text is empty. {_EXAMPLE}.")
    text = text.lstrip(_BYTE_ORDER_MARK)
    if text.lstrip().startswith(("LOCUS ", "LOCUS\t")):
        raise SequenceError(
            "The text is in GenBank's format, not FASTA. Save the genes as FASTA; at NCBI, choose Send to, Coding "
            "Sequences, FASTA Nucleotide."
        )
    before, *parts = re.split(rf"[\r\n]{_BYTE_ORDER_MARK}*>", text, maxsplit=MAX_RECORDS + 1)
    if before.startswith(">"):
        before, parts = "", [before[1:], *parts]
    if before.strip() and parts:
        raise SequenceError(
            f"{before.strip()[:20]!r} stands before the first record. {_EXAMPLE}; name the first letters as well."
        )
    if len(parts) > MAX_RECORDS:
        raise SequenceError(f"The text has more than {MAX_RECORDS:,} records; at most these are read. Send fewer.")
    if not parts:
        return (_record("sequence", before, 1),)
    return tuple(_record(*_split(part), number) for number, part in enumerate(parts, 1))


def _split(part: str) -> tuple[str, str]:
    """The first line, and the lines below."""
    title, *lines = re.split(r"[\r\n]", part, maxsplit=1)
    return title, "".join(lines)


def _record(title: str, lines: str, number: int) -> Record:
    """The record; its name is the first word of the title."""
    name = next(iter(title.split(maxsplit=1)), "")[:MAX_NAME] or "unnamed"
    record = Record(name, number, lines.translate(_READ), title.strip()[:MAX_TITLE])
    if _BYTE_ORDER_MARK in record.id:
        raise SequenceError(f"{record.named} has a byte-order mark in its name. {_REMOVE_MARK}", record.id)
    if not record.letters:
        raise SequenceError(f"{record.named} has no letters. Add them below its > line, or leave it out.", record.id)
    if len(record.letters) > MAX_LETTERS:
        raise SequenceError(
            f"{record.named} has {len(record.letters):,} letters; at most {MAX_LETTERS:,} are read, as many as the "
            "longest coding sequences have. Give one gene at a time.",
            record.id,
            MAX_LETTERS + 1,
        )
    return record


def tokens(record: Record, alphabet: Alphabet, missing: bool = False) -> Tokens:
    """All tokens of a sequence (L,), L >= 1: codon indices, read from the first letter on, or places in `AMINO_ACIDS`.

    With `missing`, a token that has a gap or an ambiguous letter is `MISSING`, and the sequence needs one that has not.
    Raises SequenceError, with the record's name and the 1-based position, for a letter outside the alphabet, for T and
    U in one sequence, and for a last codon that is not whole.
    """
    letters = record.letters
    if alphabet == "codons":
        letters = _dna(record)
    hidden = (_GAPS + (_AMBIGUOUS_BASES if alphabet == "codons" else _AMBIGUOUS_ACIDS)) if missing else ""
    wrong = re.search(f"[^{re.escape(LETTERS[alphabet] + hidden)}]", letters)
    if wrong:
        raise _refusal(record, wrong.start(), alphabet)
    if alphabet == "amino acids":
        return _known(record, _places(letters, codons.AMINO_ACIDS)[:, None], np.ones(1, np.int64))
    if rest := len(letters) % 3:
        raise SequenceError(
            f"{record.named} has {len(letters):,} bases, {rest} more than whole codons. Its last codon is not "
            "complete: give the coding sequence from the start codon on, in frame, a multiple of three.",
            record.id,
            len(letters) - rest + 1,
        )
    return _known(record, _places(letters, codons.BASES).reshape(-1, 3), np.array([16, 4, 1]))


def _known(record: Record, places: Tokens, weights: Tokens) -> Tokens:
    """Places of letters (L, letters of a token) -> tokens (L,), `MISSING` where a place is."""
    found = np.where((places == MISSING).any(1), MISSING, places @ weights)
    if (found == MISSING).all():
        raise SequenceError(
            f"{record.named} has a gap or an ambiguous letter in each token. Leave it out; if it is a protein, use a "
            "model of amino acids.",
            record.id,
        )
    return found


def _places(letters: str, order: str) -> Tokens:
    """Place of each letter in `order`, or `MISSING` for one that is not in it; both are ASCII."""
    place = np.full(128, MISSING, np.int64)
    place[list(order.encode())] = np.arange(len(order))
    found: Tokens = place[np.frombuffer(letters.encode(), np.uint8)]
    return found


def _dna(record: Record) -> str:
    """The letters with U replaced by T; a sequence with both is neither DNA nor RNA."""
    letters = record.letters
    if "T" in letters and "U" in letters:
        position = max(letters.index("T"), letters.index("U")) + 1
        raise SequenceError(
            f"{record.named} has T and U (the second kind first at position {position:,}): it is neither DNA nor RNA. "
            "Write T or U throughout.",
            record.id,
            position,
        )
    return letters.replace("U", "T")


def _refusal(record: Record, place: int, alphabet: Alphabet) -> SequenceError:
    letter = record.letters[place]
    what, action = _reason(letter, record.letters, alphabet)
    return SequenceError(
        f"{record.named} has {letter!r} at position {place + 1:,}: {what}. {action}", record.id, place + 1
    )


def _reason(letter: str, letters: str, alphabet: Alphabet) -> tuple[str, str]:
    """Description of a wrong letter, and the next action."""
    if letter == _BYTE_ORDER_MARK:
        return "a byte-order mark", _REMOVE_MARK
    if letter in _GAPS:
        return "a gap", "Remove the gaps of an alignment; sequences are read without them."
    if alphabet == "amino acids":
        if letter in _AMBIGUOUS_ACIDS:
            return "an ambiguous amino acid", "Leave the sequence out, or put the right amino acid there."
        if letter in "UO":
            what = {"U": "selenocysteine", "O": "pyrrolysine"}[letter]
            return f"{what}, which has no token", "Leave the sequence out."
        return f"not an amino acid{_name(letter)}", f"Accepted are {codons.AMINO_ACIDS[:-1]} and * for a stop."
    if set(letters) & set(_ACIDS_ALONE) and letter in codons.AMINO_ACIDS:
        return "not a base", "This looks like a protein: use a model of amino acids, or give its coding sequence."
    if letter in _AMBIGUOUS_BASES:
        return "an ambiguous base", "Leave the sequence out, or put the right base there."
    return f"not a base{_name(letter)}", "Accepted are A, C, G and T (or U)."


def _name(letter: str) -> str:
    """What Unicode calls a letter that is not ASCII: it may look like an ASCII letter, or be invisible."""
    return "" if letter.isascii() else f" but {unicodedata.name(letter, f'U+{ord(letter):04X}')}"


def all_tokens(records: Sequence[Record], alphabet: Alphabet, missing: bool = False) -> list[Tokens]:
    """`tokens` of each record."""
    return [tokens(record, alphabet, missing) for record in records]


def padded(found: Tokens) -> Tokens:
    """The first 100 tokens (100,); index 0 after the end of a shorter sequence, and for a missing token."""
    first = np.maximum(found[:LENGTH], 0)
    return np.concatenate([first, np.zeros(LENGTH - len(first), np.int64)])


def text_of(found: Tokens, alphabet: Alphabet) -> str:
    """Tokens (L,) as letters: three bases of DNA each, or one amino acid."""
    if alphabet == "codons":
        return codons.codon_text(found)
    return "".join(codons.AMINO_ACIDS[index] for index in found.tolist())
