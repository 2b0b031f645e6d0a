"""A model with `from_pretrained`, `save_pretrained` and `push_to_hub`, as models on the Hugging Face Hub have them.

    model = tvae.PretrainedVAE.from_pretrained("owner/name")
    model.push_to_hub("owner/mine")

Everything is defined elsewhere: reading in `tvae.checkpoints`, publishing in `tvae.reports.publishing`.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

import torch

from tvae.analysis import evaluation
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.checkpoints import checkpoint_file, loading
from tvae.checkpoints.atomic_files import storage, write_atomically
from tvae.checkpoints.catalogue.catalogue import BY_NAME
from tvae.checkpoints.checkpoint_file import Checkpoint
from tvae.checkpoints.folder import named_in
from tvae.checkpoints.hub import environment
from tvae.checkpoints.loading import CheckpointLocation
from tvae.errors import HubAccessDenied, InputError
from tvae.models.ternary_vae import TernaryVAE
from tvae.operations.validation import quoted

FILES: Final = ("model.safetensors", "model.pt")  # that are pushed: our layout, and the published one

_LACKING: Final = {"filename": "no folder, and no repository on the Hub", "revision": "no repository on the Hub"}


class PretrainedVAE(TernaryVAE):
    """`TernaryVAE` with the methods of huggingface_hub's ModelHubMixin, with the same arguments where they apply.

    It does not inherit from the mixin, for three reasons. A class that does so imports huggingface_hub when it is
    defined, which would be when tvae is imported. The mixin hands the config.json of a stranger to the constructor,
    where tvae takes the architecture from the tensors. And the mixin replaces what a repository has, where tvae keeps
    its files and its card.
    """

    checkpoint: Checkpoint | None = None  # what was read, for a model of `from_pretrained`

    @classmethod
    def from_pretrained(
        cls,
        pretrained_model_name_or_path: str | Path,
        *,
        filename: str | None = None,
        revision: str | None = None,
        token: str | bool | None = None,
        local_files_only: bool = False,
    ) -> Self:
        """The model of a repository on the Hub (owner/name), or of anything that `tvae.load` takes, in eval mode.

        A repository or folder has one checkpoint, or `filename` names one of several. `revision` is a branch, tag or
        commit. `token` is that of this machine, none at all if it is False, or the given one. `local_files_only` uses
        the Hub's cache without a request. Raises CheckpointError, HubError, or InputError for a `filename`
        or `revision` of what cannot have it.
        """
        _check_kinds(token, filename=filename, revision=revision)
        location = _locate(pretrained_model_name_or_path, filename, revision, token, local_files_only)
        checkpoint = loading.open_located(location)
        model = checkpoint_file.build_as(cls, checkpoint)
        model.checkpoint = checkpoint
        return model

    def save_pretrained(self, save_directory: str | Path, *, repo_id: str | None = None) -> None:
        """Write the files that `push_to_hub` uploads into a folder: the model in two formats, card and picture.

        The folder is created if it is missing. Other files in it stay, and an existing card is not replaced. `repo_id`
        is the repository owner/name that the card speaks of; without it, the card has OWNER and the folder's name.
        Raises StorageError, or EmbeddingError for weights that give none.
        """
        from tvae.reports.publishing.publish import CARD, write_card  # here since it imports huggingface_hub

        folder = Path(save_directory)
        with storage(folder):
            folder.mkdir(parents=True, exist_ok=True)
        with self._written() as (measured, files):
            name = repo_id or f"OWNER/{folder.absolute().name}"
            for path in (*files, *write_card(files[0].parent, measured, name, files[0].name)):
                if path.name != CARD or not (folder / CARD).exists():
                    write_atomically(folder / path.name, path.read_bytes())

    def push_to_hub(
        self,
        repo_id: str,
        *,
        commit_message: str | None = None,
        private: bool = True,
        token: str | bool | None = None,
    ) -> str:
        """Upload the model with its card and picture to your repository owner/name, and return the address.

        The files and the rules are those of publishing on the page: a missing repository is created, `private` unless
        you say otherwise; one with other files keeps them, and an existing card is not replaced. `token` is that of
        this machine, or the given one. What the checkpoint file recorded of its training is kept as long as the
        weights are the same. Raises HubError, StorageError, InputError, or EmbeddingError for weights that give none.
        """
        from tvae.checkpoints.hub.requests import LOG_IN  # here since these import huggingface_hub
        from tvae.checkpoints.hub.transfer import own_token
        from tvae.reports.publishing.publish import publish

        if not isinstance(repo_id, str) or repo_id.count("/") != 1:
            raise InputError(f"The repository is {quoted(repo_id)}; write owner/name, such as alice/my-model.")
        _check_kinds(token, commit_message=commit_message)
        secret = token if isinstance(token, str) else None if token is False else own_token()
        if not secret:
            raise HubAccessDenied(f"Uploading needs a token with write access: {LOG_IN}. Or pass it as `token`.")
        with self._written() as (measured, files):
            return publish(measured, files, repo_id, token=secret, private=private, message=commit_message).url

    @contextmanager
    def _written(self) -> Iterator[tuple[EvaluatedCheckpoint, tuple[Path, ...]]]:
        """The model measured, and its files in a folder that the end of the block removes."""
        with storage(Path(tempfile.gettempdir())), tempfile.TemporaryDirectory(prefix="tvae-") as made:
            files = tuple(Path(made, name) for name in FILES)
            for path in files:
                checkpoint_file.save(path, self, self._metadata())
            location = CheckpointLocation(files[0].name, files[0], "file", None, None)
            yield evaluation.measure(location, loading.open_located(location)), files

    def _metadata(self) -> dict[str, Any]:
        """What the file recorded, if it is still true of the weights."""
        if self.checkpoint is None:
            return {}
        weights, before = self.state_dict(), self.checkpoint.weights
        same = all(torch.equal(tensor.cpu(), before[name]) for name, tensor in weights.items())
        # `config` is written from the model. Without a second one, a file of ours comes back byte for byte.
        return {name: value for name, value in self.checkpoint.metadata.items() if same and name != "config"}


def _check_kinds(token: object, **texts: object) -> None:
    """Raises InputError for a token, which it does not show, or another argument of the wrong kind."""
    if token is not None and not isinstance(token, str | bool):
        raise InputError(f"token is of type {type(token).__name__}; give a string, True, False or None.")
    for name, value in texts.items():
        if value is not None and not isinstance(value, str):
            raise InputError(f"{name} is {quoted(repr(value))}; give a string or None.")


def _locate(
    name: str | Path, filename: str | None, revision: str | None, token: str | bool | None, local_only: bool
) -> CheckpointLocation:
    if not _is_repository(name):
        if filename is not None and revision is None and _is_folder(name):
            return CheckpointLocation(f"{name}/{filename}", named_in(Path(name), filename), "file", None, None)
        for option, value in (("revision", revision), ("filename", filename)):
            if value is not None:
                raise InputError(
                    f"{quoted(str(name))} is {_LACKING[option]}, and {option} is for one. Omit it, or write owner/name."
                )
        return loading.locate_any(name)
    environment.check_numbers()
    # Imported here because importing huggingface_hub takes seconds, and files do not need it.
    from tvae.checkpoints.hub import repository
    from tvae.checkpoints.hub.client import DEFAULT_REPO_ID
    from tvae.checkpoints.hub.requests import RepoRef

    asked = RepoRef(str(name), revision, None if token is True else token, filename)
    found = repository.locate(asked, local_only)
    known = BY_NAME.get(filename or "") if asked.repo_id == DEFAULT_REPO_ID and revision is None else None
    return CheckpointLocation(str(name), found.path, found.origin, found.revision, known)


def _is_folder(name: str | Path) -> bool:
    try:
        return name not in ("", *BY_NAME) and Path(name).is_dir()
    except (OSError, TypeError, ValueError):  # too long, no path, or with a null character
        return False


def _is_repository(name: object) -> bool:
    """Whether a name is that of a repository: owner/name, and neither a known checkpoint nor a file or folder."""
    if not isinstance(name, str) or name in BY_NAME or name.count("/") != 1 or name.startswith((".", "/", "~")):
        return False
    try:
        return not Path(name).exists()
    except (OSError, ValueError):  # too long, or with a null character
        return False
