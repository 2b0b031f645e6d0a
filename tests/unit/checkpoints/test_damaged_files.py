"""Files that are truncated, damaged, or not checkpoints: a clear message each, and never another error."""

import io
import json
import os
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from archives import (
    MAGIC,
    STOP,
    Calls,
    archive_of,
    edited,
    pickled,
    records_of,
    saved,
    state,
    storage,
    tensor,
    text,
    with_pickle,
)
from paths import DATA
from refusals import refusal

from tvae.checkpoints.checkpoint_file import Checkpoint, parse, read
from tvae.checkpoints.formats.torch_archive import scan
from tvae.errors import CheckpointFileError

GOLDEN = DATA / "homeostatic_rich_layout.pt"


@pytest.mark.parametrize("share", [k / 20 for k in range(20)] + [0.9999, 0.99999])
def test_a_truncated_file_is_rejected(share: float) -> None:
    whole = GOLDEN.read_bytes()
    refusal(whole[: int(len(whole) * share)])


@pytest.fixture(scope="module")
def golden() -> Checkpoint:
    return read(GOLDEN)


@pytest.mark.parametrize("region", ["anywhere", "pickle", "directory"])
def test_flipped_bits_are_refused_or_harmless(region: str, golden: Checkpoint) -> None:
    whole = GOLDEN.read_bytes()
    low, high = {
        "anywhere": (0, len(whole)),
        "pickle": (0, 64 + len(records_of(whole)["data.pkl"])),
        "directory": (whole.index(b"PK\x01\x02"), len(whole)),
    }[region]
    rng = random.Random(region)
    for _ in range(60):
        damaged = bytearray(whole)
        damaged[rng.randrange(low, high)] ^= 1 << rng.randrange(8)
        try:
            found = parse(Path("best.pt"), bytes(damaged))
        except CheckpointFileError:
            continue
        assert found.weights.keys() == golden.weights.keys()
        assert all(torch.equal(found.weights[name], golden.weights[name]) for name in golden.weights)


@pytest.mark.filterwarnings("ignore:invalid escape sequence:DeprecationWarning")  # of pickletools
def test_flipped_bits_of_the_pickle_itself_are_refused_or_harmless(golden: Checkpoint) -> None:
    """With a corrected checksum, so that the pickle is read."""
    records = records_of(GOLDEN.read_bytes())
    rng = random.Random(2)
    for _ in range(120):
        code = bytearray(records["data.pkl"])
        code[rng.randrange(len(code))] ^= 1 << rng.randrange(8)
        try:
            found = parse(Path("best.pt"), archive_of({**records, "data.pkl": bytes(code)}))
        except CheckpointFileError:
            continue
        assert {name: tensor.shape for name, tensor in found.weights.items()} == {
            name: tensor.shape for name, tensor in golden.weights.items()
        }


def test_a_duplicate_name_is_rejected() -> None:
    records = records_of(GOLDEN.read_bytes())
    for second in ("data.pkl", "data/0"):
        with pytest.warns(UserWarning, match="Duplicate name"):
            data = twice(records, second)
        assert "overlap or exceed" in refusal(data).found


def twice(records: dict[str, bytes], second: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, record in [*records.items(), (second, records[second])]:
            archive.writestr(f"archive/{name}", record)
    return buffer.getvalue()


def test_only_one_pickle_is_read() -> None:
    records = records_of(GOLDEN.read_bytes())
    other = archive_of({**records, "../other/data.pkl": records["data.pkl"]})
    assert "without exactly one data.pkl" in refusal(other).found
    assert "a ZIP archive of other files" in refusal(archive_of({"data/0": b""})).found
    hidden = archive_of({**records, "DATA.PKL": HOSTILE_PICKLE})  # torch's zip reader does not mind the case of letters
    assert parse(Path("best.pt"), hidden).weights.keys() == read(GOLDEN).weights.keys()


HOSTILE_PICKLE = pickled(Calls(os.system, "false"))


def test_compressed_and_scripted_archives_are_refused() -> None:
    records = records_of(GOLDEN.read_bytes())
    assert "compressed" in refusal(archive_of(records, zipfile.ZIP_DEFLATED)).found
    assert "TorchScript" in refusal(archive_of({**records, "constants.pkl": b"", "code/net.py": b""})).found


NOT_CHECKPOINTS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "an empty file"),
    "web page": (b"<!DOCTYPE html><html>...", "a web page"),
    "pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "a Git LFS pointer"),
    "JSON": (b'{"error": "Entry not found"}', "a server's answer"),
    "text": (b"Not Found", "a server's answer"),
    "pickle": (pickled({"model": {}}), "a bare pickle"),
    "newer pickle": (pickled({"model": {}}, 5), "a bare pickle"),
    "zeros": (bytes(1000), "1,000 bytes of something else"),
    "a header longer than the file": ((10_000).to_bytes(8, "little") + b'{"w": {}}', "a truncated safetensors file"),
    "only a zip's start": (b"PK\x03\x04", "a damaged or truncated zip archive"),
}


