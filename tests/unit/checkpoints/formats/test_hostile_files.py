"""Malicious files: a clear message each, nothing is run, and little memory is used."""

import builtins
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from archives import (
    MAGIC,
    STOP,
    Calls,
    named,
    numbers,
    numpy_scalar,
    records_of,
    saved,
    state,
    storage,
    tensor,
    text,
    with_pickle,
)
from bombs import BOMBS
from paths import DATA, ROOT
from refusals import refusal

from tvae.checkpoints.formats.tensor_spec import BadTorchFile
from tvae.checkpoints.formats.torch_archive import scan

GOLDEN = DATA / "homeostatic_rich_layout.pt"


MARKER = Path("marker-of-a-pickle-that-ran")
HOSTILE: dict[str, Callable[[], bytes]] = {
    "os.system": lambda: saved({"model": Calls(os.system, f"touch {MARKER}")}),
    "builtins.eval": lambda: saved({"model": Calls(builtins.eval, f"open({str(MARKER)!r}, 'w')")}),
    "builtins.exec in the metrics": lambda: saved({"model": {}, "metrics": Calls(builtins.exec, "1")}),
    "builtins.bytearray": lambda: saved({"model": Calls(bytearray, 10**9)}),
    "builtins.getattr": lambda: saved({"model": Calls(getattr, "text", "upper")}),
    "pathlib": lambda: saved({"path": MARKER.resolve()}),
    "torch.storage loader": lambda: with_pickle(MAGIC + named("torch.storage _load_from_bytes") + STOP),
    "numpy array": lambda: with_pickle(MAGIC + named("numpy._core.multiarray _reconstruct") + STOP),
    "nearly an allowed name": lambda: with_pickle(MAGIC + named("numpy dtypes.Float64DType") + STOP),
    "os.system in protocol 4": lambda: with_pickle(b"\x80\x04\x8c\x02os\x8c\x06system\x93" + STOP),
    "os.system in protocol 5": lambda: saved({"model": Calls(os.system, f"touch {MARKER}")}, 5),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_call_of_a_pickle_is_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    error = refusal(HOSTILE[name]())
    assert "not allowed and was not run" in error.found
    assert not MARKER.exists()


@pytest.mark.parametrize("name", ["os.system", "builtins.eval"])
def test_the_attacks_are_real(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pickle.loads(records_of(HOSTILE[name]())["data.pkl"])
    assert MARKER.exists()


INSTRUCTIONS = {
    "INST": MAGIC + b"(ios\nsystem\n" + STOP,
    "OBJ": MAGIC + b"(" + named("torch Size") + b"o" + STOP,
    "NEWOBJ": MAGIC + named("torch Size") + b")\x81" + STOP,
    "EXT1": MAGIC + b"\x82\x01" + STOP,
    "PERSID": MAGIC + b"Pstorage\n" + STOP,
    "BYTEARRAY8": MAGIC + b"\x96" + (2**40).to_bytes(8, "little") + STOP,
    "LONG4": MAGIC + b"\x8b" + (300).to_bytes(4, "little") + bytes(300) + STOP,
    "NEXT_BUFFER": MAGIC + b"\x97" + STOP,
    "FROZENSET": MAGIC + b"(\x91" + STOP,
    "EMPTY_SET": MAGIC + b"\x8f" + STOP,
}


@pytest.mark.parametrize("name", INSTRUCTIONS)
def test_instructions_that_torch_does_not_write_are_refused(name: str) -> None:
    assert refusal(with_pickle(INSTRUCTIONS[name])).found in (
        f"the pickle instruction {name}",
        "an invalid data.pkl",
    )


FLOATS_4 = b"\0" * 16
NO_SENSE = "an invalid data.pkl"
NOT_READ: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", NO_SENSE),
    "no end": (MAGIC + b"}", NO_SENSE),
    "empty stack": (MAGIC + STOP, NO_SENSE),
    "no mark": (MAGIC + b"}}u" + STOP, NO_SENSE),
    "memo that is not there": (MAGIC + b"h\x07" + STOP, NO_SENSE),
    "call of a dict": (MAGIC + b"})R" + STOP, NO_SENSE),
    "call with a number": (MAGIC + named("torch Size") + b"K\x05R" + STOP, NO_SENSE),
    "odd number of items": (MAGIC + b"}(K\x01u" + STOP, NO_SENSE),
    "append to a dict": (MAGIC + b"}K\x01a" + STOP, NO_SENSE),
    "key that cannot be hashed": (MAGIC + b"}]K\x01s" + STOP, "a dict with keys of another type"),
    "storage of another kind": (
        state(("w", b"(" + text("file") + named("torch FloatStorage") + text("0") * 2 + b"K\x04tQ")),
        "a malformed storage",
    ),
    "storage without a text as its name": (
        state(("w", b"(" + text("storage") + named("torch FloatStorage") + b"K\x00" + text("cpu") + b"K\x04tQ")),
        "a malformed storage",
    ),
    "storage that is not there": (
        state(("w", tensor(storage(4, key="7"), (4,), (1,)))),
        "a storage of 4 values of 4 bytes with 0 bytes in the file",
    ),
    "storage that is too small": (
        state(("w", tensor(storage(5), (4,), (1,)))),
        "a storage of 5 values of 4 bytes with 16 bytes in the file",
    ),
    "storage that is too large": (
        state(("w", tensor(storage(3), (3,), (1,)))),
        "a storage of 3 values of 4 bytes with 16 bytes in the file",
    ),
    "storage of negative size": (state(("w", tensor(storage(-1), (4,), (1,)))), "a malformed storage"),
    "tensor of no storage": (state(("w", tensor(b"N", (4,), (1,)))), NO_SENSE),
    "negative stride": (state(("w", tensor(storage(4), (2,), (-1,)))), "a malformed tensor"),
    "negative size": (state(("w", tensor(storage(4), (-2,), (1,)))), "a malformed tensor"),
    "negative offset": (state(("w", tensor(storage(4), (2,), (1,), offset=-1))), "a malformed tensor"),
    "sizes and strides that differ": (state(("w", tensor(storage(4), (2, 2), (1,)))), "a malformed tensor"),
    "nine dimensions": (state(("w", tensor(storage(4), (1,) * 9, (1,) * 9))), "a malformed tensor"),
    "offset one past the end": (
        state(("w", tensor(storage(4), (2,), (1,), offset=3))),
        "a tensor of shape [2] that exceeds its storage of 4 values",
    ),
    "stride one past the end": (
        state(("w", tensor(storage(4), (2, 2), (2, 2)))),
        "a tensor of shape [2, 2] that exceeds its storage of 4 values",
    ),
    "one value too many": (
        state(("w", tensor(storage(4), (5,), (0,)))),
        "a tensor of shape [5] that exceeds its storage of 4 values",
    ),
    "two types of one storage": (
        state(("v", tensor(storage(4), (4,), (1,))), ("w", tensor(storage(2, "DoubleStorage"), (2,), (1,)))),
        "one storage with two data types",
    ),
    "two types of one width": (
        state(("v", tensor(storage(4), (4,), (1,))), ("w", tensor(storage(4, "IntStorage"), (4,), (1,)))),
        "one storage with two data types",
    ),
    "size of nine dimensions": (MAGIC + named("torch Size") + numbers((1,) * 9) + b"\x85R" + STOP, "a malformed size"),
    "size that is a text": (MAGIC + named("torch Size") + text("12") + b"\x85R" + STOP, "a malformed size"),
    "other attributes": (MAGIC + b"}}" + text("more") + b"Nsb" + STOP, "attributes set on a tensor"),
    "attributes of a list": (MAGIC + b"]}" + text("_metadata") + b"Nsb" + STOP, "attributes set on a tensor"),
    "scalar of objects": (
        MAGIC + named("numpy dtype") + b"(" + text("O8") + b"\x89\x88tR" + STOP,
        "a numpy scalar of type 'O8'",
    ),
    "text in another codec": (
        MAGIC + named("_codecs encode") + text("x") + text("zip") + b"\x86R" + STOP,
        "a malformed numpy scalar",
    ),
    "a byte order that numpy does not have": (
        MAGIC + named("numpy dtype") + text("i4") + b"\x85R(K\x03" + text("!") + b"tb" + STOP,
        "a malformed numpy scalar",
    ),
    "a reference to numbers": (MAGIC + b"K\x01K\x02\x93" + STOP, "a malformed reference"),
    "a reference of 101 letters": (MAGIC + text("os") + text("x" * 101) + b"\x93" + STOP, "a malformed reference"),
    "a text longer than the file": (MAGIC + b"\x8d" + (2**60).to_bytes(8, "little") + STOP, NO_SENSE),
    "bytes longer than the file": (MAGIC + b"\x8e" + (2**60).to_bytes(8, "little") + STOP, NO_SENSE),
    "nothing to memoise": (MAGIC + b"\x94" + STOP, NO_SENSE),
    "text of nine bytes": (
        MAGIC + named("_codecs encode") + text("x" * 9) + text("latin1") + b"\x86R" + STOP,
        "a malformed numpy scalar",
    ),
    "scalar of too few bytes": (numpy_scalar("f8", "abc"), "a malformed numpy scalar"),
    "scalar of too many bytes": (numpy_scalar("f4", "abcde"), "a malformed numpy scalar"),
}


@pytest.mark.parametrize("name", NOT_READ)
def test_an_invalid_pickle_is_rejected_with_its_reason(name: str) -> None:
    code, found = NOT_READ[name]
    with pytest.raises(BadTorchFile) as caught:
        scan(with_pickle(code, _0=FLOATS_4))
    assert caught.value.found == found
    refusal(with_pickle(code, _0=FLOATS_4))


LIMITED = """
import json, resource, sys
sys.path.insert(0, sys.argv[1])
from bombs import BOMBS
from pathlib import Path
from tvae.checkpoints.checkpoint_file import parse
from tvae.errors import CheckpointFileError
files = {name: make() for name, make in BOMBS.items()}
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 300 * 2**20,) * 2)
answers = {}
for name, data in files.items():
    try:
        parse(Path("best.pt"), data)
    except CheckpointFileError as error:
        answers[name] = [len(data), str(error), type(error.__cause__).__name__]
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def answers() -> dict[str, tuple[int, str, str]]:
    """Size, sentence and cause for each bomb, in a process that may take no more than 300 MiB for all of them."""
    command = [sys.executable, "-c", LIMITED, str(ROOT / "tests" / "support" / "files")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", BOMBS)
def test_small_files_with_huge_claims_are_rejected_in_little_memory(
    name: str, answers: dict[str, tuple[int, str, str]]
) -> None:
    size, sentence, cause = answers[name]
    assert size < 2_500_000
    assert sentence.startswith("best.pt: found ")
    assert "instruction" not in sentence  # it is refused for what it claims, not for how it is spelled
    assert cause != "MemoryError"
