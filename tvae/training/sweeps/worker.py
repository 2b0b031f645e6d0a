"""The process of the local executor: `python -m tvae.training.sweeps.worker`, started by `local`.

Each line of standard input is a job as JSON, each line of standard output its outcome, with the model in base64. The
process ends with its input, also in the middle of a job: so it cannot outlive the sweep that started it.
"""

import base64
import json
import os
import queue
import sys
import threading
from dataclasses import asdict

import torch

from tvae.training.sweeps.executor import Outcome, work
from tvae.training.sweeps.job import Job
from tvae.training.threads import THREADS


def main() -> None:
    """Run jobs until the input ends."""
    torch.set_num_threads(THREADS)
    with os.fdopen(os.dup(1), "w", encoding="ascii") as output:
        os.dup2(2, 1)  # whatever a library prints must not come between two outcomes
        jobs: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=_read, args=(jobs,), daemon=True).start()
        while True:
            output.write(as_line(work(Job(**json.loads(jobs.get())))))
            output.flush()


def as_line(outcome: Outcome) -> str:
    """An outcome as a line of text."""
    model = None if outcome.model is None else base64.b64encode(outcome.model).decode()
    return json.dumps({"row": outcome.row, "model": model, "curves": outcome.curves}) + "\n"


def of_line(line: bytes) -> Outcome:
    """The outcome of a line."""
    said = json.loads(line)
    model = None if said["model"] is None else base64.b64decode(said["model"])
    return Outcome(said["row"], model, tuple(said["curves"]))


def job_line(job: Job) -> bytes:
    """A job as a line of text."""
    return json.dumps(asdict(job)).encode() + b"\n"


def _read(jobs: "queue.SimpleQueue[str]") -> None:
    for line in sys.stdin:
        jobs.put(line)
    os._exit(0)


if __name__ == "__main__":
    main()
