"""Small `.pt` and `.safetensors` files whose headers would make a naive reader use gigabytes or never finish."""

import io
import json
import zipfile
from collections.abc import Callable, Iterable

from archives import (
    MAGIC,
    STOP,
    archive_of,
    named,
    nested_archive,
    number,
    numbers,
    pickled,
    records_of,
    state,
    storage,
    tensor,
    text,
    with_pickle,
)
from paths import DATA

GOLDEN = DATA / "homeostatic_rich_layout.pt"
FLOATS = bytes(1024)  # 256 values
LARGE = 2**30  # values: 4 GiB


def of_state(value: bytes) -> bytes:
    return with_pickle(state(("w", value)), _0=FLOATS)


def of_state_of(items: Iterable[tuple[str, bytes]]) -> bytes:
    return with_pickle(state(*items), _0=FLOATS)


def next_to_weights(pickle_of_value: bytes) -> bytes:
    """The golden file with an additional value at its top level."""
    records = records_of(GOLDEN.read_bytes())
    code = records["data.pkl"].removesuffix(b"u.") + text("more") + pickle_of_value + b"u."
    return archive_of({**records, "data.pkl": code})


def shared_lists() -> bytes:
    """Lists of 60 references to the list below, 8 deep: 60^8 values when walked."""
    level = b"](" + b"h\xe0" * 60 + b"eq\xe0"
    return next_to_weights(b"](]q\xe0" + level * 7 + b"e")


def nested_key() -> bytes:
    """A tuple of tuples in which each level holds the one below twice, so that hashing takes 2^70 steps."""
    return with_pickle(MAGIC + b"}" + b")q\xe0" + b"h\xe0\x86q\xe0" * 70 + b"K\x01s" + STOP)


def nested_name(call: bytes) -> bytes:
    """The same tuple in place of a short text that an error message might show."""
    return with_pickle(MAGIC + b")q\xe0" + b"h\xe0\x86q\xe0" * 70 + call + STOP)


def repeated(first: bytes, again: bytes, times: int = 20_000) -> bytes:
    """A memoised value, and a call on it repeated many times."""
    return with_pickle(MAGIC + b"](" + first + b"q\xe0" + again * times + b"e" + STOP)


def compressed() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", pickled({"model": {}}))
        with archive.open("archive/data/0", "w") as record:
            for _ in range(64):
                record.write(bytes(2**20))
    return buffer.getvalue()


def overstated() -> bytes:
    """A record whose directory entry states 4 GB."""
    data = with_pickle(state(("w", tensor(storage(LARGE - 1), (LARGE - 1,), (1,)))), _0=FLOATS)
    sizes = (1024).to_bytes(4, "little") * 2
    place = data.rindex(sizes)
    return data[:place] + (4 * LARGE - 4).to_bytes(4, "little") * 2 + data[place + 8 :]


def safetensors(header: dict[str, object], data: bytes = b"", length: int | None = None) -> bytes:
    text_of_header = json.dumps(header).encode()
    return (len(text_of_header) if length is None else length).to_bytes(8, "little") + text_of_header + data


def row(shape: list[int], start: int, end: int) -> dict[str, object]:
    return {"w": {"dtype": "F32", "shape": shape, "data_offsets": [start, end]}}


