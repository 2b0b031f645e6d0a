"""Receive a checkpoint, as an uploaded file or from any repository on the Hub, validate it strictly and store it.

It is a Ternary VAE, or a codon or amino-acid VAE; the file shows which. Rejected files are not stored; an accepted one
is stored once, for this visit (`session_files`). Files arrive at a route of this app, because Gradio's own upload would
keep every file.
"""

import asyncio
import tempfile
from pathlib import Path, PurePosixPath
from threading import BoundedSemaphore
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tvae.checkpoints.architecture import SEQUENCES
from tvae.checkpoints.checkpoint_file import USUAL_SIZE, digest
from tvae.checkpoints.hub.client import CheckpointListing, list_checkpoints
from tvae.checkpoints.hub.fetch_bytes import fetched_bytes
from tvae.checkpoints.hub.requests import RepoRef, Token
from tvae.checkpoints.loading import CheckpointLocation
from tvae.errors import CheckpointFileError, HubFileRefused, HubNotFound, ServerBusy, TvaeError
from tvae.operations.validation import quoted
from tvae.page.server import compute
from tvae.page.server.callers import Caller
from tvae.page.server.middleware.request_limit import BodyLimit
from tvae.page.server.session_files import GRACE, ModelKind, StoredCheckpoint, storing
from tvae.page.ui import texts
from tvae.sequences import checkpoint_file

MAX_FILE: Final = 16 * 2**20  # bytes
PATH: Final = "/checkpoint-file"
FILE_BOUND: Final = BodyLimit(MAX_FILE, texts.FILE_TOO_LARGE.format(megabytes=MAX_FILE // 2**20, usual=USUAL_SIZE))
AT_ONCE: Final = 2  # a malicious file may need several times its size in memory
_READING: Final = BoundedSemaphore(AT_ONCE)
_TURNS: Final = asyncio.Semaphore(AT_ONCE)
SECONDS: Final = 120.0  # in which a file has to arrive


def store_upload(
    name: str, data: bytes, session: str, origin: str = texts.YOUR_FILE, caller: Caller | None = None
) -> StoredCheckpoint:
    """Validate and store a checkpoint for the visit of a session; its title is made of `origin` and `name`.

    It counts to the share of `caller`, by default the session.

    Raises CheckpointError if the bytes are not a checkpoint of these models, or if it cannot be evaluated, and
    StorageError if it cannot be stored.
    """
    shown = _shown(name)
    with _READING, storing(), tempfile.TemporaryDirectory(prefix="tvae-") as directory:
        path = Path(directory, shown)
        path.write_bytes(data)
        holds: ModelKind = "operations"
        try:
            # Evaluate it now, so that a checkpoint that cannot be evaluated is not stored.
            compute.CACHE.get(CheckpointLocation(shown, path, "upload", None, None))
        except CheckpointFileError as error:
            if error.found != SEQUENCES:
                raise
            checkpoint_file.parse(path, data)
            holds = "sequences"
        title = f"{origin}: {shown}"
        return compute.SESSION_FILES.keep(session, title, (path,), holds=holds, caller=caller)


def _shown(name: str) -> str:
    """A file's name without directories and unprintable characters; never empty, never hidden."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(letter for letter in last if letter.isprintable()).strip(". ")
    return plain.encode()[-100:].decode(errors="ignore") or "checkpoint"


def hub_files(repository: str, revision: str, token: Token) -> list[CheckpointListing]:
    """The checkpoint files of a repository. Raises HubError; HubNotFound also if it has none."""
    asked = _asked(repository, revision, token)
    found = list_checkpoints(repo_id=asked.repo_id, revision=asked.revision, token=asked.token)
    if not found:
        raise HubNotFound(texts.NO_CHECKPOINT_THERE.format(repository=asked))
    return found


def keep_from_hub(
    repository: str, file: str, revision: str, token: Token, session: str, caller: Caller
) -> StoredCheckpoint:
    """Fetch one file of a repository and store it. Raises HubError or ServerBusy, or as `store_upload` does."""
    if not isinstance(file, str) or not file:
        raise HubFileRefused(texts.NO_FILE_SELECTED)
    asked = _asked(repository, revision, token, file)
    with compute.SESSION_FILES.arriving(caller, MAX_FILE):
        data, commit = fetched_bytes(asked, MAX_FILE)
        origin = texts.FROM_REVISION.format(repository=asked.repo_id, commit=commit[:12])
        return store_upload(file, data, session, origin, caller)


def _asked(repository: str, revision: str, token: Token, file: str | None = None) -> RepoRef:
    for value in (repository, revision):
        if not isinstance(value, str):
            raise HubNotFound(texts.NOT_TEXTS.format(value=quoted(value)))
    named = repository.strip().removeprefix("https://huggingface.co/").strip("/")
    if not named:
        raise HubNotFound(texts.REPOSITORY_MISSING)
    if named.count("/") != 1:
        raise HubNotFound(texts.NO_REPOSITORY.format(text=repr(named[:200])))
    return RepoRef(named, revision.strip() or None, token, file)


def upload_response(stored: StoredCheckpoint) -> dict[str, Any]:
    """The answer about a stored checkpoint: {checkpoint, title, holds, sha256, bytes, kept_seconds}."""
    return {
        "checkpoint": stored.name,
        "title": stored.title,
        "holds": stored.holds,
        "sha256": digest(stored.files[0].read_bytes()),
        "bytes": stored.size,
        "kept_seconds": int(GRACE),
    }


def finish_api_upload(stored: StoredCheckpoint, session: str) -> dict[str, Any]:
    """End the session of a caller without a page, so that its file is kept for the grace period; returns the answer."""
    compute.SESSION_FILES.close(session)
    return upload_response(stored)


async def _receive(request: Request) -> Response:
    """POST the bytes of a file, with its name as the parameter `name`; answers as `upload_response`, or {error}.

    An error has status 422, or 408 or 429 if the file is late or over a share. With `refusal=200` it has status 200,
    because a browser logs any other as a page error. Files that wait to be read hold no thread.
    """
    address = request.state.address
    announced = request.headers.get("content-length", "")
    size = int(announced) if announced.isdigit() else MAX_FILE
    as_200 = request.query_params.get("refusal") == "200"
    try:
        with compute.SESSION_FILES.arriving(Caller(address, address), size):
            return JSONResponse(await _stored(request))
    except ClientDisconnect:  # nobody is there to read an answer
        return Response(status_code=400)
    except TimeoutError:
        sentence = texts.FILE_LATE.format(seconds=f"{SECONDS:g}")
        return JSONResponse({"error": sentence}, 200 if as_200 else 408)
    except ServerBusy as error:
        waiting = {"Retry-After": str(error.retry_after)}
        return JSONResponse({"error": str(error)}, 200 if as_200 else 429, waiting)
    except TvaeError as error:
        return JSONResponse({"error": str(error)}, 200 if as_200 else 422)


async def _stored(request: Request) -> dict[str, Any]:
    """Receive the file and store it. Raises TimeoutError, or as `store_upload` does."""
    name, data = request.query_params.get("name", ""), await asyncio.wait_for(request.body(), SECONDS)
    session, address = compute.new_session(), request.state.address

    def store() -> dict[str, Any]:
        stored = store_upload(name, data, session, caller=Caller(address, address))
        return finish_api_upload(stored, session)

    async with _TURNS:
        return await run_in_threadpool(store)


ROUTE: Final = Route(PATH, _receive, methods=["POST"])
