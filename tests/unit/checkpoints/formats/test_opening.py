"""Files as the world writes them: each loads with a note that says what was done, or is refused for what it is."""

import itertools
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from archives import saved
from layouts import BY_NAME, file_of, state_of
from refusals import refusal
from sequence_layouts import BY_FILE, state_of as sequence_state_of

from tvae.checkpoints.checkpoint_file import Checkpoint, build, parse
from tvae.checkpoints.formats.opening import common_prefix
from tvae.errors import CheckpointFileError
from tvae.sequences import checkpoint_file as sequence_files

RICH = BY_NAME["homeostatic_rich"]
WEIGHTS = state_of(RICH)
ASSUMED = (
    "The file does not record these settings, so they are assumed: max_radius 0.99, decoder input mu (the latent mean)."
)


def opened(value: Any, protocol: int = 2) -> Checkpoint:
    return parse(Path("best.pt"), saved(value, protocol))


def holds(checkpoint: Checkpoint, weights: dict[str, torch.Tensor]) -> bool:
    """Whether the checkpoint has exactly these weights, in float32."""
    return checkpoint.weights.keys() == weights.keys() and all(
        tensor.dtype == torch.float32 and torch.equal(tensor, weights[name])
        for name, tensor in checkpoint.weights.items()
    )


def test_a_lightning_checkpoint() -> None:
    lightning = {
        "epoch": 3,
        "global_step": 900,
        "pytorch-lightning_version": "2.5.0",
        "state_dict": {f"model.{name}": tensor for name, tensor in WEIGHTS.items()},
        "loops": {"fit_loop": {"state_dict": {}}},
        "callbacks": {"ModelCheckpoint{'monitor': None}": {"best_model_score": torch.tensor(0.1)}},
        "optimizer_states": [{"state": {}, "param_groups": [{"lr": 1e-3}]}],
        "lr_schedulers": [{"milestones": Counter([10, 20]), "gamma": 0.1}],
        "hparams_name": "kwargs",
        "hyper_parameters": {"max_radius": 0.95, "decoder_input": "mu", "lr": 1e-3},
    }
    found = opened(lightning)
    assert holds(found, WEIGHTS)
    assert found.notes == (
        "The weights were read from 'state_dict'.",
        "The prefix 'model.' was removed from the names of all tensors.",
    )
    assert (found.config.max_radius, found.max_radius_from) == (0.95, "file")
    assert found.metadata["hyper_parameters"]["lr"] == 1e-3


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "model.", "_orig_mod.module."])
@pytest.mark.parametrize("form", ["pt", "safetensors"])
def test_a_prefix_of_all_names_is_removed(prefix: str, form: str) -> None:
    named = {f"{prefix}{name}": tensor for name, tensor in WEIGHTS.items()}
    data = saved({"model_state_dict": named}) if form == "pt" else safetensors.torch.save(named)
    found = parse(Path("best"), data)
    assert holds(found, WEIGHTS)
    assert found.notes == (f"The prefix {prefix!r} was removed from the names of all tensors.", ASSUMED)


@pytest.mark.parametrize("wrapper", [torch.nn.DataParallel, torch.compile])
def test_a_model_saved_inside_a_wrapper_of_torch(wrapper: Any) -> None:
    wrapped = wrapper(build(opened({"model": WEIGHTS})))
    assert holds(opened({"epoch": 1, "model_state_dict": wrapped.state_dict()}), WEIGHTS)


