"""Checks that hold for every error about a checkpoint file."""

from pathlib import Path

import pytest

from tvae.checkpoints.checkpoint_file import parse
from tvae.errors import CheckpointFileError


def refusal(data: bytes) -> CheckpointFileError:
    """The error for these bytes, checked for its parts and its form."""
    with pytest.raises(CheckpointFileError) as caught:
        parse(Path("dir/best.pt"), data)
    error = caught.value
    message = str(error)
    assert message.startswith("best.pt: found ")
    assert all(part and part in message for part in (error.found, error.expected, error.action))
    assert "\n" not in message
    assert len(message) < 600
    return error
