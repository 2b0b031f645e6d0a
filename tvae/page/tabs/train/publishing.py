"""Uploads to a visitor's own repository on the Hub: a finished checkpoint, and all operations as a data set."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import gradio as gr

from tvae.checkpoints.atomic_files import storage
from tvae.checkpoints.hub.transfer import own_token
from tvae.errors import HubAccessDenied, RecipeError, TvaeError
from tvae.operations.validation import quoted
from tvae.page.server import compute
from tvae.page.server.callers import ON_SPACE, token_for
from tvae.page.ui import texts
from tvae.page.ui.html import alert, tag
from tvae.reports.publishing import dataset
from tvae.reports.publishing.publish import Published, dataset_repository, publish, publish_dataset


def upload(name: str, repository: str, private: bool, token: gr.OAuthToken | None, request: gr.Request) -> str:
    """Upload the finished checkpoint to a repository of the visitor; returns its address or the error as HTML."""

    def send() -> Published:
        if not name:
            raise RecipeError(texts.NOTHING_TO_EXPLORE)
        secret = _token(token, request, texts.NOT_WITH_YOUR_TOKEN)
        repo_id = _named(repository, texts.PUBLISH_EXAMPLE)
        evaluated = compute.load_evaluated(name)
        return publish(evaluated, compute.SESSION_FILES.find(name).files, repo_id, token=secret, private=private)

    return _said(send)


def upload_dataset(name: str, repository: str, private: bool, token: gr.OAuthToken | None, request: gr.Request) -> str:
    """Upload all operations, as a checkpoint encodes them, as a data set; returns its address or the error as HTML."""

    def send() -> Published:
        secret = _token(token, request, texts.DATASET_NOT_WITH_YOUR_TOKEN)
        repo_id = _named(repository, texts.DATASET_EXAMPLE)
        dataset_repository(repo_id, secret)  # before the work
        evaluated = compute.load_evaluated(name)
        with storage(Path(tempfile.gettempdir())), tempfile.TemporaryDirectory(prefix="tvae-") as made:
            files = dataset.write(evaluated, Path(made, "operations"), repo_id=repo_id)
            return publish_dataset(files, repo_id, token=secret, private=private)

    return _said(send)


def _said(send: Callable[[], Published]) -> str:
    """The address of what was sent, or the error, as HTML."""
    try:
        done = send()
    except TvaeError as error:
        return alert(str(error))
    words = texts.PUBLISHED.format(count=len(done.files))
    return tag("p", f"{words} ", tag("a", done.url, href=done.url, target="_blank"), role="status")


def _named(repository: str, example: str) -> str:
    """The name that the visitor wrote. Raises RecipeError for one without an owner."""
    if "/" not in (repository or ""):
        given = quoted((repository or "").strip() or None)
        raise RecipeError(texts.NO_REPOSITORY_NAME.format(text=given, example=example))
    return repository.strip()


def _token(token: gr.OAuthToken | None, request: gr.Request, refusal: str) -> str:
    """The visitor's token, or that of this machine.

    Raises HubAccessDenied if there is none, or with the `refusal` if the server may not use this machine's.
    """
    if token:
        return token.token
    if ON_SPACE:
        raise HubAccessDenied(texts.SIGN_IN)
    if token_for(request) is False:
        raise HubAccessDenied(refusal)
    secret = own_token()
    if not secret:
        raise HubAccessDenied(texts.NOT_LOGGED_IN)
    return secret