def test_another_prefix_or_one_of_some_names_stays() -> None:
    for prefix, count in (("net.", len(WEIGHTS)), ("module.", len(WEIGHTS) - 1)):
        named = {(prefix if k < count else "") + name: WEIGHTS[name] for k, name in enumerate(WEIGHTS)}
        assert refusal(saved({"model": named})).found.startswith("56 tensors (")
    assert common_prefix(["module.a", "module.b"]) == "module."
    assert common_prefix(["module.a", "model.b"]) == common_prefix([]) == ""


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_weights_are_widened_exactly(dtype: torch.dtype) -> None:
    half = {name: tensor.to(dtype) for name, tensor in WEIGHTS.items()}
    word = str(dtype).removeprefix("torch.")
    for data in (saved({"model": half}), saved({"model": half}, 5), safetensors.torch.save(half)):
        found = parse(Path("best.pt"), data)
        assert holds(found, {name: tensor.float() for name, tensor in half.items()})
        widened = f"All {len(WEIGHTS)} tensors were {word} and were widened to float32, which changes no value."
        assert widened in found.notes


def test_double_weights_are_rounded_and_the_change_is_said() -> None:
    name = "encoder_A.fc_mu.bias"
    value = torch.full((16,), 1 + 2.0**-25, dtype=torch.float64)  # halfway between two float32, which rounds to 1
    found = opened({"model": {**WEIGHTS, name: value}})
    assert holds(found, {**WEIGHTS, name: torch.ones(16)})
    assert found.notes[0] == (
        f"1 of {len(WEIGHTS)} tensors were float64 and were rounded to the nearest float32; the largest relative "
        f"change of a value is {2.0**-25:.1e}."
    )
    tiny = opened({"model": {**WEIGHTS, name: torch.full((16,), 1e-60, dtype=torch.float64)}})
    assert "change of a value is 1.0e+00" in tiny.notes[0]
    exact = opened({"model": {key: tensor.double() for key, tensor in WEIGHTS.items()}})
    assert holds(exact, WEIGHTS)
    assert "change of a value is 0.0e+00" in exact.notes[0]


@pytest.mark.parametrize(
    ("value", "dtype", "found"),
    [
        (1e39, torch.float64, "values in encoder_A.fc_mu.bias that are too large for float32"),
        *(
            (value, dtype, "values in encoder_A.fc_mu.bias that are not finite")
            for value in (float("inf"), float("nan"))
            for dtype in (torch.float64, torch.float16, torch.bfloat16, torch.float32)
        ),
    ],
)
def test_what_float32_cannot_hold_is_refused(value: float, dtype: torch.dtype, found: str) -> None:
    weights = {**WEIGHTS, "encoder_A.fc_mu.bias": torch.full((16,), value, dtype=dtype)}
    assert refusal(saved({"model": weights})).found == found


@pytest.mark.parametrize("protocol", [3, 4, 5])
@pytest.mark.parametrize("name", BY_NAME)
def test_every_layout_in_a_newer_pickle_protocol(name: str, protocol: int) -> None:
    layout = BY_NAME[name]
    old, new = (opened(file_of(layout, state_of(layout)), version) for version in (2, protocol))
    assert holds(new, dict(old.weights))
    assert (new.config, new.recorded, new.notes[1:]) == (old.config, old.recorded, old.notes)
    assert new.notes[0] == f"The file's pickle of protocol {protocol} was read as data, and not by Python."


def test_weights_may_not_be_larger_than_their_file() -> None:
    """Views of one storage: each becomes a tensor of its own."""
    layout = BY_NAME["two layers"]
    shared = torch.zeros(64, 64)
    weights = {
        name: shared if tuple(tensor.shape) == (64, 64) else torch.zeros(1).expand(1)
        for name, tensor in state_of(layout).items()
    }
    more = {f"other {k}": shared for k in range(100)}
    assert refusal(saved({"model": weights | more})).found == "tensors that together are larger than the file"


@pytest.mark.parametrize("name", ["a\ud800", "a\x1b[2J", "a\n", "x" * 201])
def test_a_name_that_cannot_be_shown_is_refused(name: str) -> None:
    error = refusal(saved({"model": {**WEIGHTS, name: torch.zeros(1)}}))
    assert error.found == "a tensor whose name is not printable or longer than 200 characters"
    str(error).encode()


