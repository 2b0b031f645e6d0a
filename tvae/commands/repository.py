"""A whole repository: evaluate-repository."""

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from tqdm import tqdm

from tvae.checkpoints.terminal import printable
from tvae.commands.command import Command, best_sentence
from tvae.errors import HubUnreachable
from tvae.reports.surveys.repository import evaluation
from tvae.reports.surveys.repository.evaluation import Evaluated
from tvae.reports.surveys.repository.files import Repository, open_repository
from tvae.reports.surveys.repository.rows import Document

MAX_REASONS: Final = 20  # files that were not measured, in the terminal; the report has all


def _args(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("repository", metavar="OWNER/NAME", help="a repository on the Hub, or a folder")
    add("--revision", help="branch, tag or commit hash of the repository (default: main)")
    add("--output", metavar="DIR", type=Path, help="folder of the results (default: evaluated/NAME)")
    add("--all", action="store_true", help="also the tree measures and the status; takes three to four times as long")


def _run(options: argparse.Namespace) -> None:
    repository = open_repository(options.repository, options.revision)
    output = options.output or Path("evaluated", *repository.name.split("/"))
    found = _evaluated(repository, output, options.all)
    for line in _summary(repository, found):
        print(printable(line))
    missing = [row for row in found.rows if row["outcome"] == "not fetched"]
    if missing:
        raise HubUnreachable(
            f"{len(missing):,} of {len(found.rows):,} files were not fetched; the same command tries them again. The "
            f"first is {missing[0]['path']}: {missing[0]['error']}"
        )


def _evaluated(repository: Repository, output: Path, near: bool) -> Evaluated:
    with tqdm(total=len(repository.files), unit=" files", file=sys.stderr, disable=not sys.stderr.isatty()) as bar:

        def say(row: Document) -> None:
            bar.set_postfix_str(row["path"][-40:], refresh=False)
            bar.update()

        return evaluation.evaluate(repository, output, near, say)


def _summary(repository: Repository, found: Evaluated) -> list[str]:
    counted = Counter(row["outcome"] for row in found.rows)
    counts = ", ".join(f"{count:,} {outcome}" for outcome, count in counted.items())
    lines = [f"{repository.name}: {len(found.rows):,} checkpoint files ({counts or 'none'}); {found.new:,} read now."]
    if repository.left_out:
        lines.append(f"{repository.left_out:,} more files were left out.")
    unread = [row for row in found.rows if row["error"] is not None]
    lines += [f"{row['path']}: {row['error']}" for row in unread[:MAX_REASONS]]
    if len(unread) > MAX_REASONS:
        lines.append(f"{len(unread) - MAX_REASONS:,} more were not measured; the report says why.")
    if found.best:
        lines.append(best_sentence(found.best["path"], found.best))
    return [*lines, str(found.table), str(found.report)]


COMMANDS: Final = (Command("evaluate-repository", "measure every checkpoint of a repository or a folder", _args, _run),)
