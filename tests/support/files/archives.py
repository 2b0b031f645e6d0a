"""Read and build `.pt` archives, including pickles, opcode by opcode, that no ordinary writer produces."""

import io
import pickle
import struct
import zipfile
import zlib
from typing import Any

import torch

MAGIC = b"\x80\x02"  # PROTO 2
STOP = b"."


def saved(value: Any, protocol: int = 2) -> bytes:
    """The bytes that torch.save writes."""
    buffer = io.BytesIO()
    torch.save(value, buffer, pickle_protocol=protocol)
    return buffer.getvalue()


def records_of(data: bytes) -> dict[str, bytes]:
    """Records of a `.pt` archive, by name without the folder."""
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
    """A `.pt` archive of a pickle and storages."""
    storages = {f"data/{name.strip('_')}": record for name, record in data.items()}
    return archive_of({"data.pkl": code, "byteorder": b"little", "version": b"3\n", **storages})


def nested_archive(code: bytes, depth: int, filler: bytes) -> bytes:
    """A `.pt` archive of a pickle and overlapping storages: each holds the header and the bytes of the one before."""
    body, entries = filler, []  # each record's fields, and the distance of its start from the end of the storages
    for number in range(depth):
        fields = _fields(f"archive/data/{number}", body)
        body = b"PK\x03\x04" + fields + body
        entries.append((fields, len(body)))
    start = len(body)
    fields = _fields("archive/data.pkl", code)
    body += b"PK\x03\x04" + fields + code
    directory = b"".join(_entry(fields, start - back) for fields, back in [*entries, (fields, 0)])
    count = len(entries) + 1
    return body + directory + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), 0)


def _fields(name: str, record: bytes) -> bytes:
    """The fields that a record's header shares with its directory entry: method, checksum, sizes and name."""
    size = len(record)
    return struct.pack("<5H3I2H", 20, 0, 0, 0, 0x21, zlib.crc32(record), size, size, len(name), 0) + name.encode()


def _entry(fields: bytes, start: int) -> bytes:
    return b"PK\x01\x02\x14\0" + fields[:26] + struct.pack("<3H2I", 0, 0, 0, 0, start) + fields[26:]


def edited(data: bytes, old: bytes, new: bytes) -> bytes:
    """The archive with `old` replaced by `new` in its pickle."""
    records = records_of(data)
    assert old in records["data.pkl"]
    return archive_of({**records, "data.pkl": records["data.pkl"].replace(old, new)})


class Calls:
    """An object that pickles as a call of `function`, which a safe reader never runs."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> Any:
        return self.call


def pickled(value: Any, protocol: int = 2) -> bytes:
    """An ordinary pickle."""
    return pickle.dumps(value, protocol=protocol)


def named(name: str) -> bytes:
    """The opcode GLOBAL for "module function"."""
    return b"c" + name.replace(" ", "\n").encode() + b"\n"


def text(value: str) -> bytes:
    """The opcode BINUNICODE."""
    return b"X" + len(value.encode()).to_bytes(4, "little") + value.encode()


def number(value: int) -> bytes:
    """The opcode LONG1."""
    raw = value.to_bytes((value.bit_length() + 8) // 8, "little", signed=True)
    return b"\x8a" + bytes([len(raw)]) + raw


def numbers(values: tuple[int, ...]) -> bytes:
    """A tuple of integers."""
    return b"(" + b"".join(map(number, values)) + b"t"


def storage(numel: int, kind: str = "FloatStorage", key: str = "0") -> bytes:
    """A storage, by its persistent id."""
    return b"(" + text("storage") + named(f"torch {kind}") + text(key) + text("cpu") + number(numel) + b"tQ"


def tensor(stored: bytes, size: tuple[int, ...], stride: tuple[int, ...], offset: int = 0) -> bytes:
    """A call of _rebuild_tensor_v2."""
    hooks = named("collections OrderedDict") + b")R"
    arguments = b"(" + stored + number(offset) + numbers(size) + numbers(stride) + b"\x89" + hooks + b"t"
    return named("torch._utils _rebuild_tensor_v2") + arguments + b"R"


def state(*items: tuple[str, bytes]) -> bytes:
    """The pickle of {"model_state_dict": {name: value}} with pickled values."""
    inner = b"}(" + b"".join(text(name) + value for name, value in items) + b"u"
    return MAGIC + b"}(" + text("model_state_dict") + inner + b"u" + STOP


def numpy_scalar(dtype: str, raw: str) -> bytes:
    """The pickle of a numpy scalar with these bytes, in latin1."""
    kind = named("numpy dtype") + text(dtype) + b"\x85R"
    value = named("_codecs encode") + text(raw) + text("latin1") + b"\x86R"
    return MAGIC + named("numpy._core.multiarray scalar") + kind + value + b"\x86R" + STOP
