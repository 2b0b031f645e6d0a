"""The published interface to the Hub: `from tvae.checkpoint_hub import ...` and `python -m tvae.checkpoint_hub`.

Everything is defined in `tvae.checkpoints.hub.client`.
"""

import sys

from tvae.checkpoints.hub import environment
from tvae.checkpoints.terminal import printable
from tvae.errors import SettingError

try:
    environment.check_numbers()  # before the import below, which would fail with an unclear error
except SettingError as error:
    if __name__ != "__main__":
        raise
    sys.stderr.write(f"{printable(error)}\n")
    raise SystemExit(2) from None

from tvae.checkpoints.hub.client import (
    DEFAULT_REPO_ID,
    CheckpointListing,
    LocatedCheckpoint,
    UploadedFile,
    download_checkpoint,
    ensure_checkpoint,
    list_checkpoints,
    locate_checkpoint,
    main,
    models_directory,
    upload_checkpoint,
    upload_directory,
)

__all__ = [
    "DEFAULT_REPO_ID",
    "CheckpointListing",
    "LocatedCheckpoint",
    "UploadedFile",
    "download_checkpoint",
    "ensure_checkpoint",
    "list_checkpoints",
    "locate_checkpoint",
    "main",
    "models_directory",
    "upload_checkpoint",
    "upload_directory",
]

if __name__ == "__main__":
    raise SystemExit(main())
