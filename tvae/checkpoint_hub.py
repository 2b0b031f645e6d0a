"""The published interface to the Hub: `from tvae.checkpoint_hub import ...` and `python -m tvae.checkpoint_hub`.

Everything is defined in `tvae.checkpoints.hub.client`.
"""

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
