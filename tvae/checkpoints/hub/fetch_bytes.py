"""Fetch a file from any repository on the Hub as bytes, for a visitor of the page; nothing is written to the disk.

The size is checked before the transfer starts and again while bytes arrive. The bytes must have the digest that the Hub
announced.
"""

import hashlib
import time
from typing import Final

import httpx2
from huggingface_hub import get_hf_file_metadata, hf_hub_url
from huggingface_hub.utils import build_hf_headers, get_session, hf_raise_for_status  # type: ignore[attr-defined]

from tvae.checkpoints.hub.requests import (
    ANSWER_SECONDS,
    FAILURES,
    RepoRef,
    call_with_timeout,
    not_a_hub,
    translate_error,
)
from tvae.errors import HubFileRefused, HubUnreachable

SECONDS: Final = 60.0  # for the whole transfer
_CHUNK: Final = 1 << 16


def fetched_bytes(asked: RepoRef, limit: int) -> tuple[bytes, str]:
    """(bytes, commit) of the file `asked.name`, at most `limit` bytes.

    Raises HubFileRefused for a larger file and for bytes with another digest, and the errors of `requests`.
    """
    if asked.name is None:
        raise HubFileRefused("No file was named. Give its path in the repository, such as homeostatic_rich/best.pt.")
    url = hf_hub_url(asked.repo_id, asked.name, repo_type=asked.kind, revision=asked.branch, endpoint=asked.endpoint)
    announced = call_with_timeout(lambda: get_hf_file_metadata(url, token=asked.token, timeout=ANSWER_SECONDS), asked)
    if announced.commit_hash is None or not announced.etag or announced.size is None:
        raise not_a_hub(asked)
    _check_size(announced.size, limit, asked)
    # By commit, so that a branch that moves in the meantime does not change the file.
    url = hf_hub_url(
        asked.repo_id, asked.name, repo_type=asked.kind, revision=announced.commit_hash, endpoint=asked.endpoint
    )
    try:
        data = _stream(url, limit, asked)
    except FAILURES as error:
        raise translate_error(error, asked) from error
    if announced.etag not in _digests(data):
        raise HubFileRefused(
            f"{asked} was downloaded, and its bytes did not match the digest {announced.etag}. Try again later or on "
            "another network; if that fails, tell the owner of the repository."
        )
    return data, announced.commit_hash


def _stream(url: str, limit: int, asked: RepoRef) -> bytes:
    """Body of the response at this address, after redirects; the token is sent to the Hub's own origin only."""
    data = bytearray()
    deadline = time.monotonic() + SECONDS
    headers = build_hf_headers(token=asked.token) | {"accept-encoding": "identity"}
    with get_session().stream(
        "GET", url, headers=headers, follow_redirects=True, timeout=httpx2.Timeout(ANSWER_SECONDS)
    ) as response:
        hf_raise_for_status(response)
        for chunk in response.iter_bytes(_CHUNK):
            data += chunk
            _check_size(len(data), limit, asked)
            if time.monotonic() > deadline:
                raise HubUnreachable(f"{asked} did not arrive within {SECONDS:g} seconds. Try again.")
    return bytes(data)


def _check_size(size: int, limit: int, asked: RepoRef) -> None:
    if size > limit:
        raise HubFileRefused(
            f"{asked} has {size / 2**20:.1f} MB or more; at most {limit / 2**20:g} MB are accepted. "
            "Choose a smaller file."
        )


def _digests(data: bytes) -> tuple[str, str]:
    """sha256 (of a large file), and the git object id (of a small one)."""
    oid = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False)
    return hashlib.sha256(data).hexdigest(), oid.hexdigest()
