"""Rules for requests to the Hugging Face Hub: what is valid, how long to wait, and what each error means.

This is not a client; `client` and `transfer` send the requests. Arguments are checked before anything goes over the
network, and every error of huggingface_hub becomes an error of this package with a message that names the next action.
Text from a server is shown only after tokens have been removed.
"""

import multiprocessing
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import urlsplit

import httpx2
from huggingface_hub import constants, is_offline_mode
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    OfflineModeIsEnabled,
    OIDCError,
    RemoteEntryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]  # public, but found at run time

from tvae.checkpoints.atomic_files import REFUSALS, storage_error
from tvae.checkpoints.folder import CHECKPOINT_SUFFIXES
from tvae.checkpoints.hub import environment
from tvae.errors import (
    HubAccessDenied,
    HubError,
    HubFileRefused,
    HubNotFound,
    HubUnreachable,
    TvaeError,
)

CARD = "README.md"  # the one other file that is read
# Until the first answer, including the name lookup; a transfer that makes progress has no deadline.
ANSWER_SECONDS = 5.0
# What huggingface_hub raises: HfHubHTTPError is an OSError, an answer that is not the Hub's gives a ValueError, and a
# failed upload of a large file gives a RuntimeError.
FAILURES = (httpx2.HTTPError, httpx2.InvalidURL, OIDCError, OSError, RuntimeError, ValueError)
# This and all messages below are for both the command line and the page.
LOG_IN = "log in with `hf auth login` (or set HF_TOKEN; on a Space, sign in again)"

Answer = TypeVar("Answer")
Token = str | Literal[False] | None  # None: the token of this machine, if any; False: no token


@dataclass(frozen=True)
class RepoRef:
    """A repository on the Hub, its revision (None: the main branch), and optionally a file in it.

    Always well-formed: raises HubFileRefused for a name that is not a path inside the repository, HubNotFound for an
    invalid repository or revision, and HubAccessDenied for an invalid token.
    """

    repo_id: str
    revision: str | None = None
    token: Token = field(default=None, repr=False)
    name: str | None = None
    kind: str = "model"  # or "dataset"

    def __post_init__(self) -> None:
        """Reject invalid values before anything goes over the network."""
        try:
            validate_repo_id(self.repo_id)
        except HFValidationError as error:
            raise HubNotFound(
                f"{self.repo_id!r} cannot be a repository on the Hub. Write it as owner/name, such as "
                "ivanpol/ternary-vae-checkpoints (--repo-id or --upload on the command line)."
            ) from error
        if self.revision is not None and _problem_of_path(self.revision):
            raise HubNotFound(
                f"{self.revision!r} cannot be a revision. Give --revision as a branch, a tag or a commit hash."
            )
        if isinstance(self.token, str):
            check_token(self.token)
        if self.name not in (None, CARD):
            check_name(self.name, CHECKPOINT_SUFFIXES if self.kind == "model" else ("",))

    @property
    def endpoint(self) -> str:
        """Address of the Hub, which HF_ENDPOINT can change."""
        return constants.ENDPOINT

    @property
    def branch(self) -> str:
        """The revision, or the name of the main branch."""
        return self.revision or constants.DEFAULT_REVISION

    @property
    def host(self) -> str:
        """Host and port of the endpoint, without a password in its address."""
        return urlsplit(self.endpoint).netloc.rpartition("@")[2]

    @property
    def page(self) -> str:
        """Address of the repository's page."""
        above = "datasets/" if self.kind == "dataset" else ""
        return f"{urlsplit(self.endpoint).scheme}://{self.host}/{above}{self.repo_id}"

    def __str__(self) -> str:
        """Short description for messages."""
        of = f" at revision {self.revision}" if self.revision else ""
        return f"{self.name} of {self.repo_id}{of}" if self.name else f"{self.repo_id}{of}"


def check_token(token: str) -> None:
    """Raise HubAccessDenied for a token that cannot be sent. Tokens have printable ASCII characters and no spaces."""
    if not re.fullmatch(r"[!-~]+", token):
        raise HubAccessDenied(f"The token is empty or has characters that are not allowed; {LOG_IN}.")


