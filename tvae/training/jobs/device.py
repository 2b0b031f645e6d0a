"""The device on which the page trains: TVAE_TRAIN_DEVICE is cpu (also if it is unset) or cuda."""

import os
from typing import Final, Literal

import torch

from tvae.errors import SettingError

VARIABLE: Final = "TVAE_TRAIN_DEVICE"
Device = Literal["cpu", "cuda"]


def training_device() -> Device:
    """The device of this server's training jobs. Raises SettingError for one that this machine cannot train on."""
    value = os.environ.get(VARIABLE, "cpu")
    if value == "cpu":
        return "cpu"
    if value != "cuda":
        raise SettingError(f"{VARIABLE} is {value!r}. Set it to cpu or cuda, or unset it.")
    if os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "true"):
        raise SettingError(
            f"{VARIABLE} is cuda, and ZeroGPU lends a GPU for seconds only, too few for training. Set it to cpu, or "
            "give the Space a GPU of its own."
        )
    if not torch.cuda.is_available():
        raise SettingError(
            f"{VARIABLE} is cuda, and PyTorch finds no CUDA device here. Set it to cpu, or install a PyTorch with CUDA "
            "and the driver."
        )
    return "cuda"
