"""Run apps as separate processes and call them over plain HTTP, without importing the package."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
APP = HERE.parent / "app.py"
PATIENCE = 120  # seconds to wait for an answer


@dataclass(frozen=True)
class Server:
    """A running app."""

    port: int
    process: "subprocess.Popen[bytes]"
    started: float  # seconds from the start of the process to the first answer with status 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def call(self, name: str, *arguments: Any) -> bytes:
        """The JSON answer of an endpoint: one POST, then one GET of the event, on one connection."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        path, body = f"/gradio_api/call/{name}", json.dumps({"data": arguments})
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        event = json.loads(connection.getresponse().read())["event_id"]
        connection.request("GET", f"{path}/{event}")
        answer = connection.getresponse().read()
        connection.close()
        found = re.search(rb"event: complete\s+data: (.*)", answer)
        if not found:
            raise RuntimeError(f"/{name} answered {answer[:300]!r}")
        return found[1].strip()

    def peak_memory(self) -> float:
        """Largest resident size so far, in MB."""
        return self._status("VmHWM")

    def memory(self) -> float:
        """Resident size now, in MB."""
        return self._status("VmRSS")

    def threads(self) -> int:
        """Number of threads of the process; Linux only."""
        return len(list(Path(f"/proc/{self.process.pid}/task").iterdir()))

    def descriptors(self) -> int:
        """Number of open files and connections of the process; Linux only."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def _status(self, field: str) -> float:
        """A size from the process's status in MB; Linux only."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(re.findall(rf"{field}:\s+(\d+) kB", status)[0]) / 1000


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/")
        response = connection.getresponse()
        response.read()
        return response.status == 200
    except OSError:
        return False
    finally:
        connection.close()


@contextmanager
def running(script: Path, **environment: str) -> Iterator[Server]:
    """Run `python script` on a free port until the block ends, timed from the start of the process.

    `environment` is added to this process's.
    """
    port = _free_port()
    settings = {"GRADIO_SERVER_NAME": "127.0.0.1", "GRADIO_SERVER_PORT": str(port), "GRADIO_ANALYTICS_ENABLED": "False"}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, str(script)],
        env=os.environ | settings | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _answers(port):
            if process.poll() is not None or time.perf_counter() - began > PATIENCE:
                raise RuntimeError(f"{script.name} did not serve its page")
            time.sleep(0.01)
        yield Server(port, process, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait()