@pytest.mark.parametrize("name", NOT_CHECKPOINTS)
def test_files_that_are_not_checkpoints_are_named_for_what_they_are(name: str) -> None:
    data, found = NOT_CHECKPOINTS[name]
    assert refusal(data).found.startswith(found)
    assert "checkpoint_hub" not in str(refusal(data))  # it may be anybody's file


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("empty", "Download, copy or save it again."),
        ("a header longer than the file", "Download, copy or save it again."),
        ("only a zip's start", "Download, copy or save it again."),
        ("zeros", "Use a file that torch.save or tvae wrote."),
        ("pointer", "Run git lfs pull in its repository."),
        ("web page", "Download the file itself, not the page about it."),
    ],
)
def test_the_advice_fits_any_file(name: str, action: str) -> None:
    assert refusal(NOT_CHECKPOINTS[name][0]).action == action


WEIGHT = tensor(storage(4), (4,), (1,))
NO_CHECKPOINT: dict[str, tuple[bytes, str]] = {
    "mark as a value": (MAGIC + b"(\x85" + STOP, "a list"),
    "a list": (MAGIC + b"]" + STOP, "a list"),
    "an empty tuple after a mark": (MAGIC + b"(t" + STOP, "a list"),
    "a number": (MAGIC + b"K\x05" + STOP, "a number"),
    "a state dict that is a list": (MAGIC + b"}" + text("model") + b"]s" + STOP, "no tensors"),
    "a weight without a name": (
        MAGIC + b"}" + text("model") + b"}K\x01" + WEIGHT + b"ss" + STOP,
        "'1' under 'model', which is not a named tensor",
    ),
    "a weight that is a text": (
        MAGIC + b"}" + text("model") + b"}" + text("w") + text("w") + b"ss" + STOP,
        "'w' under 'model', which is not a named tensor",
    ),
    "dict of itself": (
        MAGIC + b"}q\x00" + text("model") + b"h\x00s" + STOP,
        "'model' under 'model', which is not a named tensor",
    ),
    "one weight": (state(("w", WEIGHT)), "1 tensor (w)"),
}


@pytest.mark.parametrize("name", NO_CHECKPOINT)
def test_a_valid_pickle_without_a_checkpoint_is_rejected(name: str) -> None:
    code, found = NO_CHECKPOINT[name]
    scan(with_pickle(code, _0=bytes(16)))
    assert refusal(with_pickle(code, _0=bytes(16))).found == found


def test_a_legacy_file_of_torch_is_named() -> None:
    buffer = io.BytesIO()
    torch.save({"model": {}}, buffer, _use_new_zipfile_serialization=False)
    assert "bare pickle" in refusal(buffer.getvalue()).found


@pytest.mark.parametrize("name", ["missing.pt", "", "null\0.pt", "x" * 400 + ".pt"])
def test_paths_that_cannot_be_read_are_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(
        CheckpointFileError, match=r"no such file|cannot be read \((Is a dir|File name too|its path has)"
    ):
        read(tmp_path / name)


def test_a_very_large_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.pt"
    with path.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(CheckpointFileError, match="1,099,511,627,776 bytes; expected at most 536,870,912"):
        read(path)


def test_structures_that_contain_themselves_are_read() -> None:
    """In the metadata; they are cut off at a certain depth."""
    endless: dict[str, Any] = {}
    endless["again"] = endless
    chain: list[Any] = []
    for _ in range(50_000):
        chain = [chain]
    records = records_of(GOLDEN.read_bytes())
    code = records["data.pkl"]
    inner = b"}q\xfe" + text("again") + b"h\xfes" + b"".join([b"]"] * 50_000) + b"a" * 49_999
    assert code.endswith(b"u.")
    beside = text("endless") + inner[: inner.index(b"]")] + text("chain") + inner[inner.index(b"]") :]
    found = parse(Path("best.pt"), archive_of({**records, "data.pkl": code[:-2] + beside + b"u."}))
    assert json.dumps(found.metadata["endless"]).count("again") == 8
    assert json.dumps(found.metadata["chain"]).count("[") == 8


def test_metadata_are_json_values() -> None:
    data = edited(GOLDEN.read_bytes(), text("general"), text("g\n\u2028!!"))
    assert json.loads(json.dumps(parse(Path("best.pt"), data).metadata, allow_nan=False))
    odd = saved({**torch.load(GOLDEN), "nan": float("nan"), 5: 1, "inf": [float("-inf")], "t": torch.zeros(2)})
    metadata = parse(Path("best.pt"), odd).metadata
    assert (metadata["nan"], metadata["5"], metadata["inf"], metadata["t"]) == ("nan", 1, ["-inf"], "<Tensor>")
