"""Upload a checkpoint or a data set, with its card, to the user's own repository on the Hugging Face Hub."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from huggingface_hub.hf_api import RepoSibling

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.tree_measures import tree_measures
from tvae.checkpoints.atomic_files import storage
from tvae.checkpoints.hub.requests import RepoRef
from tvae.checkpoints.hub.transfer import ensure_repository, remote_files, upload
from tvae.reports.publishing.model_card import PICTURE, card, radius_png

CARD = "README.md"


@dataclass(frozen=True)
class Published:
    """Location of what was published."""

    url: str  # of the directory in the repository
    directory: str  # "" for the root
    files: tuple[str, ...]  # paths in the repository


def publish(
    evaluated: EvaluatedCheckpoint,
    files: tuple[Path, ...],
    repo_id: str,
    *,
    token: str,
    private: bool = True,
    message: str | None = None,
) -> Published:
    """Upload `files` (the first is the checkpoint) with a card and a picture, in one commit.

    A missing repository is created. In a new or empty repository the files go to the root. In one with other files they
    go to a directory named after recipe, seed and digest, unless the same checkpoint is at the root. An existing card
    is never replaced. Publishing the same files again makes no commit. `message` is that of the commit. `token` is the
    owner's, and is used for nothing else. Raises HubError or StorageError; no message contains the token.
    """
    asked = RepoRef(repo_id, None, token)
    ensure_repository(asked, private)
    there = {file.rfilename: file for file in remote_files(asked)}
    directory = "" if _root_is_ours(there, files[0].name, evaluated) else _name_of(evaluated)
    with storage(Path(tempfile.gettempdir())), tempfile.TemporaryDirectory(prefix="tvae-") as made:
        text, picture = write_card(Path(made), evaluated, repo_id, _joined(directory, files[0].name))
        sent = {_joined(directory, path.name): path for path in (*files, text, picture)}
        changed = {name: path for name, path in sent.items() if path != text or name not in there}
        upload(changed, message or f"Add {_name_of(evaluated)}", asked)
    page = asked.page if not directory else f"{asked.page}/tree/{quote(asked.branch, safe='')}/{quote(directory)}"
    return Published(page, directory, tuple(sent))


def write_card(folder: Path, evaluated: EvaluatedCheckpoint, repo_id: str, file: str) -> tuple[Path, Path]:
    """Write the card for `file` of the repository, and its picture, into a folder; returns their paths."""
    text, picture = folder / CARD, folder / PICTURE
    text.write_text(card(evaluated, tree_measures.evaluate(evaluated.embedding), repo_id, file), encoding="utf-8")
    picture.write_bytes(radius_png(evaluated.embedding))
    return text, picture


def publish_dataset(files: tuple[Path, ...], repo_id: str, *, token: str, private: bool = True) -> Published:
    """Upload the `files` of a data set, its card among them, to the root of a repository of data sets, in one commit.

    A missing repository is created. In one with a card, the card is not replaced; other files of the same name are.
    `token` and errors are as for `publish`.
    """
    asked = dataset_repository(repo_id, token)
    ensure_repository(asked, private)
    there = {file.rfilename for file in remote_files(asked)}
    sent = {path.name: path for path in files if path.name != CARD or path.name not in there}
    upload(sent, "Add the operations", asked)
    return Published(asked.page, "", tuple(path.name for path in files))


def dataset_repository(repo_id: str, token: str) -> RepoRef:
    """The repository of data sets with this name. Raises HubError for a name or a token that cannot be one."""
    return RepoRef(repo_id, None, token, kind="dataset")


def _root_is_ours(there: dict[str, RepoSibling], name: str, evaluated: EvaluatedCheckpoint) -> bool:
    """Whether the repository is empty, or has this checkpoint at its root."""
    known = there.get(name)
    digest = known.lfs.sha256 if known and known.lfs else None
    return there.keys() <= {".gitattributes"} or digest == evaluated.checkpoint.sha256


def _name_of(evaluated: EvaluatedCheckpoint) -> str:
    run, digest = evaluated.checkpoint.recorded.run, evaluated.checkpoint.sha256[:8]
    return f"{run.recipe or 'checkpoint'}-seed{run.seed or 0}-{digest}"


def _joined(directory: str, name: str) -> str:
    return f"{directory}/{name}" if directory else name
