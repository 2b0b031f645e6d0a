"""Our own files: what is written, what is rejected, and damaged `.safetensors`."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from layouts import BY_NAME, state_of
from refusals import refusal

from tvae.checkpoints.checkpoint_file import (
    Checkpoint,
    build,
    digest,
    parse,
    read,
    save,
)
from tvae.errors import CheckpointFileError, StorageError
from tvae.models.config import ModelConfig
from tvae.models.ternary_vae import TernaryVAE

PATH = Path("best.safetensors")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, rich_file: Path) -> Path:
    checkpoint = read(rich_file)
    target = tmp_path_factory.mktemp("written") / "best.safetensors"
    return save(target, build(checkpoint), {"metrics": {"coverage": 1.0}, "seed": 3, "nan": float("nan")})


def header_of(data: bytes) -> dict[str, Any]:
    return json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])


def with_header(data: bytes, header: dict[str, Any] | bytes) -> bytes:
    """The file with another header; data stay where they were."""
    length = int.from_bytes(data[:8], "little")
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data[8 + length :]


def test_a_written_file_has_its_config_and_metadata(written: Path) -> None:
    data = written.read_bytes()
    texts = header_of(data)["__metadata__"]
    assert texts["format"] == "tvae"
    assert json.loads(texts["config"])["max_radius"] == 0.99
    checkpoint = read(written)
    assert checkpoint.sha256 == digest(data)
    assert checkpoint.stored == {"coverage": 1.0}
    assert (checkpoint.metadata["seed"], checkpoint.metadata["nan"]) == (3, "nan")
    assert checkpoint.max_radius_from == "file"
    assert len(safetensors.torch.load(data)) == len(checkpoint.weights)


def test_a_published_layout_without_metadata_has_epoch_0_and_no_metrics(tmp_path: Path, rich_file: Path) -> None:
    found = torch.load(save(tmp_path / "best.pt", build(read(rich_file)), {}), map_location="cpu")
    assert (found["epoch"], found["metrics"]) == (0, {})


@pytest.mark.parametrize(("megabytes", "is_read"), [(3, True), (5, False)])
def test_a_header_of_up_to_4_megabytes_is_read(megabytes: int, is_read: bool, tmp_path: Path, rich_file: Path) -> None:
    data = save(tmp_path / "model.safetensors", build(read(rich_file)), {}).read_bytes()
    size, blanks = int.from_bytes(data[:8], "little"), megabytes * 2**20
    path = tmp_path / "long.safetensors"
    path.write_bytes((size + blanks).to_bytes(8, "little") + data[8 : 8 + size] + b" " * blanks + data[8 + size :])
    if is_read:
        assert read(path).config == read(rich_file).config
    else:
        with pytest.raises(CheckpointFileError):
            read(path)


def test_a_published_layout_is_written_under_its_published_keys(tmp_path: Path, rich_file: Path) -> None:
    target = save(tmp_path / "best.pt", build(read(rich_file)), {"metrics": {"coverage": 1.0}, "epoch": 5})
    found = torch.load(target, map_location="cpu")
    assert found.keys() == {"epoch", "model_state_dict", "metrics", "config"}
    assert (found["epoch"], found["metrics"], found["config"]["max_radius"]) == (5, {"coverage": 1.0}, 0.99)
    original = torch.load(rich_file, map_location="cpu")["model_state_dict"]
    assert found["model_state_dict"].keys() == original.keys()
    assert all(torch.equal(found["model_state_dict"][name], tensor) for name, tensor in original.items())


def test_weights_of_any_origin_are_written(tmp_path: Path) -> None:
    """Parameters, not contiguous, sharing memory: what training may leave behind."""
    model = TernaryVAE(ModelConfig())
    weight = model.encoder_A.encoder[2].weight
    weight.data = weight.data.T.contiguous().T
    for suffix in (".safetensors", ".pt"):
        checkpoint = read(save(tmp_path / f"best{suffix}", model, {}))
        assert torch.equal(checkpoint.weights["encoder_A.encoder.2.weight"], weight)


@pytest.mark.parametrize("name", ["best.ckpt", "best", "best.PT", ".pt"])
def test_another_suffix_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(CheckpointFileError, match=r"expected \.safetensors or \.pt"):
        save(tmp_path / name, TernaryVAE(ModelConfig()), {})
    assert list(tmp_path.iterdir()) == []


def test_a_path_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError):
        save(tmp_path / "file" / "best.pt", TernaryVAE(ModelConfig()), {})


@pytest.mark.parametrize("share", [k / 20 for k in range(20)] + [0.99999])
def test_a_truncated_file_is_rejected(share: float, written: Path) -> None:
    data = written.read_bytes()
    refusal(data[: int(share * len(data))])


def test_a_file_with_extra_bytes_is_rejected(written: Path) -> None:
    refusal(written.read_bytes() + b"\0" * 64)


def damaged_headers(header: dict[str, Any]) -> dict[str, dict[str, Any] | bytes]:
    name = "encoder_A.fc_mu.bias"
    row = header[name]
    start, end = row["data_offsets"]
    rest = {key: value for key, value in header.items() if key != name}
    texts = header["__metadata__"]
    return {
        "wrong offsets": header | {name: row | {"data_offsets": [start + 4, end + 4]}},
        "overlapping offsets": header | {name: row | {"data_offsets": [0, end - start]}},
        "negative offsets": header | {name: row | {"data_offsets": [-64, 0]}},
        "offsets backwards": header | {name: row | {"data_offsets": [end, start]}},
        "another shape": header | {name: row | {"shape": [4, 4]}},
        "a negative shape": header | {name: row | {"shape": [-16]}},
        "a shape of fractions": header | {name: row | {"shape": [16.0]}},
        "a shape that is a text": header | {name: row | {"shape": "16"}},
        "no shape": header | {name: {"dtype": "F32"}},
        "another type": header | {name: row | {"dtype": "I32"}},
        "an unknown type": header | {name: row | {"dtype": "F4096"}},
        "a row that is a list": header | {name: [1, 2]},
        "a tensor that is not there": rest,
        "another name": rest | {"encoder_A.fc_mu.bios": row},
        "metadata that are no texts": header | {"__metadata__": {"config": 3}},
        "metadata that are a list": header | {"__metadata__": []},
        "a config that is no JSON": header | {"__metadata__": texts | {"config": "{"}},
        "a config that is nested deep": header | {"__metadata__": texts | {"config": "[" * 100_000}},
        "a metadata text that is a list": header | {"__metadata__": texts | {"metadata": "[1]"}},
        "a nonsense radius": header | {"__metadata__": texts | {"config": '{"max_radius": -3}'}},
        "not an object": b"[1, 2]",
        "not JSON": b"{not JSON}",
        "not text": b"{\xff\xfe}",
        "nothing": b"{}",
    }


DAMAGES = tuple(damaged_headers({"encoder_A.fc_mu.bias": {"data_offsets": [0, 64]}, "__metadata__": {}}))


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_header_is_refused(name: str, written: Path) -> None:
    data = written.read_bytes()
    refusal(with_header(data, damaged_headers(header_of(data))[name]))


def test_flipped_bits_are_refused_or_leave_the_shapes(written: Path) -> None:
    """The format has no checksum: a flip inside the data may only change values."""
    whole = written.read_bytes()
    shapes = {name: tensor.shape for name, tensor in read(written).weights.items()}
    rng = random.Random(0)
    header = 8 + int.from_bytes(whole[:8], "little")
    for end in [header] * 250 + [len(whole)] * 50:
        damaged = bytearray(whole)
        damaged[rng.randrange(end)] ^= 1 << rng.randrange(8)
        found = read_or_refused(bytes(damaged))
        if found is not None:
            assert {name: tensor.shape for name, tensor in found.weights.items()} == shapes


def read_or_refused(data: bytes) -> Checkpoint | None:
    try:
        return parse(PATH, data)
    except CheckpointFileError:
        return None


@pytest.mark.parametrize("dtype", [torch.int64, torch.int32, torch.int8, torch.uint8, torch.bool, torch.float8_e4m3fn])
def test_other_types_are_refused(dtype: torch.dtype) -> None:
    weights = state_of(BY_NAME["v5_11"])
    weights["encoder_A.fc_mu.bias"] = torch.ones(16, dtype=dtype)
    assert refusal(safetensors.torch.save(weights)).found == f"encoder_A.fc_mu.bias of type {dtype}"


def test_weights_without_our_metadata_are_read() -> None:
    layout = BY_NAME["v5_11_homeostasis"]
    checkpoint = parse(PATH, safetensors.torch.save(state_of(layout)), 0.95)
    assert (checkpoint.config.max_radius, checkpoint.max_radius_from) == (0.95, "catalogue")
    assert checkpoint.metadata == {"config": {}}


def test_surrogates_and_numbers_beyond_a_float_in_our_own_metadata(written: Path) -> None:
    data = written.read_bytes()
    header = header_of(data)
    odd = '{"recipe": "\\ud800x", "seed": ' + "9" * 400 + ', "history": [{"step": 1, "q_a": 1e308}]}'
    header["__metadata__"]["metadata"] = odd
    found = parse(PATH, with_header(data, header))
    assert found.recorded.run.recipe == "\\ud800x"
    assert found.recorded.run.seed is None
    assert found.recorded.history is not None
    assert not found.recorded.history.has("q_a")
    json.dumps([found.metadata, found.notes], ensure_ascii=False, allow_nan=False).encode()
    assert len(found.notes) == 3


def test_the_content_determines_the_format(written: Path, rich_file: Path, tmp_path: Path) -> None:
    for source, name in ((written, "best.pt"), (rich_file, "best.safetensors"), (written, "anything")):
        target = tmp_path / name
        target.write_bytes(source.read_bytes())
        assert read(target).config == read(source).config
