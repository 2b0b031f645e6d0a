"""What a Job does: trains its share with the executor of its machine, and uploads what is finished."""

import json
import logging
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from tvae.checkpoints.hub.requests import RepoRef
from tvae.checkpoints.hub.transfer import upload
from tvae.errors import HubUnreachable, HubUploadFailed
from tvae.training.sweeps.executor import Outcome
from tvae.training.sweeps.job import Job
from tvae.training.sweeps.local import LocalExecutor
from tvae.training.sweeps.results import row_bytes
from tvae.training.sweeps.row_file import MODEL, ROW

ATTEMPTS: Final = 6  # to upload: Jobs that commit at the same moment get in each other's way
_log = logging.getLogger(__name__)


def run_share(path: str, repository: str) -> None:
    """Train the runs of a share, as `sent.share` writes it, and upload them to the repository of data sets.

    The token is that of the environment. Raises HubError if uploading fails for good; what is there stays there.
    """
    logging.basicConfig(format="%(message)s")
    _log.setLevel(logging.INFO)
    share = json.loads(Path(path).read_text(encoding="utf-8"))
    asked = RepoRef(repository, kind="dataset")
    jobs = [Job(**job) for job in share["jobs"]]
    done: list[Outcome] = []
    since = time.monotonic()
    for outcome in LocalExecutor().run(iter(jobs)):
        row = outcome.row
        _log.info("%s: %s", row["id"], row["error"] or f"sha256 {row['sha256']} in {row['seconds']} s")
        done.append(outcome)
        if time.monotonic() - since >= share["seconds_between_commits"]:
            send(done, asked)
            done, since = [], time.monotonic()
    send(done, asked)


def send(outcomes: Sequence[Outcome], asked: RepoRef, sleep: Callable[[float], None] = time.sleep) -> None:
    """Upload outcomes in one commit, in the layout of the directory of a sweep."""
    with tempfile.TemporaryDirectory() as made:
        files = {}
        for outcome in outcomes:
            parts = {ROW: row_bytes(outcome.row)} | ({MODEL: outcome.model} if outcome.model is not None else {})
            for name, data in parts.items():
                path = Path(made, f"{outcome.row['id']}-{name}")
                path.write_bytes(data)
                files[f"{outcome.row['id']}/{name}"] = path
        for attempt in range(1, ATTEMPTS + 1):
            try:
                upload(files, f"Add {len(outcomes)} runs", asked)
                return
            except (HubUnreachable, HubUploadFailed) as error:
                if attempt == ATTEMPTS:
                    raise
                _log.info("%s", error)
                sleep(random.uniform(2, 4) * 2**attempt)  # noqa: S311 (spreads the attempts of several Jobs)
