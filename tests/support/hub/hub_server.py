"""A local Hugging Face Hub over HTTP, with the part of its API that huggingface_hub 2.4 uses for models and data sets.

The client is not patched: huggingface_hub runs its real code with another address. As on the real Hub, large files are
served from a second origin (127.0.0.1 next to localhost), so redirects and the removal of the token from them are
tested too. Downloads can resume (Range), and uploads use Git LFS (the client runs with Xet off).
"""

import base64
import hashlib
import json
import os
import re
import socket
import threading
import time
from pathlib import Path
from typing import Any

import uvicorn
from hub_faults import Fault
from hub_jobs import LocalJobs
from hub_repos import LARGE_FILE_SUFFIXES, Repository, StoredFile, refuse
from openid_provider import OpenIdProvider
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

GOOD_TOKEN = "hf_" + "goodgoodgood"  # split, so that secret scanners do not report it


class LocalHub:
    """The server; `start`, use, `stop`. `reset` empties it for the next test."""

    def __init__(self) -> None:
        self.port = 0
        self.jobs = LocalJobs(self)
        self.reset()

    def reset(self) -> None:
        """Remove all repositories, faults and recorded requests."""
        self.repositories: dict[str, Repository] = {}  # a data set is at datasets/OWNER/NAME
        self.large_files: dict[str, bytes] = {}
        self.tokens = {GOOD_TOKEN: "alice"}
        self.admitted: set[tuple[str, str]] = set()  # (user, repo_id) pairs with access to a gated repository
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, str]] = []
        self.authorisations: list[str | None] = []  # the Authorization header of each request
        self.owners_only = False  # whether only owners may write to their repositories
        self.provider = OpenIdProvider(self)
        self.jobs.reset()

    def add(self, repo_id: str, contents: dict[str, bytes] | None = None, **attributes: bool) -> Repository:
        """A repository with one commit; attributes: `private`, `gated`."""
        repository = Repository(repo_id, **attributes)
        repository.put(**(contents or {}))
        self.repositories[repo_id] = repository
        return repository

    def fail(self, method: str, path: str, **what: Any) -> Fault:
        """Add a fault for requests whose path matches this regular expression; see `Fault`."""
        fault = Fault(method, re.compile(path), **what)
        self.faults.append(fault)
        return fault

    def count(self, method: str, path: str) -> int:
        """Number of requests of this method whose path matches this regular expression."""
        return sum(1 for verb, requested in self.requests if verb == method and re.search(path, requested))

    @property
    def url(self) -> str:
        """Address of the Hub, for HF_ENDPOINT."""
        return f"http://localhost:{self.port}"

    @property
    def storage_url(self) -> str:
        """Address of the large files, another origin."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self, home: Path, **more: str) -> dict[str, str]:
        """Environment for a subprocess whose huggingface_hub uses this server and caches under `home`."""
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "HUGGING", "TVAE_"))}
        return {
            **inherited,
            "HF_ENDPOINT": self.url,
            "HF_HOME": str(home),
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "NO_PROXY": "localhost,127.0.0.1",
            **more,
        }

    def start(self) -> None:
        """Listen on a free port, in a thread; returns when the server responds."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        config = uvicorn.Config(
            self._serve, log_level="critical", lifespan="off", interface="asgi3", timeout_graceful_shutdown=1
        )
        self._app = Starlette(routes=self._routes())
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)

    def stop(self) -> None:
        """Stop the server without waiting for open requests."""
        self.jobs.reset()
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(5)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        self.requests.append((method, path))
        self.authorisations.append(Headers(scope=scope).get("authorization"))
        fault = next((fault for fault in self.faults if fault.matches(method, path)), None)
        app = self.provider.app if path.startswith(("/oauth/", "/.well-known/")) else self._app
        if fault is None:
            await app(scope, receive, send)
        else:
            await fault.apply(app, scope, receive, send)

    def _routes(self) -> list[Route]:
        return [
            Route("/api/validate-yaml", self._validate_yaml, methods=["POST"]),
            Route("/api/repos/create", self._create, methods=["POST"]),
            *self._routes_of("/api/models", ""),
            *self._routes_of("/api/datasets", "/datasets"),
            *self.jobs.routes(),
            Route("/large/{sha256}", self._receive_large, methods=["PUT"]),
            Route("/large/{sha256}", self._send_large),
        ]

    def _routes_of(self, api: str, files: str) -> list[Route]:
        """Of one kind of repository, whose API and whose files have these prefixes."""
        api, files = api + "/{owner}/{name}", files + "/{owner}/{name}"
        return [
            Route(api, self._info),
            Route(api + "/revision/{revision}", self._info),
            Route(api + "/tree/{revision}", self._tree),
            Route(api + "/preupload/{revision}", self._preupload, methods=["POST"]),
            Route(api + "/commit/{revision}", self._commit, methods=["POST"]),
            Route(files + ".git/info/lfs/objects/batch", self._large_batch, methods=["POST"]),
            Route(files + "/resolve/{revision}/{path:path}", self._resolve),
        ]

    def _user(self, request: Request) -> str | None:
        header = request.headers.get("authorization")
        if header is None:
            return None
        user = self.tokens.get(header.removeprefix("Bearer "))
        if user is None:
            refuse(401, None, "Invalid credentials in Authorization header")
        return user

    def writer(self, request: Request) -> str:
        """The account of a write request; refused without a token or, with `owners_only`, for another owner."""
        user = self._user(request)
        if user is None:
            refuse(401, None, "Invalid username or password.")
        owner = request.path_params.get("owner", user)
        if self.owners_only and owner != user:
            refuse(403, None, f"You don't have the rights to write below {owner}.")
        return str(user)

    def _repository(self, request: Request, contents: bool = False) -> Repository:
        """The requested repository; gating protects its contents but not its list of files."""
        user = self._user(request)
        repo_id = f"{request.path_params['owner']}/{request.path_params['name']}"
        is_dataset = request.url.path.startswith(("/api/datasets/", "/datasets/"))
        repository = self.repositories.get(f"datasets/{repo_id}" if is_dataset else repo_id)
        if repository is None or (repository.private and user is None):
            refuse(404 if user else 401, "RepoNotFound", "Repository not found")
        if contents and repository.gated and (user, repo_id) not in self.admitted:
            refuse(403 if user else 401, "GatedRepo", f"Access to model {repo_id} is restricted.")
        return repository

    async def _create(self, request: Request) -> Response:
        user = self.writer(request)
        body = await request.json()
        repo_id = f"{body['organization'] or user}/{body['name']}"
        above = "datasets/" if body.get("type") == "dataset" else ""
        if body["organization"] not in (None, user):
            refuse(403, None, f"You don't have the rights to create a model under the namespace {repo_id}.")
        answer = {"url": f"{self.url}/{above}{repo_id}", "name": repo_id}
        if above + repo_id in self.repositories:
            return JSONResponse({"error": "You already created this model repo", **answer}, 409)
        made = self.add(above + repo_id, {".gitattributes": b""}, private=body.get("visibility") == "private")
        made.authors.append(user)
        return JSONResponse(answer)

    async def _validate_yaml(self, request: Request) -> Response:
        return JSONResponse({"errors": [], "warnings": []})

    async def _info(self, request: Request) -> Response:
        repository = self._repository(request)
        sha, files = _at_revision(repository, request)
        siblings = [_sibling(path, stored) for path, stored in sorted(files.items())]
        return JSONResponse({"id": repository.repo_id, "sha": sha, "private": repository.private, "siblings": siblings})

    async def _tree(self, request: Request) -> Response:
        """All files with their sizes, as `snapshot_download` asks for them."""
        _, files = _at_revision(self._repository(request), request)
        return JSONResponse([_entry(path, stored) for path, stored in sorted(files.items())])

    async def _resolve(self, request: Request) -> Response:
        """The bytes of a small file, or a redirect to the storage for a large one, with its metadata in the headers."""
        sha, files = _at_revision(self._repository(request, contents=True), request)
        stored = files.get(request.path_params["path"])
        if stored is None:
            refuse(404, "EntryNotFound", "Entry not found", {"X-Repo-Commit": sha})
        headers = {"X-Repo-Commit": sha, "ETag": f'"{stored.oid}"'}
        if not stored.large:
            return _body(request, stored.data, headers)
        self.large_files[stored.sha256] = stored.data
        headers |= {"X-Linked-Etag": f'"{stored.sha256}"', "X-Linked-Size": str(len(stored.data))}
        return Response(b"", 302, {**headers, "Location": f"{self.storage_url}/large/{stored.sha256}"})

    async def _send_large(self, request: Request) -> Response:
        sha256 = request.path_params["sha256"]
        if request.headers.get("authorization"):
            refuse(400, None, "A token has no business at the storage.")
        return _body(request, self.large_files[sha256], {"ETag": f'"{sha256}"'})

    async def _preupload(self, request: Request) -> Response:
        self.writer(request)
        _, files = _at_revision(self._repository(request), request)
        entries = (await request.json())["files"]
        modes = []
        for path in (entry["path"] for entry in entries):
            known = files.get(path)
            oid = {} if known is None else {"oid": known.sha256 if known.large else known.oid}
            mode = "lfs" if path.endswith(LARGE_FILE_SUFFIXES) else "regular"
            modes.append({"path": path, "uploadMode": mode, "shouldIgnore": False, **oid})
        return JSONResponse({"files": modes})

    async def _large_batch(self, request: Request) -> Response:
        self.writer(request)
        objects = []
        for entry in (await request.json())["objects"]:
            answer = {"oid": entry["oid"], "size": entry["size"]}
            if entry["oid"] not in self.large_files:
                answer["actions"] = {"upload": {"href": f"{self.storage_url}/large/{entry['oid']}", "header": {}}}
            objects.append(answer)
        return JSONResponse({"transfer": "basic", "objects": objects})

    async def _receive_large(self, request: Request) -> Response:
        data = await request.body()
        if hashlib.sha256(data).hexdigest() != request.path_params["sha256"]:
            refuse(400, None, "BadDigest")
        self.large_files[request.path_params["sha256"]] = data
        return Response()

    async def _commit(self, request: Request) -> Response:
        user = self.writer(request)
        repository = self._repository(request)
        _, files = _at_revision(repository, request)
        files = dict(files)
        repository.authors.append(user)
        for line in (await request.body()).splitlines():
            item = json.loads(line)
            value = item["value"]
            if item["key"] == "file":
                files[value["path"]] = StoredFile(base64.b64decode(value["content"]), large=False)
            elif item["key"] == "lfsFile":
                files[value["path"]] = StoredFile(self.large_files[value["oid"]], large=True)
        sha = repository.commit(files, request.path_params["revision"])
        url = f"{self.url}/{repository.repo_id}/commit/{sha}"
        return JSONResponse({"success": True, "commitOid": sha, "commitUrl": url, "hookOutput": ""})