def check_name(name: str, suffixes: tuple[str, ...] = CHECKPOINT_SUFFIXES) -> None:
    """Raise HubFileRefused unless the name is a relative POSIX path without "..", with one of these suffixes."""
    problem = _problem_of_path(name)
    if problem is None and not name.endswith(suffixes):
        problem = f"it does not end in {', '.join(suffixes)}"
    if problem:
        raise HubFileRefused(
            f"The file name {name[:100]!r} is refused: {problem}. "
            "Give a relative path with forward slashes, such as homeostatic_rich/best.pt."
        )


def _problem_of_path(path: str) -> str | None:
    """Why a path cannot safely be joined to a directory; None if it can."""
    parts = path.split("/")
    if not path.isprintable():
        return "it has control characters"
    if "\\" in path:
        return "it has a backslash"
    if path.startswith("/") or re.match(r"[A-Za-z]:", path):
        return "it is absolute"
    if ".." in parts:
        return "it leaves the directory"
    if "" in parts or "." in parts:
        return "it has an empty part"
    if any(len(part.encode()) > 255 for part in parts):
        return "a part of it is longer than 255 bytes"
    return None


def check_inside(path: Path, directory: Path, name: str) -> None:
    """Raise HubFileRefused if the path, after following links, is not inside the directory."""
    try:
        inside = path.resolve().is_relative_to(directory.resolve())
    except (OSError, RuntimeError) as error:  # a loop of links
        raise HubFileRefused(f"{path} cannot be followed to a file. Remove the links on the way.") from error
    if not inside:
        raise HubFileRefused(
            f"{name} is refused: a symbolic link in {directory} leads out of that directory. "
            "Replace the link with the file itself, or choose another directory."
        )


def call_with_timeout(request: Callable[[], Answer], asked: RepoRef, seconds: float | None = None) -> Answer:
    """Result of a short request. Raises HubUnreachable without one within `seconds` (ANSWER_SECONDS).

    Raises SettingError if the environment has variables with which no request can be sent.

    The request runs in a thread, because name lookups and successive connection attempts ignore a timeout.
    """
    if is_offline_mode():
        raise _offline(asked)
    try:
        with ThreadPool(1) as pool:
            return pool.apply_async(request).get(seconds or ANSWER_SECONDS)
    except multiprocessing.TimeoutError as error:
        raise _no_answer(asked) from error
    except (ImportError, *FAILURES) as error:  # an ImportError is that of a SOCKS proxy
        environment.check()
        raise translate_error(error, asked) from error


def translate_error(error: BaseException, asked: RepoRef) -> TvaeError:
    """The package's error for one of FAILURES."""
    if isinstance(error, HfHubHTTPError):
        return _refusal(error, asked)
    if isinstance(error, OfflineModeIsEnabled):
        return _offline(asked)
    if isinstance(error, httpx2.TimeoutException):
        return _no_answer(asked)
    if isinstance(error, UnicodeError | httpx2.LocalProtocolError):  # of all that is sent, only the token can be it
        return HubAccessDenied(
            "The token of this machine has characters that no token has. Correct HF_TOKEN, or log in again with "
            "`hf auth login`."
        )
    if isinstance(error, httpx2.ConnectError | httpx2.ProxyError | httpx2.UnsupportedProtocol | httpx2.InvalidURL):
        return HubUnreachable(
            f"{asked.host} cannot be reached to ask about {asked}. "
            "Check the network, the proxy settings and HF_ENDPOINT, then try again."
        )
    if isinstance(error, httpx2.HTTPError):
        return HubUnreachable(f"The connection was cut while {asked} was under way. Try again.")
    if isinstance(error, OSError) and error.errno in REFUSALS:
        return storage_error(Path(error.filename or constants.HF_HUB_CACHE), error)
    if isinstance(error, OIDCError):
        return HubAccessDenied(f"HF_OIDC_RESOURCE is set but gave no token. Unset it, or {LOG_IN}.")
    if error.__cause__ is not None:  # huggingface_hub wraps: an entry not found locally, a large file not sent
        return translate_error(error.__cause__, asked)
    if isinstance(error, ValueError):
        return not_a_hub(asked)
    return HubUnreachable(f"The transfer of {asked} broke off. Try again.")


