"""Jobs of the local Hub, by the part of the API that huggingface_hub 2.4 uses: start, look, list, cancel.

A Job really runs: the script is fetched from its address with the Job's token, as uv does, and run by this Python in a
process of its own, with nothing of this one's but the packages that uv would install.
"""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub_repos import refuse
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

UV_RUN = """
import os, sys, urllib.request
asked = urllib.request.Request(sys.argv[1], headers={"Authorization": "Bearer " + os.environ["HF_TOKEN"]})
with open("script.py", "wb") as file:
    file.write(urllib.request.urlopen(asked).read())
os.execv(sys.executable, [sys.executable, "script.py"])
"""


@dataclass
class LocalJob:
    """A Job, with the process that it is."""

    id: str
    owner: str
    spec: dict[str, Any]
    process: "subprocess.Popen[bytes] | None"
    directory: Path
    ended: str = ""  # stage of a Job that has ended without its process

    @property
    def stage(self) -> str:
        if self.ended:
            return self.ended
        code = self.process.poll() if self.process else None
        return "RUNNING" if code is None else "COMPLETED" if code == 0 else "ERROR"

    @property
    def log(self) -> str:
        """What the process has said so far."""
        return (self.directory / "log").read_text()

    def wait(self) -> None:
        """Until its process has ended."""
        assert self.process is not None
        self.process.wait(600)

    def end(self) -> None:
        """Kill the process, and those that it has started."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(600)

    def said(self) -> dict[str, Any]:
        """What the Hub answers."""
        known = {name: self.spec.get(name) for name in ("dockerImage", "command", "environment", "flavor", "labels")}
        status = {"stage": self.stage, "message": "Job failed with exit code: 1" if self.stage == "ERROR" else None}
        owner = {"id": "1", "name": self.owner, "type": "user"}
        return known | {"id": self.id, "createdAt": "2026-11-29T12:00:00.000Z", "owner": owner, "status": status}


class LocalJobs:
    """All Jobs of a hub, which has `url`, `environment` and `writer`."""

    def __init__(self, hub: Any) -> None:
        self.hub = hub
        self.all: list[LocalJob] = []

    def reset(self) -> None:
        """End everything, and forget it."""
        for job in self.all:
            job.end()
        self.all = []
        self.runs = True  # whether a Job that is started runs; one that does not stays under way
        self.looked = threading.Event()  # set when somebody asks about one of them
        self._place = tempfile.TemporaryDirectory(prefix="jobs-")

    def routes(self) -> list[Route]:
        return [
            Route("/api/jobs/{owner}", self._start, methods=["POST"]),
            Route("/api/jobs/{owner}", self._list),
            Route("/api/jobs/{owner}/{job}", self._inspect),
            Route("/api/jobs/{owner}/{job}/cancel", self._cancel, methods=["POST"]),
        ]

    async def _start(self, request: Request) -> Response:
        owner = self._account(request)
        spec = await request.json()
        name = secrets.token_hex(12)
        directory = Path(self._place.name, name)
        directory.mkdir()
        job = LocalJob(name, owner, spec, self._process(spec, directory) if self.runs else None, directory)
        self.all.append(job)
        return JSONResponse(job.said())

    async def _list(self, request: Request) -> Response:
        owner = self._account(request)
        stages = request.query_params.getlist("stage")
        labels = dict(pair.split("=", 1) for pair in request.query_params.getlist("label"))
        return JSONResponse(
            [
                job.said()
                for job in self.all
                if job.owner == owner and job.stage in stages and labels.items() <= job.spec["labels"].items()
            ]
        )

    async def _inspect(self, request: Request) -> Response:
        job = self._job(request)
        self.looked.set()
        return JSONResponse(job.said())

    async def _cancel(self, request: Request) -> Response:
        job = self._job(request)
        job.end()
        job.ended = "CANCELED"
        return JSONResponse(job.said())

    def _account(self, request: Request) -> str:
        user, owner = str(self.hub.writer(request)), str(request.path_params["owner"])
        if user != owner:
            refuse(403, None, f"You don't have the rights to run jobs in the namespace {owner}.")
        return owner

    def _job(self, request: Request) -> LocalJob:
        owner = self._account(request)
        found = [job for job in self.all if (job.owner, job.id) == (owner, request.path_params["job"])]
        if not found:
            refuse(404, None, "Job not found")
        return found[0]

    def _process(self, spec: dict[str, Any], directory: Path) -> "subprocess.Popen[bytes]":
        uv, run, script = spec["command"]
        assert (uv, run) == ("uv", "run")
        environment = self.hub.environment(directory / "home", **spec["environment"], **spec.get("secrets", {}))
        environment.pop("PYTHONPATH", None)
        with (directory / "log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-c", UV_RUN, script],
                cwd=directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