SHARD = "model-00002-of-00003.safetensors"
TRANSFORMER = {"model.layers.0.self_attn.q_proj.weight": torch.zeros(2, 2), "model.norm.weight": torch.zeros(2)}
DIFFUSER = {"down_blocks.0.resnets.0.conv1.weight": torch.zeros(2, 2), "conv_in.bias": torch.zeros(2)}
OPTIMISER = {"state": {0: {"exp_avg": torch.zeros(3)}}, "param_groups": [{"lr": 1e-3}]}
FOREIGN: dict[str, tuple[str, bytes, str]] = {
    "a shard": (SHARD, safetensors.torch.save(DIFFUSER), "one shard of a sharded model (00002 of 00003)"),
    "a shard of ours": (
        "model-00001-of-00002.pt",
        saved({"model": dict(itertools.islice(WEIGHTS.items(), 20))}),
        "one shard of a sharded model (00001 of 00002)",
    ),
    "the index of shards": (
        "model.safetensors.index.json",
        json.dumps({"metadata": {"total_size": 9}, "weight_map": {"a": SHARD}}).encode(),
        "the index of a sharded model, without weights",
    ),
    "transformers": (
        "pytorch_model.bin",
        saved(TRANSFORMER),
        "a transformers model (layers.0.self_attn.q_proj.weight, ...)",
    ),
    "diffusers": (
        "diffusion_pytorch_model.safetensors",
        safetensors.torch.save(DIFFUSER),
        "a diffusers model (down_blocks.0.resnets.0.conv1.weight, ...)",
    ),
    "a configuration of transformers": ("config.json", b'{"model_type": "bert"}', "a configuration of transformers"),
    "a configuration of diffusers": ("config.json", b'{"_class_name": "UNet"}', "a configuration of diffusers"),
    "an optimiser": ("optimizer.pt", saved(OPTIMISER), "the state of an optimiser without a model"),
    "an optimiser under its name": (
        "run.pt",
        saved({"optimizer_state_dict": OPTIMISER, "epoch": 5}),
        "the state of an optimiser without a model",
    ),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_of_something_else_is_named_for_what_it_is(name: str) -> None:
    file, data, found = FOREIGN[name]
    for read in (parse, sequence_files.parse):
        with pytest.raises(CheckpointFileError) as caught:
            read(Path(file), data)
        assert caught.value.found.startswith(found)


def test_a_complete_file_may_be_called_a_shard() -> None:
    assert holds(parse(Path(SHARD), saved({"model": WEIGHTS})), WEIGHTS)


def test_weights_next_to_an_optimiser_are_weights() -> None:
    assert holds(opened({**WEIGHTS, "optimizer": OPTIMISER}), WEIGHTS)


def test_settings_that_are_assumed_are_said() -> None:
    bare = BY_NAME["v5_11"]
    assert parse(Path("best.pt"), saved(state_of(bare))).notes == (
        "The file does not record these settings, so they are assumed: max_radius 0.99, curvature 1, decoder input mu "
        "(the latent mean).",
    )
    said = {"model": state_of(bare), "config": {"max_radius": 0.9, "curvature": 1.0, "decoder_input": "mu"}}
    assert opened(said).notes == ()
    assert parse(Path("best.pt"), saved(state_of(bare)), 0.95).notes == ()  # the catalogue knows this one
    assert opened(file_of(BY_NAME["v5_5"], state_of(BY_NAME["v5_5"]))).notes == ()  # no ball, no settings


def test_sequence_models_are_read_in_the_same_forms() -> None:
    state = sequence_state_of(BY_FILE["codon_vae_all.pt"])
    half = {f"module.{name}": tensor.half() for name, tensor in state.items()}
    found = sequence_files.parse(Path("best.pt"), saved({"state_dict": half}, 5))
    assert all(torch.equal(tensor, state[name].half().float()) for name, tensor in found.weights.items())
    assert len(found.notes) == 4