def _at_revision(repository: Repository, request: Request) -> tuple[str, dict[str, StoredFile]]:
    revision = request.path_params.get("revision", "main")
    sha = repository.branches.get(revision, revision)
    if sha not in repository.commits:
        refuse(404, "RevisionNotFound", "Invalid rev id")
    return sha, repository.commits[sha]


def _sibling(path: str, stored: StoredFile) -> dict[str, Any]:
    sibling: dict[str, Any] = {"rfilename": path, "size": len(stored.data), "blobId": stored.oid}
    if stored.large:
        sibling["lfs"] = {"sha256": stored.sha256, "size": len(stored.data), "pointerSize": 134}
    return sibling


def _entry(path: str, stored: StoredFile) -> dict[str, Any]:
    lfs = {"lfs": {"oid": stored.sha256, "size": len(stored.data), "pointerSize": 134}} if stored.large else {}
    return {"type": "file", "path": path, "size": len(stored.data), "oid": stored.oid, **lfs}


def _body(request: Request, data: bytes, headers: dict[str, str]) -> Response:
    resumed = re.fullmatch(r"bytes=(\d+)-", request.headers.get("range", ""))
    start = int(resumed[1]) if resumed else 0
    if resumed:
        headers = {**headers, "Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"}
    return Response(data[start:], 206 if resumed else 200, headers, media_type="application/octet-stream")
