"""Contents of the local Hub: repositories with their files, commits and authors."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from starlette.exceptions import HTTPException

LARGE_FILE_SUFFIXES = (".pt", ".pth", ".safetensors", ".bin", ".parquet")


@dataclass(frozen=True)
class StoredFile:
    """One file of a commit: its bytes, and whether it is stored in Git LFS."""

    data: bytes
    large: bool

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def oid(self) -> str:
        """The git object id of the bytes or of their LFS pointer."""
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.sha256}\nsize {len(self.data)}\n"
        blob = pointer.encode() if self.large else self.data
        return hashlib.sha1(b"blob %d\0" % len(blob) + blob).hexdigest()


@dataclass
class Repository:
    """One repository: its commits (a map from path to file each), and its branches."""

    repo_id: str
    private: bool = False
    gated: bool = False
    commits: dict[str, dict[str, StoredFile]] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    authors: list[str] = field(default_factory=list)  # accounts that created it and made each commit, over HTTP

    def commit(self, files: dict[str, StoredFile], branch: str = "main") -> str:
        """Set the files of a branch; returns the commit hash, which depends only on the history."""
        sha = hashlib.sha1(f"{self.repo_id} {len(self.commits)}".encode()).hexdigest()
        self.commits[sha] = files
        self.branches[branch] = sha
        return sha

    def put(self, branch: str = "main", **contents: bytes) -> str:
        """Commit additional files, given as keywords; use `**{"a/b.pt": b"..."}` for paths."""
        files = dict(self.files(branch))
        files |= {path: StoredFile(data, path.endswith(LARGE_FILE_SUFFIXES)) for path, data in contents.items()}
        return self.commit(files, branch)

    def files(self, revision: str = "main") -> dict[str, StoredFile]:
        """Files at a branch or a commit; empty if it does not exist."""
        return self.commits.get(self.branches.get(revision, revision), {})


def refuse(status: int, code: str | None, message: str, headers: dict[str, str] | None = None) -> Any:
    """Raise an error response in the form of the Hub's; typed Any for the type checker."""
    headers = {"X-Error-Message": message, **(headers or {})}
    raise HTTPException(status, message, headers | ({"X-Error-Code": code} if code else {}))
