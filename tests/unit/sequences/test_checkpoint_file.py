"""The published layouts of sequences load strictly; whatever does not fit is one sentence that names it."""

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from archives import Calls, archive_of, edited, pickled, records_of, saved
from paths import DATA
from sequence_layouts import BY_FILE, LAYOUTS, SequenceLayout, State, bytes_of, file_of, state_of

from tvae.checkpoints import checkpoint_file
from tvae.errors import CheckpointFileError
from tvae.sequences import checkpoint_file as sequence_file
from tvae.sequences.checkpoint_file import (
    build,
    parse,
    read,
    save,
)

HIV, CODONS, ACIDS = LAYOUTS


def refusal(data: bytes) -> CheckpointFileError:
    with pytest.raises(CheckpointFileError) as caught:
        parse(Path("dir/codon.pt"), data)
    error = caught.value
    message = str(error)
    assert message.startswith("codon.pt: found ")
    assert all(part and part in message for part in (error.found, error.expected, error.action))
    assert "\n" not in message
    assert len(message) < 600
    return error


def changed(layout: SequenceLayout, change: Callable[[State], object]) -> bytes:
    state = state_of(layout)
    change(state)
    return bytes_of(layout, state)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.file)
def test_a_published_layout_is_read_whole(layout: SequenceLayout) -> None:
    found = parse(Path(layout.file), bytes_of(layout))
    assert (found.config.alphabet, found.config.embedding) == (layout.alphabet, layout.embedding)
    wanted = state_of(layout)
    assert found.weights.keys() == wanted.keys()
    assert all(torch.equal(found.weights[name], wanted[name]) for name in wanted)
    assert found.metadata == ({"epoch": 12, "loss": 3.5} if layout.key else {})
    model = build(found)
    assert not model.training
    assert all(torch.equal(tensor, wanted[name]) for name, tensor in model.state_dict().items())


@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.file)
def test_what_is_saved_is_read_back_and_reproducible(layout: SequenceLayout, suffix: str, tmp_path: Path) -> None:
    before = parse(Path(layout.file), bytes_of(layout))
    one, other = (save(tmp_path / f"{name}{suffix}", build(before), {"seed": 3}) for name in "ab")
    assert one.read_bytes() == other.read_bytes()
    after = read(one)
    assert after.config == before.config
    assert after.metadata["seed"] == 3
    assert all(torch.equal(after.weights[name], before.weights[name]) for name in before.weights)


def test_building_does_not_change_the_random_state() -> None:
    found = parse(Path("a.pt"), bytes_of(HIV))
    before = torch.get_rng_state()
    build(found)
    assert torch.equal(torch.get_rng_state(), before)


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointFileError, match=r"found the suffix '\.onnx'; expected \.safetensors or \.pt"):
        save(tmp_path / "a.onnx", build(parse(Path("a.pt"), bytes_of(HIV))), {})


CHANGES: tuple[tuple[Callable[[State], object], str], ...] = (
    (lambda s: s.pop("fc_mu.bias"), "weights without the tensor fc_mu.bias"),
    (lambda s: [s.pop(name) for name in ("fc_mu.bias", "decoder.0.bias")], "without the tensor decoder.0.bias and 1"),
    (lambda s: s.update(extra=torch.zeros(1)), "weights with the unexpected tensor extra"),
    (lambda s: s.update({"encoder.0.weight": torch.zeros(128, 1599)}), "encoder.0.weight of shape [128, 1599]"),
    (lambda s: s.update({"fc_mu.bias": torch.zeros(16).long()}), "fc_mu.bias of type torch.int64"),
    (lambda s: s.update({"fc_mu.bias": torch.zeros(16).int()}), "fc_mu.bias of type torch.int32"),
    (lambda s: s.update({"fc_mu.bias": torch.full((16,), torch.nan)}), "values in fc_mu.bias that are not finite"),
)


@pytest.mark.parametrize(("change", "found"), CHANGES, ids=[found for _, found in CHANGES])
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.file)
def test_a_tensor_that_does_not_fit_is_named(
    layout: SequenceLayout, change: Callable[[State], object], found: str
) -> None:
    assert found in refusal(changed(layout, change)).found


