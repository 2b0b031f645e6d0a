"""Taking `.pt` archives apart and putting odd ones together; pickles that no honest writer makes are spelled out."""

import io
import pickle
import zipfile
from typing import Any

import torch

MAGIC = b"\x80\x02"  # PROTO 2
STOP = b"."


def saved(value: Any) -> bytes:
    """What torch.save writes."""
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


def records_of(data: bytes) -> dict[str, bytes]:
    """Records of a `.pt` archive, without the folder's name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}


def archive_of(records: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """A `.pt` archive of these records."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, record in records.items():
            archive.writestr(f"archive/{name}", record)
    return buffer.getvalue()


def with_pickle(code: bytes, **data: bytes) -> bytes:
    """A `.pt` archive around a pickle, with storages."""
    storages = {f"data/{name.strip('_')}": record for name, record in data.items()}
    return archive_of({"data.pkl": code, "byteorder": b"little", "version": b"3\n", **storages})


def edited(data: bytes, old: bytes, new: bytes) -> bytes:
    """The archive with these bytes of its pickle replaced."""
    records = records_of(data)
    assert old in records["data.pkl"]
    return archive_of({**records, "data.pkl": records["data.pkl"].replace(old, new)})


class Calls:
    """Pickles as a call of `function`; never called by a reader that refuses its name."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> Any:
        return self.call


def pickled(value: Any, protocol: int = 2) -> bytes:
    """An ordinary pickle."""
    return pickle.dumps(value, protocol=protocol)


def named(name: str) -> bytes:
    """GLOBAL of "module function"."""
    return b"c" + name.replace(" ", "\n").encode() + b"\n"


def text(value: str) -> bytes:
    """BINUNICODE."""
    return b"X" + len(value.encode()).to_bytes(4, "little") + value.encode()


def number(value: int) -> bytes:
    """LONG1."""
    raw = value.to_bytes((value.bit_length() + 8) // 8, "little", signed=True)
    return b"\x8a" + bytes([len(raw)]) + raw


def numbers(values: tuple[int, ...]) -> bytes:
    """A tuple of integers."""
    return b"(" + b"".join(map(number, values)) + b"t"


def storage(numel: int, kind: str = "FloatStorage", key: str = "0") -> bytes:
    """The persistent id of a storage, looked up."""
    return b"(" + text("storage") + named(f"torch {kind}") + text(key) + text("cpu") + number(numel) + b"tQ"


def tensor(stored: bytes, size: tuple[int, ...], stride: tuple[int, ...], offset: int = 0) -> bytes:
    """A call of _rebuild_tensor_v2."""
    hooks = named("collections OrderedDict") + b")R"
    arguments = b"(" + stored + number(offset) + numbers(size) + numbers(stride) + b"\x89" + hooks + b"t"
    return named("torch._utils _rebuild_tensor_v2") + arguments + b"R"


def state(*items: tuple[str, bytes]) -> bytes:
    """The pickle of {"model_state_dict": {name: value}}, each value spelled out."""
    inner = b"}(" + b"".join(text(name) + value for name, value in items) + b"u"
    return MAGIC + b"}(" + text("model_state_dict") + inner + b"u" + STOP