def _refusal(error: HfHubHTTPError, asked: RepoRef) -> HubError:
    """The error for an answer with a 4xx or 5xx status."""
    status = error.response.status_code
    if isinstance(error, GatedRepoError):
        return HubAccessDenied(
            f"{asked.repo_id} is gated ({status}). Accept its conditions at {asked.page}, then {LOG_IN}."
        )
    if asked.token is False and status in (401, 403, 404) and not _names_a_part(error):
        return HubAccessDenied(
            f"The Hub answered {status} for {asked}: it does not exist, or is not public, and the Hub is asked without "
            "a token here. Check the repository's name; if it is private, download the file and open it."
        )
    if status == 401:
        sent = "authorization" in error.response.request.headers
        token = "the token that was sent was refused" if sent else "no token was sent"
        return HubAccessDenied(
            f"The Hub answered 401 for {asked}: it is private or does not exist, and {token}. "
            f"Check the repository's name (--repo-id or --upload on the command line), or {LOG_IN}."
        )
    if status == 402:
        return HubAccessDenied(
            f"The Hub answered 402 for {asked}: the account has no credit for this, or not the plan. "
            f"See {urlsplit(asked.endpoint).scheme}://{asked.host}/settings/billing, then try again."
        )
    if status == 403:
        return HubAccessDenied(
            f"The Hub answered 403 for {asked}: your token does not allow this. Ask the owner for access at "
            f"{asked.page}, or use a token with the right permissions."
        )
    if status == 404:
        return _not_found(error, asked)
    if status == 429:
        return HubUnreachable(f"The Hub answered 429, too many requests. Wait {_pause(error)}, then try again.")
    if status >= 500 or status == 408:
        return HubUnreachable(
            f"The Hub failed with {status} for {asked}. The fault is on its side: try again in a few minutes."
        )
    said = scrubbed(" ".join((error.server_message or "no reason").split())[:200], asked.token)
    return HubUnreachable(f"The Hub answered {status} for {asked} ({said}). Check what was asked, then try again.")


def _names_a_part(error: HfHubHTTPError) -> bool:
    """Whether the repository exists, but not the revision or the file."""
    return isinstance(error, RevisionNotFoundError | RemoteEntryNotFoundError)


def _not_found(error: HfHubHTTPError, asked: RepoRef) -> HubNotFound:
    if isinstance(error, RevisionNotFoundError):
        return HubNotFound(
            f"{asked.repo_id} has no revision {asked.branch!r}. Give --revision as one of the branches, tags or "
            f"commits at {asked.page}."
        )
    if isinstance(error, RemoteEntryNotFoundError):
        return HubNotFound(
            f"{asked.repo_id} has no file {asked.name!r} at revision {asked.branch}. "
            f"See the names with `python -m tvae.checkpoint_hub list --repo-id {asked.repo_id}`."
        )
    return HubNotFound(
        f"The Hub has no {asked.kind} repository {asked.repo_id!r}, or hides it from you. "
        f"Check the repository's name (--repo-id or --upload on the command line); if it is private, {LOG_IN}."
    )


def _pause(error: HfHubHTTPError) -> str:
    """How long to wait, from the standard header or the Hub's own."""
    headers = error.response.headers
    seconds = re.fullmatch(r"\d+", headers.get("retry-after", "")) or re.search(
        r"(?<=t=)\d+", headers.get("ratelimit", "")
    )
    return f"{seconds[0]} seconds" if seconds else "a few minutes"


def _offline(asked: RepoRef) -> HubUnreachable:
    return HubUnreachable(
        f"HF_HUB_OFFLINE is set, so the Hub was not asked about {asked}, and this machine has no suitable copy. "
        "Unset HF_HUB_OFFLINE and try again."
    )


def _no_answer(asked: RepoRef) -> HubUnreachable:
    return HubUnreachable(f"{asked.host} gave no answer in time about {asked}. Check the network, then try again.")


def not_a_hub(asked: RepoRef) -> HubUnreachable:
    """The error for a successful answer that does not come from a Hub."""
    return HubUnreachable(
        f"{asked.host} answered, but not like a Hub: perhaps the network requires a login first. "
        "Open a page in a browser, check HF_ENDPOINT and the proxy settings, then try again."
    )


def scrubbed(text: str, token: Token = None) -> str:
    """The text without this token, and without anything that looks like a token."""
    if token:
        text = text.replace(token, "***")
    return re.sub(r"hf_(oauth_[\w.-]+|[A-Za-z0-9]{6,})", "hf_***", text)
