"""What a Job gets, as files of the repository: the sources of this program, a script for uv, and a share of the runs.

The sources travel as an archive and not as a version to install, since the id of a run has their hash: a release that
is nearly the same would train other runs. Names are digests, so what is in the repository is not sent again.
"""

import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

import tvae.training
from tvae.checkpoints.hub.requests import RepoRef
from tvae.training.sweeps.job import ID_LENGTH, Job

FOLDER: Final = ".tvae"  # in the repository, beside the runs
MAX_SHARE: Final = 2**20  # bytes
# What training and uploading import, besides what these bring themselves; with the versions of this machine.
PACKAGES: Final = (
    "torch",
    "numpy",
    "scipy",
    "safetensors",
    "annotated-types",
    "tqdm",
    "filelock",
    "huggingface_hub",
)
_WITHOUT: Final = ("page", "commands", "reports")  # folders of the package that training has no use for
_MODELS: Final = (".safetensors", ".pt")  # the bundled ones, too
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class SentFile:
    """A file of the repository."""

    path: str
    data: bytes


@cache
def sources() -> SentFile:
    """The package without its page and its models, as an archive whose bytes depend on nothing else."""
    package = Path(tvae.training.__file__).parents[1]
    names = sorted(path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            if name.split("/")[0] not in _WITHOUT and "__pycache__" not in name and not name.endswith(_MODELS):
                archive.writestr(
                    zipfile.ZipInfo(f"tvae/{name}", _EPOCH), (package / name).read_bytes(), zipfile.ZIP_DEFLATED
                )
    return _named("sources", ".zip", packed.getvalue())


def script() -> SentFile:
    """The script with its header, from which uv installs Python and the packages."""
    pinned = [f"{name}=={version(name).partition('+')[0]}" for name in PACKAGES]
    header = [
        "/// script",
        f'requires-python = "=={sys.version_info.major}.{sys.version_info.minor}.*"',
        f"dependencies = {json.dumps(pinned)}",
        "///",
    ]
    body = Path(__file__).with_name("script.py").read_text(encoding="utf-8")
    return _named("script", ".py", ("".join(f"# {line}\n" for line in header) + body).encode())


def share(jobs: Sequence[Job], seconds_between_commits: float) -> SentFile:
    """Runs for one Job."""
    said = {"seconds_between_commits": seconds_between_commits, "jobs": [asdict(job) for job in jobs]}
    return _named("share", ".json", (json.dumps(said) + "\n").encode())


def label_of(file: SentFile) -> str:
    """The digest in the name of a file, which a label can have."""
    return Path(file.path).stem.rpartition("-")[2]


def share_of(asked: RepoRef, label: str) -> RepoRef:
    """The share with this label, in a repository."""
    return replace(asked, name=f"{FOLDER}/share-{label}.json")


def ids_of(data: bytes) -> set[str]:
    """The ids of the runs of a share. Raises ValueError, KeyError or TypeError for other bytes."""
    return {str(job["id"]) for job in json.loads(data)["jobs"]}


def digest_of(data: bytes) -> str:
    """A digest that is short enough for a label."""
    return hashlib.sha256(data).hexdigest()[:ID_LENGTH]


def _named(kind: str, suffix: str, data: bytes) -> SentFile:
    return SentFile(f"{FOLDER}/{kind}-{digest_of(data)}{suffix}", data)
