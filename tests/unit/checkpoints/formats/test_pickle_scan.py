"""Inspection of a `.pt` file before torch loads it: specifications without tensors, and the same records for torch."""

import io
import pickletools
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
import torch
from archives import (
    MAGIC,
    STOP,
    Calls,
    archive_of,
    named,
    nested_archive,
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
from numpy._core.multiarray import scalar

from tvae.checkpoints.formats.pickle_scan import ALLOWED, SCALAR_BYTES
from tvae.checkpoints.formats.tensor_spec import BadTorchFile, TensorSpec
from tvae.checkpoints.formats.torch_archive import MAX_PICKLE, SAFE_GLOBALS, load_weights, scan


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_the_structure_is_that_of_the_saved_object(protocol: int) -> None:
    shared = torch.arange(12.0).reshape(3, 4)
    value = {
        "state": OrderedDict(w=shared, view=shared[1:, ::2], empty=torch.zeros(0, 5), scalar=torch.tensor(2)),
        "parameter": torch.nn.Parameter(torch.zeros(2)),
        "types": [torch.zeros(1, dtype=dtype) for dtype in (torch.float16, torch.bfloat16, torch.int8, torch.bool)],
        "numbers": (1, -5, 2**40, 0.5, True, None, "text", "\u00fc"),
        "numpy": [np.float64(0.5), np.float32(0.25), np.int64(3), np.bool_(True)],
        5: {"nested": [[], {}, ()]},
    }
    structure, records, notes = scan(saved(value, protocol))
    new = f"The file's pickle of protocol {protocol} was read as data, and not by Python."
    assert notes == (() if protocol == 2 else (new,))
    floats = torch.float32
    assert structure == {
        "state": {
            "w": TensorSpec(floats, (3, 4)),
            "view": TensorSpec(floats, (2, 2)),
            "empty": TensorSpec(floats, (0, 5)),
            "scalar": TensorSpec(torch.int64, ()),
        },
        "parameter": TensorSpec(floats, (2,)),
        "types": [TensorSpec(dtype, (1,)) for dtype in (torch.float16, torch.bfloat16, torch.int8, torch.bool)],
        "numbers": (1, -5, 2**40, 0.5, True, None, "text", "\u00fc"),
        "numpy": [0.5, 0.25, 3, True],
        5: {"nested": [[], {}, ()]},
    }
    assert [type(number) for number in structure["numpy"]] == [float, float, int, bool]
    loaded = load_weights(records, structure["state"])
    assert loaded.keys() == value["state"].keys()
    for name, wanted in value["state"].items():
        assert loaded[name].dtype == wanted.dtype
        assert torch.equal(loaded[name], wanted)


def test_a_modules_state_dict_with_its_metadata_is_read() -> None:
    module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    structure, records, _ = scan(saved({"model": module.state_dict()}))
    assert {name: claim.shape for name, claim in structure["model"].items()} == {
        name: tuple(tensor.shape) for name, tensor in module.state_dict().items()
    }
    module.load_state_dict(load_weights(records, structure["model"]))


def test_an_optimizers_state_is_read() -> None:
    module = torch.nn.Linear(3, 2)
    optimizer = torch.optim.AdamW(module.parameters())
    module(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    structure, _, _ = scan(saved({"optimizer_state": optimizer.state_dict()}))
    assert structure["optimizer_state"]["state"][0]["exp_avg"] == TensorSpec(torch.float32, (2, 3))


@pytest.mark.parametrize("protocol", [2, 5])
def test_torch_gets_a_pickle_of_ours_and_the_records_it_needs(protocol: int, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[bytes] = []
    original = torch.load

    def load(file: io.BytesIO, **options: object) -> object:
        given.append(file.getvalue())
        return original(file, **options)

    monkeypatch.setattr(torch, "load", load)
    records = records_of(saved({"w": torch.arange(4.0), "other": torch.zeros(9), "numpy": np.int8(1)}, protocol))
    structure, found, _ = scan(archive_of({**records, "code/run.py": b"import os", "extra": b"1"}))
    loaded = load_weights(found, {"w": structure["w"]})
    assert torch.equal(loaded["w"], torch.arange(4.0))
    (packed,) = map(records_of, given)
    assert set(packed) == {"version", "data.pkl", "byteorder", "data/0"}
    assert all(packed[name] == records[name] for name in ("byteorder", "data/0"))
    codes = [opcode.name for opcode, _, _ in pickletools.genops(packed["data.pkl"])]
    assert codes[0] == "PROTO"
    assert max(opcode.proto for opcode, _, _ in pickletools.genops(packed["data.pkl"])) == 2
    names = {argument for opcode, argument, _ in pickletools.genops(packed["data.pkl"]) if opcode.name == "GLOBAL"}
    assert names == {"torch._utils _rebuild_tensor_v2", "torch FloatStorage", "collections OrderedDict"}


def test_big_endian_files_are_read_as_torch_reads_them() -> None:
    records = records_of(saved({"w": torch.arange(4.0)}))
    swapped = np.arange(4, dtype=">f4").tobytes()
    structure, found, _ = scan(archive_of({**records, "byteorder": b"big", "data/0": swapped}))
    assert torch.equal(load_weights(found, structure)["w"], torch.arange(4.0))


@pytest.mark.parametrize("name", SCALAR_BYTES)
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("protocol", [2, 5])
def test_numpy_scalars_of_every_plain_type_are_numbers(name: str, order: str, protocol: int) -> None:
    for value in (0, 1, 100):
        number = np.array([value], np.dtype(name).newbyteorder(order))[0]
        kind = np.dtype(name).newbyteorder(order)
        raw = np.array([value], kind).tobytes()
        structure, _, notes = scan(saved({"number": number, "foreign": Calls(scalar, kind, raw)}, protocol))
        assert structure == {"number": number.item(), "foreign": number.item()}
        note = f"Recorded numbers of NumPy's types {kind.name} were read as plain numbers."
        assert (note in notes) == (name not in ("f8", "f4", "i8", "b1"))


def test_the_allowed_names_are_a_short_list() -> None:
    assert len(ALLOWED) == 19
    modules = {name.split(" ")[0] for name in ALLOWED}
    numpy = {"numpy", "numpy._core.multiarray", "numpy.core.multiarray"}
    assert modules == {"collections", "torch", "torch._utils", "_codecs"} | numpy
    names = {item[1] if isinstance(item, tuple) else f"{item.__module__}.{item.__name__}" for item in SAFE_GLOBALS}
    assert names == {
        "numpy._core.multiarray.scalar",
        "numpy.core.multiarray.scalar",
        "numpy.dtype",
        "numpy.dtypes.Float64DType",
        "numpy.dtypes.Float32DType",
        "numpy.dtypes.Int64DType",
        "numpy.dtypes.BoolDType",
    }


def test_a_tensor_may_fill_its_storage_to_the_end() -> None:
    floats = torch.float32
    for value, shape in (
        (tensor(storage(4), (4,), (1,)), (4,)),
        (tensor(storage(4), (2, 2), (2, 1)), (2, 2)),
        (tensor(storage(4), (1,), (1,), offset=3), (1,)),
        (tensor(storage(4), (2,), (3,)), (2,)),
        (tensor(storage(4), (0,), (1,), offset=4), (0,)),
        (tensor(storage(4), (0, 5), (9, 9)), (0, 5)),
        (tensor(storage(4), (1,) * 7 + (4,), (0,) * 7 + (1,)), (1,) * 7 + (4,)),  # eight dimensions
    ):
        structure, _, _ = scan(with_pickle(state(("w", value)), _0=bytes(16)))
        assert structure == {"model_state_dict": {"w": TensorSpec(floats, shape)}}


def test_records_that_overlap_are_refused_before_they_are_read() -> None:
    """Each record contains the next one, so their sizes add up to more than the file."""
    code = MAGIC + b"}" + STOP
    assert scan(nested_archive(code, 1, bytes(1000)))[0] == {}
    with pytest.raises(BadTorchFile, match=r"^records that overlap or exceed the file$"):
        scan(nested_archive(code, 3, bytes(1000)))


def test_a_long_pickle_and_many_records_are_refused() -> None:
    longest = MAGIC + b"X" + (MAX_PICKLE - 8).to_bytes(4, "little") + b"x" * (MAX_PICKLE - 8) + STOP
    assert len(longest) == MAX_PICKLE == 2_097_152
    assert scan(with_pickle(longest))[0] == "x" * (MAX_PICKLE - 8)
    with pytest.raises(BadTorchFile, match=r"^a zip archive without exactly one data\.pkl of at most 2 MB$"):
        scan(with_pickle(longest + STOP))
    most = {"data.pkl": MAGIC + b"}" + STOP, **{f"data/{number}": b"" for number in range(9_999)}}
    assert scan(archive_of(most))[0] == {}
    with pytest.raises(BadTorchFile, match=r"^records that overlap or exceed the file$"):
        scan(archive_of({**most, "data/9999": b""}))


def test_small_values_are_read_up_to_their_limits() -> None:
    for code, value in (
        (MAGIC + named("torch Size") + numbers((1,) * 8) + b"\x85R" + STOP, (1,) * 8),
        (MAGIC + named("_codecs encode") + text("\xff" * 8) + text("latin1") + b"\x86R" + STOP, b"\xff" * 8),
        (MAGIC + b"}}" + text("_metadata") + b"Nsb" + STOP, {}),
        (MAGIC + b"(NK\x01K\x02\x87t" + STOP, ((None, 1, 2),)),
        *((numpy_scalar(name, "\0" * size), 0) for name, size in (("f8", 8), ("f4", 4), ("i8", 8), ("b1", 1))),
    ):
        assert scan(with_pickle(code))[0] == value


def test_what_follows_a_mark_ends_at_the_mark() -> None:
    empty = MAGIC + b"}" + text("a") + b"(ts" + STOP
    assert scan(with_pickle(empty))[0] == {"a": ()}


def test_a_rejection_says_what_was_found_and_expected(tmp_path: Path) -> None:
    with pytest.raises(BadTorchFile) as caught:
        scan(saved({"path": tmp_path}))
    assert caught.value.found.startswith("a reference to pathlib.")
    assert caught.value.expected == "only tensors, numbers, texts, lists and dicts"
