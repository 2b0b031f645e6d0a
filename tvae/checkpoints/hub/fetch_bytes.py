"""A file of anybody's repository on the Hub, as bytes: for a visitor, so nothing of it stays on this disk.

Its size is known and limited before the first byte is asked for, and counted while they arrive; the bytes have the
digest that the Hub announced.
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

    Raises HubFileRefused for a larger file and for bytes with another digest, and the errors of `hub_access`.
    """
    if asked.name is None:
        raise HubFileRefused("No file was named. Give its path in the repository, such as homeostatic_rich/best.pt.")
    url = hf_hub_url(asked.repo_id, asked.name, revision=asked.branch, endpoint=asked.endpoint)
    announced = call_with_timeout(lambda: get_hf_file_metadata(url, token=asked.token, timeout=ANSWER_SECONDS), asked)
    if announced.commit_hash is None or not announced.etag or announced.size is None:
        raise not_a_hub(asked)
    _check_size(announced.size, limit, asked)
    # By commit, so that a branch that moves meanwhile does not change what is fetched.
    url = hf_hub_url(asked.repo_id, asked.name, revision=announced.commit_hash, endpoint=asked.endpoint)
    try:
        data = _stream(url, limit, asked)
    except FAILURES as error:
        raise translate_error(error, asked) from error
    if announced.etag not in _digests(data):
        raise HubFileRefused(
            f"{asked} arrived with other bytes than the digest {announced.etag} stands for. Try again later or on "
            "another network; if it stays so, tell the owner of the repository."
        )
    return data, announced.commit_hash


def _stream(url: str, limit: int, asked: RepoRef) -> bytes:
    """The body behind the address, redirects followed; the token goes to the Hub's own origin alone."""
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
            f"{asked} has {size / 2**20:.1f} MB or more; at most {limit / 2**20:g} MB are fetched; choose another."
        )


def _digests(data: bytes) -> tuple[str, str]:
    """sha256 (of a large file), and the git object id (of a small one)."""
    oid = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False)
    return hashlib.sha256(data).hexdigest(), oid.hexdigest()
