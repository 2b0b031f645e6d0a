"""Every error that a user can cause or encounter, under one root.

    TvaeError
    |-- OperationsError          text that does not name operations
    |-- InputError               a choice, a count or a point that is not accepted
    |-- SequenceError            letters that are not a sequence of codons or amino acids
    |-- CheckpointError
    |   |-- UnknownCheckpoint    a name that is neither a known checkpoint nor a file
    |   |-- CheckpointFileError  a file that cannot be read as a checkpoint
    |   `-- EmbeddingError       weights that do not give an embedding (points outside the ball, not finite)
    |-- HubError
    |   |-- HubUnreachable       no network, a lost connection, a failing or busy server, offline mode
    |   |-- HubAccessDenied      a token is missing, invalid, or without access to a gated repository
    |   |-- HubNotFound          no such repository, revision or file
    |   |-- HubFileRefused       a name outside the directory, or a digest that does not match
    |   `-- HubUploadFailed      a file that could not be uploaded
    |-- RegionsError             linear regions that cannot be counted or plotted as requested
    |-- McpMissing               the packages of the MCP server are not installed
    |-- PackageMissing           an extra of tvae is not installed
    |-- SettingError             an environment variable or an option of the server that cannot be used
    |-- StorageError             the local disk is full, read-only, or without permission
    |-- ServerBusy               a caller has its share of this server, or all callers have everything
    |-- RecipeError              a recipe or a setting of it that does not exist
    |-- TrainingError            training that cannot continue (non-finite loss, out of memory)
    |   `-- TrainingRefused      a run that this server does not accept now
    |-- TrackerError             an experiment tracker that is unknown, not installed, or does not start
    `-- Interrupted              a command that was stopped; the message says how to continue
        |-- TrainingInterrupted
        |-- SweepInterrupted
        |-- EvaluationInterrupted
        `-- UploadInterrupted

A message is one or two sentences: the wrong value, the right values, the next action. The program shows the message
and never the traceback. The same data are attributes, for code that handles the error.
"""

import shlex
from pathlib import Path


class TvaeError(Exception):
    """Root of every error of this package; `str(error)` is a message for the user."""


class OperationsError(TvaeError):
    """Text or a list that does not name operations.

    `text` is the part that could not be read, `position` its 0-based start, or its place in a list if it is no text.
    """

    def __init__(self, message: str, text: str = "", position: int = 0) -> None:
        super().__init__(message)
        self.text = text
        self.position = position


class InputError(TvaeError):
    """A choice, a count or a point that is not accepted."""


class SequenceError(TvaeError):
    """Letters that are not a sequence; `record` is its name, `position` the 1-based place of the first wrong letter."""

    def __init__(self, message: str, record: str | None = None, position: int | None = None) -> None:
        super().__init__(message)
        self.record = record
        self.position = position


class CheckpointError(TvaeError):
    """A checkpoint that is unknown or cannot be used."""


class UnknownCheckpoint(CheckpointError):
    """A name that is neither a known checkpoint nor, where `files` are accepted, an existing file.

    The message lists the known names, unless the name looks like a path: it has a separator or a suffix.
    """

    def __init__(self, name: str, known: tuple[str, ...], files: bool = False) -> None:
        if files and (Path(name).suffix or "/" in name or "\\" in name):
            message = f"There is no file {name!r}, and no checkpoint has this name. Check the path."
        else:
            also = ", or give the path of a .pt or .safetensors file" if files else ""
            found = f"No checkpoint is called {name!r}" if name else "The name of the checkpoint is missing"
            message = f"{found}. Choose one of these{also}: {', '.join(known)}."
        super().__init__(message)
        self.name = name
        self.known = known


class CheckpointFileError(CheckpointError):
    """A file that cannot be read as a checkpoint: its path, what was found, what was expected, what to do."""

    def __init__(self, path: str | Path, found: str, expected: str, action: str) -> None:
        super().__init__(f"{Path(path).name}: found {found}; expected {expected}. {action}")
        self.path = Path(path)
        self.found = found
        self.expected = expected
        self.action = action


class EmbeddingError(CheckpointError):
    """Weights that load but do not give an embedding."""


class HubError(TvaeError):
    """A request to the Hugging Face Hub that failed."""


class HubUnreachable(HubError):
    """No usable answer: no network, offline mode, a lost connection, 429, 5xx."""


class HubAccessDenied(HubError):
    """401 or 403: a token is missing, invalid, or without access to a gated or private repository."""


class HubNotFound(HubError):
    """404: no such repository, revision or file."""


class HubFileRefused(HubError):
    """A file that is not accepted: its name points outside the directory, or its digest does not match."""


class HubUploadFailed(HubError):
    """A file that could not be uploaded."""


class StorageError(TvaeError):
    """The local disk is full, read-only, or without permission."""


class ServerBusy(TvaeError):
    """A caller has its share of this server, or all callers together have everything; `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class SessionNameError(TvaeError):
    """A name of a session that no page and no client makes."""


class RegionsError(TvaeError):
    """Linear regions that cannot be counted or plotted as requested."""


class McpMissing(TvaeError):
    """The packages of the MCP server are not installed."""


class PackageMissing(TvaeError):
    """An extra of tvae is not installed; the message has the command that installs it."""


class SettingError(TvaeError):
    """An environment variable, or an option of the server, whose value cannot be used here."""


class RecipeError(TvaeError):
    """A recipe, or a setting of one, that does not exist."""


class TrainingError(TvaeError):
    """Training that cannot continue."""


class TrainingRefused(TrainingError):
    """A run that the server does not accept: it is too long, or there are too many at once or an hour."""


class TrackerError(TvaeError):
    """An experiment tracker that is unknown, not installed, or does not start."""


class Interrupted(TvaeError):
    """A command that was stopped. What it had finished is kept, and the message says how to continue."""


class TrainingInterrupted(Interrupted):
    """A run that was stopped after `step` steps; `state` is the file to resume it from."""

    def __init__(self, recipe: str, step: int, steps: int, state: Path, output: Path) -> None:
        super().__init__(
            f"Stopped after step {step:,} of {steps:,}; the state is in {state}. To resume it: "
            f"python -m tvae train {recipe} --resume {shlex.quote(str(state))} --output {shlex.quote(str(output))}"
        )
        self.step = step
        self.state = state


class SweepInterrupted(Interrupted):
    """A sweep that was stopped with `finished` of its `runs`; the same command continues it."""

    def __init__(self, finished: int, runs: int) -> None:
        super().__init__(
            f"Stopped: {finished:,} of {runs:,} runs are finished and {runs - finished:,} remain. The same command "
            "continues."
        )
        self.finished = finished
        self.runs = runs


class EvaluationInterrupted(Interrupted):
    """The evaluation of a repository that was stopped; `measured` of its `files` are kept."""

    def __init__(self, measured: int, files: int, output: Path) -> None:
        super().__init__(
            f"Stopped: {measured:,} of {files:,} files are measured and kept in {output}. The same command continues."
        )
        self.measured = measured
        self.files = files


class UploadInterrupted(Interrupted):
    """An upload that was stopped; the message says where its files are."""
