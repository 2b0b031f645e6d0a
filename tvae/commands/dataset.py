"""A data set of all operations as a checkpoint encodes them: export-dataset."""

import argparse
import shlex
from pathlib import Path
from typing import Final

from tvae.checkpoints.terminal import printable
from tvae.commands.command import CHECKPOINT, Command, load_evaluated
from tvae.errors import HubAccessDenied, HubError, InputError, UploadInterrupted
from tvae.reports.publishing import dataset


def _export_args(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("checkpoint", metavar="CHECKPOINT", help=CHECKPOINT)
    add("directory", metavar="DIR", type=Path, help="new or empty folder to write")
    words = "neighbours of each operation (default %(default)s, at most "
    add("-k", type=int, default=dataset.NEIGHBOURS, help=f"{words}{dataset.MAX_NEIGHBOURS})")
    add("--upload", metavar="OWNER/NAME", default="", help="also upload it to this repository of data sets on the Hub")
    add("--public", action="store_true", help="make a new repository public (default: private)")


def _export(options: argparse.Namespace) -> None:
    # Before loading, so that a wrong argument fails at once.
    dataset.check(options.directory, options.k)
    if options.public and not options.upload:
        raise InputError("--public is for a repository on the Hub. Name it with --upload OWNER/NAME, or omit --public.")
    token = _token(options.upload) if options.upload else ""
    evaluated = load_evaluated(options.checkpoint, tree=False)
    files = dataset.write(evaluated, options.directory, options.k, options.upload)
    for path in files:
        print(printable(path))
    if options.upload:
        _upload(files, options, token)


def _upload(files: tuple[Path, ...], options: argparse.Namespace, token: str) -> None:
    """Upload the data set. An error says that its folder is there, and how it is uploaded later."""
    from tvae.reports.publishing.publish import publish_dataset

    private = "" if options.public else " --private"
    later = (
        f"The data set is in {options.directory}. To upload it: "
        f"hf upload {options.upload} {shlex.quote(str(options.directory))} . --repo-type dataset{private}"
    )
    try:
        done = publish_dataset(files, options.upload, token=token, private=not options.public)
    except KeyboardInterrupt as error:
        raise UploadInterrupted(f"The upload to {options.upload} was interrupted. {later}") from error
    except HubError as error:
        raise HubError(f"{error} {later}") from error
    print(printable(done.url))


def _token(repo_id: str) -> str:
    """The token of this machine, with which the repository can be named. Raises HubError if there is none."""
    # Imported here, like `publish_dataset`, because the client of the Hub slows down every other command.
    from tvae.checkpoints.hub.requests import LOG_IN
    from tvae.checkpoints.hub.transfer import own_token
    from tvae.reports.publishing.publish import dataset_repository

    token = own_token()
    if token is None:
        raise HubAccessDenied(f"Uploading to {repo_id} needs a token with write access: {LOG_IN}.")
    dataset_repository(repo_id, token)
    return token


COMMANDS: Final = (
    Command(
        "export-dataset",
        "write all operations, encoded by a checkpoint, as a data set, and upload it",
        _export_args,
        _export,
    ),
)
