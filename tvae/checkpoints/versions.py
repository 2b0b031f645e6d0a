"""The version of this package, and the versions that a trained checkpoint was made with."""

import platform
from typing import Final

import numpy as np
import torch

__version__: Final = "0.1.0"  # the one definition: pyproject.toml reads it, and `tvae` exports it


def versions() -> dict[str, str]:
    """Version of Python and of each package that decides what a training run computes."""
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "tvae": __version__,
    }