def test_an_embedding_decides_the_alphabet() -> None:
    error = refusal(changed(CODONS, lambda s: s.update({"embed.embedding.weight": torch.zeros(65, 16)})))
    assert error.found == "embed.embedding.weight of shape [65, 16]"
    assert error.expected == "[64, 16] (codons) or [21, 16] (amino acids)"
    mixed = refusal(changed(CODONS, lambda s: s.update({"embed.embedding.weight": torch.zeros(21, 16)})))
    assert "decoder.4" in mixed.found
    flat = refusal(changed(CODONS, lambda s: s.update({"embed.embedding.weight": torch.tensor(1.0)})))
    assert flat.found == "embed.embedding.weight of shape []"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({}, "no tensors"),
        ({"model_state_dict": {}}, "no tensors"),
        ({"net.weight": torch.zeros(2)}, "1 tensor (net.weight)"),
        ({name: torch.zeros(1) for name in "dcba"}, "4 tensors (a, b, c, ...)"),
        ({"x" * 200: torch.zeros(1)}, "1 tensor (" + "x" * 120 + ")"),
        ([torch.zeros(2)], "a list"),
        ({"model_state_dict": {"fc_mu.bias": 5}}, "'fc_mu.bias' under 'model_state_dict', which is not a named tensor"),
    ],
)
def test_another_file_is_called_what_it_is(value: Any, found: str) -> None:
    assert refusal(saved(value)).found == found


def test_each_loader_says_where_the_others_file_is_opened() -> None:
    for name in ("homeostatic_rich_layout.pt", "v5_11_homeostasis_layout.pt"):
        error = refusal((DATA / name).read_bytes())
        assert error.found == "a Ternary VAE"
        assert "python -m tvae evaluate" in error.action
    for layout in LAYOUTS:
        with pytest.raises(CheckpointFileError, match="a codon or amino-acid encoder") as caught:
            checkpoint_file.parse(Path(layout.file), bytes_of(layout))
        assert "python -m tvae sequences FILE FASTA" in caught.value.action


@pytest.mark.parametrize("share", [k / 10 for k in range(10)] + [0.9999])
def test_a_cut_off_file_is_refused(share: float) -> None:
    whole = bytes_of(HIV)
    refusal(whole[: int(len(whole) * share)])


def test_nothing_is_run() -> None:
    hostile = {**records_of(bytes_of(HIV)), "data.pkl": pickled(Calls(os.system, "false"))}
    assert "a reference to posix.system, which is not allowed and was not run" in refusal(archive_of(hostile)).found
    size = edited(bytes_of(ACIDS), b"fc_mu.bias", b"fc_mu.biaz")
    assert "without the tensor fc_mu.bias" in refusal(size).found


def test_flipped_bits_are_refused_or_harmless() -> None:
    whole, golden = bytes_of(ACIDS), parse(Path("a.pt"), bytes_of(ACIDS))
    rng = random.Random(0)
    for _ in range(40):
        damaged = bytearray(whole)
        damaged[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
        try:
            found = parse(Path("a.pt"), bytes(damaged))
        except CheckpointFileError:
            continue
        assert all(torch.equal(found.weights[name], golden.weights[name]) for name in golden.weights)


def test_a_large_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path := tmp_path / "a.pt").write_bytes(b"12345")
    monkeypatch.setattr(checkpoint_file, "MAX_BYTES", 4)
    with pytest.raises(CheckpointFileError, match="found 5 bytes; expected at most 4"):
        read(path)


def test_our_own_file_says_what_it_is(tmp_path: Path) -> None:
    path = save(tmp_path / "a.safetensors", build(parse(Path("a.pt"), bytes_of(ACIDS))), {"seed": 1})
    data = path.read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]
    assert header["format"] == sequence_file.FORMAT
    assert json.loads(header["config"]) == {"alphabet": "amino acids", "embedding": "embed"}
    assert BY_FILE["aa_vae_all.pt"] is ACIDS
    assert set(file_of(ACIDS, {})) == set()
