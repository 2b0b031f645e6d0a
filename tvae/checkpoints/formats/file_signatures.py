"""Names a file that is not a model: a picture, a document, an archive, a table, a text or a failed download.

The names are used in error messages only. Models of other libraries are in `foreign`.
"""

import re
from codecs import getincrementaldecoder
from collections.abc import Collection
from pathlib import PurePosixPath
from typing import Final

Kind = tuple[str, str]  # what it is, as a noun phrase, and what to do

COPY_AGAIN: Final = "Download, copy or save it again."
OTHER_FILE: Final = "Use a file that torch.save or tvae wrote."
UNPACK: Final = "Unpack it, and use the checkpoint in it."
LOG_IN: Final = "Log in where it comes from (for the Hub: hf auth login), then download it again."
READ: Final = 65_536  # bytes of a text that are looked at
SHOWN: Final = 60  # characters of a text or a name in a message

_SIGNATURES: Final = (
    (b"\x89PNG\r\n\x1a\n", "a picture (PNG)", OTHER_FILE),
    (b"\xff\xd8\xff", "a picture (JPEG)", OTHER_FILE),
    (b"GIF8", "a picture (GIF)", OTHER_FILE),
    (b"%PDF", "a PDF document", OTHER_FILE),
    (b"\x93NUMPY", "an array saved by NumPy", OTHER_FILE),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file, as Keras writes it", OTHER_FILE),
    (b"GGUF", "a GGUF model, as llama.cpp reads it", OTHER_FILE),
    (b"PAR1", "a Parquet table", OTHER_FILE),
    (b"SQLite format 3\0", "an SQLite database", OTHER_FILE),
    (b"PK\x05\x06", "an empty ZIP archive", OTHER_FILE),
    (b"\x1f\x8b", "a gzip archive", UNPACK),
    (b"BZh", "a bzip2 archive", UNPACK),
    (b"\xfd7zXZ\0", "an xz archive", UNPACK),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", UNPACK),
)
_IN_ZIP: Final = (  # by a part of the names in the archive
    ("word/", "a Word document", OTHER_FILE),
    ("xl/", "an Excel workbook", OTHER_FILE),
    ("ppt/", "a PowerPoint presentation", OTHER_FILE),
    ("model.weights.h5", "a Keras model", OTHER_FILE),
)
_FAILED: Final = re.compile(
    r"not found|denied|unauthori[sz]ed|forbidden|restricted|invalid|error|log ?in|sign ?in|token|gated", re.IGNORECASE
)
_LOGIN: Final = re.compile(rb"log ?in|sign ?in|password", re.IGNORECASE)


def kind_of_data(data: bytes) -> Kind | None:
    """The kind of file that the first bytes of `data` show, or its text; None if neither is known."""
    for start, found, action in _SIGNATURES:
        if data.startswith(start):
            return found, action
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "a picture (WebP)", OTHER_FILE
    if data[257:262] == b"ustar":
        return "a tar archive", UNPACK
    return _kind_of_text(data)


def _kind_of_text(data: bytes) -> Kind | None:
    """What a text in UTF-8 is; None for data that are no text."""
    try:
        text = getincrementaldecoder("utf-8")().decode(data[:READ], final=len(data) <= READ).strip()
    except UnicodeDecodeError:
        return None
    if not text or not all(letter.isprintable() or letter in "\t\r\n" for letter in text):
        return None
    start = data[:512].lstrip().lower()
    if start.startswith(b"version https://git-lfs"):
        return "a Git LFS pointer instead of the weights", "Run git lfs pull in its repository."
    if b"<svg" in start:
        return "a picture (SVG)", OTHER_FILE
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        if _LOGIN.search(data[:READ]):
            return "a web page that asks for a login, instead of the weights", LOG_IN
        return "a web page instead of the weights", "Download the file itself, not the page about it."
    if len(data) <= 500 and _FAILED.search(text):
        return f"a server's answer ({_shown(text)}) instead of the weights", LOG_IN
    if text.startswith(("{", "[")):
        return "a JSON file", OTHER_FILE
    if text.startswith(">"):
        return "sequences in FASTA", "Encode them on the Codons tab, or use a file that torch.save or tvae wrote."
    return _kind_of_lines(text.splitlines()[:10]), OTHER_FILE


def _kind_of_lines(lines: list[str]) -> str:
    for separator, name in ((",", "a table (CSV)"), ("\t", "a table (TSV)")):
        counts = {line.count(separator) for line in lines}
        if len(lines) > 1 and len(counts) == 1 and 0 not in counts:
            return name
    return f"a text ({_shown(lines[0])})"


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return f'"{line}"' if len(line) <= SHOWN else f'"{line[:SHOWN]}..."'


def kind_of_archive(names: Collection[str]) -> Kind:
    """What a zip archive is that torch.save did not write, by the names in it."""
    for part, found, action in _IN_ZIP:
        if any(name.startswith(part) for name in names):
            return found, action
    suffixes = {PurePosixPath(name).suffix.lower(): name for name in names if not name.endswith("/")}
    if inside := next((suffixes[one] for one in (".safetensors", ".pt", ".pth", ".ckpt") if one in suffixes), None):
        return f"a ZIP archive with {_shown(ascii(inside)[1:-1])} in it", "Unpack it, and use that file."
    if set(suffixes) == {".npy"}:
        return "arrays saved by NumPy (.npz)", OTHER_FILE
    if not suffixes:
        return "an empty ZIP archive", OTHER_FILE
    first = next(name for name in names if not name.endswith("/"))
    return f"a ZIP archive of other files ({_shown(ascii(first)[1:-1])}, ...)", OTHER_FILE
