"""The Jobs of one call of a sweep: started, watched, taken over from a former call, and cancelled."""

import math
import re
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

from tvae.checkpoints.hub.fetch_bytes import fetched_bytes
from tvae.checkpoints.hub.jobs import CANCELED, HubJob, cancel_job, inspect_job, jobs_under_way, page_of, start_job
from tvae.checkpoints.hub.requests import RepoRef
from tvae.checkpoints.hub.transfer import upload
from tvae.errors import HubError, HubFileRefused, HubNotFound, HubUnreachable, HubUploadFailed
from tvae.training.sweeps.executor import TRIES, Outcome, failed
from tvae.training.sweeps.hf_jobs import sent
from tvae.training.sweeps.hf_jobs.received import Listing, Mark, listed, outcome_of
from tvae.training.sweeps.job import ID_LENGTH, Job
from tvae.training.sweeps.sweep import estimated_seconds

MAX_HELD: Final = 512  # runs: each holds a lock, which is an open file
POLL: Final = 15.0  # seconds between two looks
MISSES: Final = 20  # looks in a row without an answer of the Hub, such as while a laptop finds its network
COMMIT: Final = 60.0  # seconds between two commits of all Jobs together: the Hub takes about two a minute
START: Final = 1800.0  # seconds for a Job to install its packages, and to spare
SLOWER: Final = 5  # a Job's run, than the estimate of it
SWEEP: Final = "tvae-sweep"  # labels of a Job
SHARE: Final = "tvae-share"


@dataclass(frozen=True)
class Machines:
    """What the Jobs run on."""

    count: int  # at the same time
    flavor: str
    minutes: int | None  # the longest duration of a Job; None: by the estimate of its runs


@dataclass
class Share:
    """A Job of the Hub, and those of its runs that are not there yet."""

    job: str
    left: dict[str, Job]
    began: float


