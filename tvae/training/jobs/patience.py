"""How long a run goes on for a visitor who has left: TVAE_TRAIN_PATIENCE, in seconds."""

import os
from typing import Final

from tvae.errors import SettingError
from tvae.operations.validation import quoted

VARIABLE: Final = "TVAE_TRAIN_PATIENCE"
USUAL: Final = 60  # signing in takes less
LEAST: Final = 10  # a reload takes less
MOST: Final = 600  # what a visit leaves is deleted after that


def training_patience() -> int:
    """The setting of this server. Raises SettingError for anything but a whole number from `LEAST` to `MOST`."""
    value = os.environ.get(VARIABLE)
    if value is None:
        return USUAL
    if value.isascii() and value.isdecimal() and len(value) <= len(str(MOST)) and LEAST <= int(value) <= MOST:
        return int(value)
    raise SettingError(
        f"{VARIABLE} is {quoted(value)}. Set it to a whole number of seconds from {LEAST} to {MOST}, or unset it."
    )