WHOLE = tensor(storage(256), (256,), (1,))
BOMBS: dict[str, Callable[[], bytes]] = {
    "stride 0": lambda: of_state(tensor(storage(256), (LARGE,), (0,))),
    "stride 0 in two dimensions": lambda: of_state(tensor(storage(256), (256, LARGE), (1, 0))),
    "storage of 4 GiB": lambda: of_state(tensor(storage(LARGE), (LARGE,), (1,))),
    "view of 4 GiB": lambda: of_state(tensor(storage(256), (LARGE,), (1,))),
    "offset of 4 GiB": lambda: of_state(tensor(storage(256), (1,), (1,), offset=LARGE)),
    "a tensor that is reset": lambda: of_state(
        WHOLE + b"(" + storage(256) + number(0) + numbers((LARGE,)) + numbers((1,)) + b"tb"
    ),
    "a parameter that is reset": lambda: of_state(
        named("torch._utils _rebuild_parameter") + WHOLE + b"\x89" + named("collections OrderedDict") + b")R\x87R"
        + b"(" + WHOLE + b"tb"
    ),
    "a record of 4 GB": overstated,
    "a compressed record": compressed,
    "records inside one another": lambda: nested_archive(MAGIC + b"}" + STOP, 200, bytes(2_000_000)),
    "a name that cannot be formatted": lambda: nested_name(text("os") + b"h\xe0\x93"),
    "a module that cannot be formatted": lambda: nested_name(b"h\xe0" + text("system") + b"\x93"),
    "a frame of 2^60 bytes": lambda: with_pickle(
        b"\x80\x04\x95" + (2**60).to_bytes(8, "little") + b"}" + STOP
    ),
    "a million values memoised": lambda: with_pickle(b"\x80\x04" + b"N\x94" * 1_000_000 + b"N" + STOP),
    "one storage under many names": lambda: of_state_of(
        (f"w{k}", tensor(storage(256), (256,), (1,))) for k in range(2_000)
    ),
    "a size of a million dimensions": lambda: of_state(
        named("torch._utils _rebuild_tensor_v2")
        + b"(" + storage(256) + b"K\x00" + (b"(" + b"K\x01" * 300_000 + b"t") * 2
        + b"\x89" + named("collections OrderedDict") + b")RtR"
    ),
    "one list a million times": shared_lists,
    "a dict in itself a thousand times": lambda: next_to_weights(
        b"}q\xe0(" + b"".join(text(str(k)) + b"h\xe0" for k in range(1000)) + b"u"
    ),
    "a key that cannot be hashed in time": nested_key,
    "a codec that cannot be formatted": lambda: nested_name(named("_codecs encode") + text("x") + b"h\xe0\x86R"),
    "a dtype that cannot be hashed": lambda: nested_name(named("numpy dtype") + b"h\xe0\x85R"),
    "a scalar's dtype that cannot be hashed": lambda: nested_name(
        named("numpy._core.multiarray scalar") + b"h\xe0N\x86R"
    ),
    "a storage's name that cannot be formatted": lambda: nested_name(
        b"(" + text("storage") + named("torch FloatStorage") + b"h\xe0" + text("cpu") + b"K\x04tQ"
    ),
    "a text encoded again and again": lambda: repeated(
        text("x" * 1_000_000), named("_codecs encode") + b"h\xe0" + text("latin1") + b"\x86R"
    ),
    "a list copied again and again": lambda: repeated(
        b"](" + b"N" * 500_000 + b"e", named("torch Size") + b"h\xe0\x85R", 5_000
    ),
    "a dict made from pairs again and again": lambda: repeated(
        b"](" + b"".join(number(k) + b"N\x86" for k in range(50_000)) + b"e",
        named("collections OrderedDict") + b"h\xe0\x85R",
    ),
    "attributes copied again and again": lambda: repeated(
        b"}(" + b"".join(text(str(k)) + b"N" for k in range(50_000)) + b"u",
        named("collections OrderedDict") + b")Rh\xe0b",
    ),
    "a pickle of many instructions": lambda: with_pickle(MAGIC + b"}" * 2_200_000 + STOP),
    "a header of 2^60 bytes": lambda: safetensors(row([4], 0, 16), FLOATS, 2**60),
    "a header longer than the file": lambda: safetensors(row([4], 0, 16), FLOATS, 5_000),
    "a safetensors claim of 4 GiB": lambda: safetensors(row([LARGE], 0, 4 * LARGE), FLOATS),
    "a safetensors shape of 4 GiB": lambda: safetensors(row([LARGE], 0, 1024), FLOATS),
}  # fmt: skip