class Fleet:
    """The Jobs of one call."""

    def __init__(self, asked: RepoRef, machines: Machines, say: Callable[[str], object]) -> None:
        self.asked, self.machines, self.workers, self.say = asked, machines, machines.count, say
        self.waiting: deque[Job] = deque()
        self.under_way: list[Share] = []
        self.ended: set[str] = set()  # Jobs, which the Hub may list for a moment longer
        self.tries: Counter[str] = Counter()  # by run
        self.marks: dict[str, Mark | None] = {}  # of results that do not count: failures of former calls, refused ones
        self.refusals: dict[str, str] = {}
        self.starting = False  # whether there may be a Job whose answer has not come
        # Of the repository and the sources: Jobs with it train runs that have our ids.
        self.label = sent.digest_of(f"{asked.repo_id} {sent.sources().path}".encode())

    def outcomes(self, jobs: Iterator[Job]) -> Generator[Outcome, None, None]:
        """The outcome of each job."""
        listing = listed(self.asked)
        yield from self._take(jobs, MAX_HELD, listing)
        size = max(1, math.ceil(len(self.waiting) / self.workers))
        misses = 0
        while self.waiting or self.under_way:
            try:
                self._start(size)
                if self.under_way:
                    time.sleep(POLL)
                states = [inspect_job(self.asked, share.job) for share in self.under_way]
                listing = listed(self.asked)  # after the states, so that it has the last results of those that ended
                for share, state in list(zip(self.under_way, states, strict=True)):
                    yield from self._collected(share, state, listing)
                free = max(0, self.workers - len(self.under_way))
                yield from self._take(jobs, size * free - len(self.waiting), listing)
                misses = 0
            except (HubUnreachable, HubUploadFailed):
                misses += 1
                if misses == MISSES:
                    raise
                time.sleep(POLL)

    def cancel(self) -> None:
        """End the Jobs under way. Raises HubUnreachable, with their pages, if that is not possible: they cost money."""
        if self.starting:
            with suppress(HubError):
                self._take_over()
        left = []
        for share in self.under_way:
            try:
                cancel_job(self.asked, share.job)
            except HubError:
                left.append(page_of(self.asked, share.job))
        if left:
            raise HubUnreachable(
                f"{len(left)} Jobs could not be cancelled, and may go on: {', '.join(left)}. The same command takes "
                "them over, and `hf jobs cancel` ends them."
            )

    def _take(self, jobs: Iterator[Job], count: int, listing: Listing) -> Generator[Outcome, None, None]:
        """Let this many jobs wait; those that the repository has finished need not, and are yielded."""
        while count > 0 and (job := next(jobs, None)):
            self.waiting.append(job)  # first, so that no error of the Hub loses it
            outcome = self._outcome(job, listing)
            if outcome and outcome.model is not None:
                self.waiting.pop()
                yield outcome
            else:
                self.marks[job.id] = listing.mark(job)
                count -= 1

    def _outcome(self, job: Job, listing: Listing) -> Outcome | None:
        """What the repository has of a job, if it counts."""
        mark = listing.mark(job)
        if mark is None or mark == self.marks.get(job.id):
            return None
        try:
            return outcome_of(job, listing)
        except (HubFileRefused, HubNotFound) as error:
            self.marks[job.id], self.refusals[job.id] = mark, str(error)
            return None

    def _collected(self, share: Share, state: HubJob, listing: Listing) -> Generator[Outcome, None, None]:
        """The outcomes of a Job that are new; a Job that has ended is gone through for the last time."""
        for job in list(share.left.values()):
            if outcome := self._outcome(job, listing):
                del share.left[job.id]
                yield outcome
        if not state.ended and share.left:
            return
        self.under_way.remove(share)
        self.ended.add(share.job)
        for job in share.left.values():
            self.tries[job.id] += 1
            if self.tries[job.id] < TRIES and state.stage != CANCELED:
                self.waiting.append(job)
            else:
                yield failed(job, self._reason(job, share, state), time.perf_counter() - share.began)

    def _reason(self, job: Job, share: Share, state: HubJob) -> str:
        """Why a run has failed whose Job has ended without it."""
        if job.id in self.refusals:
            return f"{self.refusals[job.id]} Check who can write to {self.asked.repo_id}, and run the sweep again."
        said = f"{state.stage}: {state.message}" if state.message else state.stage
        page = page_of(self.asked, share.job)
        return f"Its Job ended without it ({said.rstrip('.')}). Read the log at {page}, and run the sweep again."

    def _start(self, size: int) -> None:
        """Put what waits under way, `size` runs in a Job, in as many Jobs as are free."""
        if not self.waiting or len(self.under_way) >= self.workers:
            return
        self._take_over()
        shares: list[list[Job]] = []
        while self.waiting and len(self.under_way) + len(shares) < self.workers:
            shares.append([self.waiting.popleft() for _ in range(min(size, len(self.waiting)))])
        try:
            revision = self._send(shares) if shares else ""
            while shares:
                self.starting = True
                job = self._started(shares[0], revision)
                self._watch(job, {one.id: one for one in shares.pop(0)}, "started")
                self.starting = False
        finally:
            self.waiting.extendleft(reversed([*chain(*shares)]))

    def _send(self, shares: list[list[Job]]) -> str:
        """Upload what these Jobs need; returns the commit."""
        files = [sent.sources(), sent.script(), *(self._share(share) for share in shares)]
        with _written(files) as paths:
            upload(paths, f"Start {len(shares)} Jobs of a sweep", self.asked)
        return str(listed(self.asked).asked.revision)

    def _share(self, jobs: list[Job]) -> sent.SentFile:
        return sent.share(jobs, COMMIT * self.workers)

    def _started(self, jobs: list[Job], revision: str) -> HubJob:
        share = self._share(jobs)
        return start_job(
            self.asked,
            f"{self.asked.endpoint}/datasets/{self.asked.repo_id}/resolve/{revision}/{sent.script().path}",
            environment={
                "SWEEP_RESULTS": self.asked.repo_id,
                "SWEEP_REVISION": revision,
                "SWEEP_SOURCES": sent.sources().path,
                "SWEEP_SHARE": share.path,
            },
            labels={SWEEP: self.label, SHARE: sent.label_of(share)},
            flavor=self.machines.flavor,
            seconds=self._seconds(jobs),
        )

    def _seconds(self, jobs: list[Job]) -> int:
        if self.machines.minutes is not None:
            return 60 * self.machines.minutes
        return math.ceil(START + SLOWER * estimated_seconds(jobs, 1))

    def _take_over(self) -> None:
        """Find Jobs under way that have runs of ours: of a former call, or of a start whose answer was lost."""
        known = self.ended | {share.job for share in self.under_way}
        wanted = {job.id: job for job in self.waiting}
        try:
            for found in jobs_under_way(self.asked, {SWEEP: self.label}):
                theirs = wanted.keys() & (set() if found.id in known else self._runs_of(found))
                if theirs:
                    self._watch(found, {run: wanted.pop(run) for run in sorted(theirs)}, "taken over")
        finally:  # whatever breaks off, no run is both waiting and under way
            self.waiting = deque(wanted.values())

    def _watch(self, job: HubJob, left: dict[str, Job], how: str) -> None:
        self.under_way.append(Share(job.id, left, time.perf_counter()))
        runs = f"{len(left)} run{'' if len(left) == 1 else 's'}"
        self.say(f"Job {how} for {runs}: {page_of(self.asked, job.id)}")

    def _runs_of(self, job: HubJob) -> set[str]:
        """The ids of the runs of a Job; none if its label names no share."""
        label = job.labels.get(SHARE, "")
        if not re.fullmatch(rf"[0-9a-f]{{{ID_LENGTH}}}", label):
            return set()
        try:
            return sent.ids_of(fetched_bytes(sent.share_of(self.asked, label), sent.MAX_SHARE)[0])
        except (HubFileRefused, HubNotFound, ValueError, KeyError, TypeError, RecursionError):
            return set()


@contextmanager
def _written(files: list[sent.SentFile]) -> Iterator[dict[str, Path]]:
    """The files on the disk, by their path in the repository."""
    with tempfile.TemporaryDirectory(prefix="tvae-") as directory:
        paths = {file.path: Path(directory, str(number)) for number, file in enumerate(files)}
        for file in files:
            paths[file.path].write_bytes(file.data)
        yield paths
