"""The executor that trains on Hugging Face Jobs, and fetches the results from a data set repository of the user.

A Job takes minutes to start, so it gets a share of the runs. What it has finished is in the repository, whatever
becomes of this process: the next call finds it there, and takes over the Jobs that are still under way.
"""

import re
from collections.abc import Callable, Generator, Iterator
from itertools import chain
from typing import Final

from tvae.checkpoints.hub.jobs import silence
from tvae.checkpoints.hub.requests import LOG_IN, RepoRef
from tvae.checkpoints.hub.transfer import ensure_repository, own_token
from tvae.errors import HubAccessDenied, InputError
from tvae.operations.validation import quoted
from tvae.training.sweeps.executor import Outcome
from tvae.training.sweeps.hf_jobs.fleet import Fleet, Machines
from tvae.training.sweeps.job import Job
from tvae.training.sweeps.local import check_workers

FLAVOR: Final = "cpu-basic"
MAX_JOBS: Final = 32
MAX_MINUTES: Final = 60 * 24 * 7


class HfJobsExecutor:
    """Trains runs in `workers` Jobs at the same time; their account is the owner of the repository."""

    def __init__(
        self,
        results: str,
        workers: int | None = None,
        flavor: str = FLAVOR,
        minutes: int | None = None,
        say: Callable[[str], object] = lambda line: None,
    ) -> None:
        """`results` is OWNER/NAME, `minutes` the longest duration of a Job (None: by the estimate of its runs).

        `say` gets a line with the page of each Job, since a Job costs money.

        Sends nothing. Raises InputError, or HubError for a name or a token that cannot be one.
        """
        self.workers = 1 if workers is None else workers
        check_workers(self.workers, MAX_JOBS)
        if not re.fullmatch(r"[a-z0-9-]{1,50}", flavor):
            raise InputError(f"{quoted(flavor)} is no flavour of a machine. `hf jobs hardware` lists them.")
        if minutes is not None and not 1 <= minutes <= MAX_MINUTES:
            raise InputError(f"Found {minutes} minutes; give a whole number from 1 to {MAX_MINUTES:,}, such as 120.")
        if results.count("/") != 1:
            raise InputError(f"{quoted(results)} is no repository for the results. Write it as OWNER/NAME.")
        token = own_token()
        if token is None:
            raise HubAccessDenied(f"Jobs on the Hub need a token that may start them and write to {results}: {LOG_IN}.")
        self._asked = RepoRef(results, None, token, kind="dataset")
        self._machines, self._say = Machines(self.workers, flavor, minutes), say

    def run(self, jobs: Iterator[Job]) -> Generator[Outcome, None, None]:
        """See `Executor.run`. Raises HubError if the Hub refuses, or does not answer for a while."""
        first = next(jobs, None)
        if first is None:
            return
        silence()
        ensure_repository(self._asked, private=True)
        fleet = Fleet(self._asked, self._machines, self._say)
        try:
            yield from fleet.outcomes(chain([first], jobs))
        finally:
            fleet.cancel()
