"""Sequence files that once were misread, printed raw or ended in a traceback, through the command line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from paths import ROOT
from sequence_layouts import BY_FILE, bytes_of

from tvae.__main__ import main

Captured = pytest.CaptureFixture[str]

FILES = {
    "escape_id.fasta": b">a\x1b[31mred\x1b]0;t\x07\nATGGCT\n",
    "greek_id.fasta": ">\u03b1-tubulin\nATGGCT\n".encode(),
    "protein_sharp_s.fasta": ">a\nMAKßL\n".encode(),
    "utf16.fasta": ">a\nATGGCTAAATGA\n".encode("utf-16"),
    "utf16_big_endian.fasta": b"\xfe\xff" + ">a\nATG\n".encode("utf-16-be"),
    "bom_twice.fasta": "\ufeff>a\nATGGCTAAATGA\n\ufeff>b\nATGGCTAAATGA\n".encode(),
    "bom_inside.fasta": ">a\nATG\ufeffGCT\n".encode(),
    "internal_stop.fasta": b">a\nATGTGAGCTTAA\n",
    "latin_1.fasta": ">gène one\nATGGCT\n".encode("latin-1"),
    "genes.gb": b"LOCUS       NC_000932             154478 bp    DNA     circular PLN 01-JAN-2000\nORIGIN\n",
    "lookalike.fasta": ">a\nATG\u0391AA\n".encode(),
    "no_break_space.fasta": ">a\nATG\u00a0AAA\n".encode(),
}
# Of the file's name: the exit status, and words of the output.
SAYS = {
    "escape_id.fasta": (0, r"a\x1b[31mred\x1b]0;t\x07            2      2"),
    "greek_id.fasta": (0, "\u03b1-tubulin            2"),
    "utf16.fasta": (2, "utf16.fasta is in UTF-16. Save it as UTF-8: iconv -f UTF-16 -t UTF-8 utf16.fasta > utf8.fasta"),
    "utf16_big_endian.fasta": (2, "is in UTF-16. Save it as UTF-8: iconv"),
    "bom_twice.fasta": (0, "of 8 codons right"),
    "bom_inside.fasta": (2, r"Sequence 1 ('a') has '\ufeff' at position 4: a byte-order mark. Remove it; it is"),
    "internal_stop.fasta": (
        0,
        "note: A stop comes before the end in 1 of 1 sequences (genetic code 1, first in sequence 1, 'a'). Check the "
        "reading frame and the code.",
    ),
    "latin_1.fasta": (
        2,
        "latin_1.fasta is not in UTF-8: byte 3 is 0xe8, as in a Latin-1 or Windows-1252 file. Save it as UTF-8: "
        "iconv -f WINDOWS-1252 -t UTF-8 latin_1.fasta > utf8.fasta",
    ),
    "genes.gb": (2, "The text is in GenBank's format, not FASTA. Save the genes as FASTA; at NCBI, choose Send to,"),
    "lookalike.fasta": (2, "'\u0391' at position 4: not a base but GREEK CAPITAL LETTER ALPHA. Accepted are"),
    "no_break_space.fasta": (2, r"'\xa0' at position 4: not a base but NO-BREAK SPACE."),
}  # fmt: skip


@pytest.mark.parametrize("name", SAYS)
def test_what_is_said_of_a_file(name: str, tmp_path: Path, capsys: Captured) -> None:
    (path := tmp_path / name).write_bytes(FILES[name])
    status, words = SAYS[name]
    assert main(["sequences", "codons_brca1", str(path)]) == status
    output = capsys.readouterr()
    assert words in (output.err if status else output.out)
    assert (output.out == "", output.err.count("\n")) == (status == 2, status // 2)
    assert not {"\x1b", "\x07"} & set(output.out + output.err)


def test_no_letter_of_a_protein_is_folded(tmp_path: Path, capsys: Captured) -> None:
    (model := tmp_path / "aa_vae_all.pt").write_bytes(bytes_of(BY_FILE["aa_vae_all.pt"]))
    (path := tmp_path / "protein_sharp_s.fasta").write_bytes(FILES["protein_sharp_s.fasta"])
    assert main(["sequences", str(model), str(path)]) == 2
    said = capsys.readouterr().err
    assert "Sequence 1 ('a') has 'ß' at position 4: not an amino acid but LATIN SMALL LETTER SHARP S." in said


@pytest.mark.parametrize("settings", [{"PYTHONIOENCODING": "cp1252"}, {"LC_ALL": "C"}])
def test_a_letter_that_the_terminal_lacks_is_escaped(settings: dict[str, str], tmp_path: Path) -> None:
    (path := tmp_path / "greek_id.fasta").write_bytes(FILES["greek_id.fasta"])
    command = [sys.executable, "-m", "tvae", "sequences", "codons_brca1", str(path)]
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONUTF8", "PYTHONIOENCODING")}
    done = subprocess.run(command, cwd=ROOT, env=environment | settings, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert (r"\u03b1-tubulin" if "PYTHONIOENCODING" in settings else "\u03b1-tubulin").encode() in done.stdout
