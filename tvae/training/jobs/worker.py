"""A training run in a process of its own: `python -m tvae.training.jobs.worker DIRECTORY DEVICE`, from `queue.py`.

The first line of standard input is the request as JSON; another line, or the end of input, stops the run after the
current step. Standard output has JSON lines: {"frame": ...} during training, then {"done": ...} once
`model.safetensors` and `model.pt` are in the directory, or {"error": sentence}. The process has low priority (nice 10)
and can be killed at any time without an effect on the server.
"""

import contextlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from tvae.analysis.metrics.metrics import evaluate
from tvae.analysis.tree_measures.tree_measures import distortion
from tvae.analysis.views.base64_text import in_base64
from tvae.checkpoints.checkpoint_file import digest, save
from tvae.errors import StorageError, TvaeError
from tvae.models.embedding import Embedding, embed
from tvae.training.jobs.request import TrainingRequest
from tvae.training.loop import (
    Progress,
    Run,
    headline_metrics,
    resume,
    start,
)
from tvae.training.recipes.recipe import objectives
from tvae.training.threads import THREADS
from tvae.training.train_to_file import checkpoint_metadata

FRAME_SECONDS: Final = 0.8  # between two frames; a frame takes about 0.05 s
DISTORTION_FRAMES: Final = 6  # from one frame with the average distortion to the next, which takes 0.4 s
NICENESS: Final = 10
FILES: Final = ("model.safetensors", "model.pt")


def main() -> None:
    """Read the request, train and save; errors that a request can cause are sentences."""
    directory, device = Path(sys.argv[1]), sys.argv[2]
    with contextlib.suppress(OSError, AttributeError):  # not available on Windows
        os.nice(NICENESS)
    stopped = threading.Event()
    request = TrainingRequest(**json.loads(sys.stdin.readline()))
    threading.Thread(target=_wait_for_stop, args=(stopped,), daemon=True).start()
    try:
        work(request, directory, stopped.is_set, _say, device)
    except StorageError as error:  # its sentence is for the owner of the disk
        sys.stderr.write(f"{error}\n")
        _say({"error": "This server cannot store the result, because its disk is full. Try again in a few minutes."})
    except TvaeError as error:
        _say({"error": str(error)})


def _wait_for_stop(stopped: threading.Event) -> None:
    sys.stdin.readline()
    stopped.set()


def work(
    request: TrainingRequest,
    directory: Path,
    stop: Callable[[], bool],
    say: Callable[[dict[str, Any]], None],
    device: str = "cpu",
) -> None:
    """Train as requested, report progress, and save the model."""
    run = start(request.overridden(), seed=request.seed, device=device)
    by_distances = "distances" in objectives(run.recipe)
    say({"frame": _frame(run, None, embed(run.model), by_distances)})
    reported, frames = time.monotonic(), 1
    for progress in resume(run, stop=stop):
        if time.monotonic() - reported >= FRAME_SECONDS:
            say({"frame": _frame(run, progress, embed(run.model), by_distances and frames % DISTORTION_FRAMES == 0)})
            reported, frames = time.monotonic(), frames + 1
    embedding = embed(run.model)
    record = checkpoint_metadata(run, evaluate(embedding, tree=False))
    for name in FILES:
        save(directory / name, run.model, record)
    say({"frame": _frame(run, progress, embedding, by_distances)})
    say({"done": {"sha256": digest((directory / FILES[0]).read_bytes()), "step": run.step, "seconds": run.seconds}})


def _frame(run: Run, progress: Progress | None, embedding: Embedding, with_distortion: bool) -> dict[str, Any]:
    """Progress of the run, with metrics of all operations."""
    measured = evaluate(embedding, tree=False)
    sides = {"a": embedding.a, "b": embedding.b} if with_distortion else {}
    distortions = {f"distortion_{name}": distortion(side) for name, side in sides.items()}
    return {
        "step": run.step,
        "steps": run.recipe.steps,
        "phase": progress.phase if progress else run.recipe.phases[0].name,
        "loss": progress.loss if progress else None,
        "seconds": run.seconds,
        "numbers": headline_metrics(measured) | distortions,
        "points": _packed(embedding),
        "events": [f"step {event.step}: {event.action} {event.part}, {event.reason}" for event in run.events[-20:]],
    }


def _packed(embedding: Embedding) -> dict[str, str | None]:
    """Radius and norm of both encoders as base64 of float64 (N,), and the exact operations as packed bits."""
    packed: dict[str, str | None] = {"exact": in_base64(np.packbits(embedding.exact))}
    for name, side in (("a", embedding.a), ("b", embedding.b)):
        packed[f"radius_{name}"] = in_base64(side.radius.astype("<f8"))
        packed[f"norm_{name}"] = None if side.norm is None else in_base64(side.norm.astype("<f8"))
    return packed


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    torch.set_num_threads(THREADS)
    main()
