"""What the message calls a file that is no model, and what it says to do."""

import gzip
import io
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image
from refusals import refusal

from tvae.checkpoints.formats.file_signatures import COPY_AGAIN, LOG_IN, OTHER_FILE, UNPACK


def picture(form: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, form)
    return buffer.getvalue()


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, b"content")
    return buffer.getvalue()


def numpy_file(*, many: bool) -> bytes:
    buffer = io.BytesIO()
    if many:
        np.savez(buffer, a=np.arange(3), b=np.arange(4))
    else:
        np.save(buffer, np.arange(3))
    return buffer.getvalue()


def tarred() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("best.pt"))
    return buffer.getvalue()


FILES: dict[str, tuple[bytes, str, str]] = {
    "PNG": (picture("PNG"), "a picture (PNG)", OTHER_FILE),
    "JPEG": (picture("JPEG"), "a picture (JPEG)", OTHER_FILE),
    "GIF": (picture("GIF"), "a picture (GIF)", OTHER_FILE),
    "WebP": (picture("WEBP"), "a picture (WebP)", OTHER_FILE),
    "SVG": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "a picture (SVG)", OTHER_FILE),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF document", OTHER_FILE),
    "NumPy": (numpy_file(many=False), "an array saved by NumPy", OTHER_FILE),
    "NumPy archive": (numpy_file(many=True), "arrays saved by NumPy (.npz)", OTHER_FILE),
    "gzip": (gzip.compress(b"weights"), "a gzip archive", UNPACK),
    "tar": (tarred(), "a tar archive", UNPACK),
    "Word": (zipped("[Content_Types].xml", "word/document.xml"), "a Word document", OTHER_FILE),
    "Excel": (zipped("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook", OTHER_FILE),
    "ZIP of a checkpoint": (
        zipped("notes.txt", "models/best.pt"),
        'a ZIP archive with "models/best.pt" in it',
        "Unpack it, and use that file.",
    ),
    "ZIP": (
        zipped("photos/", "photos/a.jpg", "b.jpg"),
        'a ZIP archive of other files ("photos/a.jpg", ...)',
        OTHER_FILE,
    ),
    "empty ZIP": (zipped(), "an empty ZIP archive", OTHER_FILE),
    "web page": (
        b"<!DOCTYPE html><title>best.pt</title>",
        "a web page instead of the weights",
        "Download the file itself",
    ),
    "login page": (
        b"<!doctype html><title>Hugging Face</title><form>Log In <input type=password></form>",
        "a web page that asks for a login, instead of the weights",
        LOG_IN,
    ),
    "pointer": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
        "a Git LFS pointer instead of the weights",
        "Run git lfs pull in its repository.",
    ),
    "refusal of the Hub": (
        b'{"error":"Access to model a/b is restricted. You must have access to it."}',
        "a server's answer (",
        LOG_IN,
    ),
    "JSON": (b'{"seed": 1, "steps": [1, 2]}', "a JSON file", OTHER_FILE),
    "CSV": (b"index,radius\n0,1.5\n1,2.5\n", "a table (CSV)", OTHER_FILE),
    "TSV": (b"index\tradius\n0\t1,5\n1\t2,5\n", "a table (TSV)", OTHER_FILE),
    "FASTA": (b">gene\nATGGCTAAA\n", "sequences in FASTA", "Encode them on the Codons tab"),
    "text": (
        b"Milk, eggs\nand a very long list of other things that nobody wants to read here\n",
        "a text (",
        OTHER_FILE,
    ),
    "bytes": (bytes(range(128, 256)), "128 bytes of something else", OTHER_FILE),
    "truncated safetensors": ((90).to_bytes(8, "little") + b'{"w": {}', "a truncated safetensors file", COPY_AGAIN),
    "truncated torch": (b"PK\x03\x04" + bytes(200), "a damaged or truncated zip archive", COPY_AGAIN),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_called_what_it_is_with_advice_that_fits(name: str) -> None:
    data, found, action = FILES[name]
    error = refusal(data)
    assert error.found.startswith(found)
    assert error.action.startswith(action)


@pytest.mark.parametrize("name", FILES)
def test_only_what_is_incomplete_is_to_be_downloaded_again(name: str) -> None:
    data, found, _ = FILES[name]
    again = COPY_AGAIN in str(refusal(data))
    assert again == ("truncated" in found)


def test_a_letter_that_is_cut_at_the_end_of_what_is_read_does_not_make_a_text_data() -> None:
    long = ("é" * 40_000).encode()  # two bytes each, so that 65,536 bytes end between letters; and one more byte
    for data in (long, b"x" + long):
        assert refusal(data).found.startswith('a text ("')


def test_names_in_an_archive_are_shown_on_one_line() -> None:
    found = refusal(zipped("a\nb\u202e" + "c" * 100 + ".txt")).found
    assert found.startswith("a ZIP archive of other files (")
    assert found.isprintable()
    assert len(found) < 120
