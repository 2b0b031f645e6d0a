"""TVAE_TRAIN_DEVICE: the CPU by default, CUDA if the machine has its own GPU, and an error for any other value."""

import pytest
import torch

from tvae.errors import SettingError
from tvae.training.jobs import device
from tvae.training.jobs.device import training_device


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPACES_ZERO_GPU", raising=False)
    monkeypatch.delenv(device.VARIABLE, raising=False)


def test_it_is_the_cpu_unless_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert training_device() == "cpu"
    monkeypatch.setenv(device.VARIABLE, "cpu")
    assert training_device() == "cpu"


@pytest.mark.parametrize("value", ["", "CPU", "gpu", "cuda:1", "mps"])
def test_any_other_value_is_one_sentence(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(device.VARIABLE, value)
    with pytest.raises(SettingError) as caught:
        training_device()
    assert str(caught.value) == f"TVAE_TRAIN_DEVICE is {value!r}. Set it to cpu or cuda, or unset it."


def test_cuda_needs_a_gpu_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(device.VARIABLE, "cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SettingError, match="TVAE_TRAIN_DEVICE is cuda, and PyTorch finds no CUDA device"):
        training_device()
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)  # as `spaces` makes it on ZeroGPU
    assert training_device() == "cuda"
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    with pytest.raises(SettingError, match="ZeroGPU lends a GPU for seconds only"):
        training_device()
