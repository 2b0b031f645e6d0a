"""Every error that a user can cause or meet, one root.

    TvaeError
    |-- OperationsError          text that does not name operations
    |-- InputError               a choice, a count or a point that is not accepted
    |-- SequenceError            letters that are no sequence of codons or amino acids
    |-- CheckpointError
    |   |-- UnknownCheckpoint    a name that is neither a known checkpoint nor a file
    |   |-- CheckpointFileError  a file that does not hold a checkpoint that we can read
    |   `-- EmbeddingError       weights that do not give an embedding (points outside the ball, not finite)
    |-- HubError
    |   |-- HubUnreachable       no network, a cut connection, a server that fails or is busy, offline mode
    |   |-- HubAccessDenied      a token is missing, refused, or not let into a gated repository
    |   |-- HubNotFound          no such repository, revision or file
    |   |-- HubFileRefused       a name that would leave the directory, a digest that does not fit
    |   `-- HubUploadFailed      a file that did not reach the Hub
    |-- RegionsError             a count of linear regions, or a picture of them, that cannot be made as asked
    |-- McpMissing               the packages of the MCP server are not installed
    |-- StorageError             the local disk is full, read-only, or not ours
    |-- RecipeError              a recipe or a setting of it that does not exist
    `-- TrainingError            training that cannot go on (not finite, out of memory)
        |-- TrainingInterrupted  a run that was stopped, and can be continued
        `-- TrainingRefused      a run that this server does not take on now

A message is one or two sentences: the wrong value, the right values, the next action. The program shows the message
and never the traceback; the same data are attributes, for code that wants to act on them.
"""

from pathlib import Path


class TvaeError(Exception):
    """Root of every error of this package; `str(error)` is a sentence for the user."""


class OperationsError(TvaeError):
    """Text that does not name operations; `text` is the part that could not be read, `position` its 0-based start."""

    def __init__(self, message: str, text: str = "", position: int = 0) -> None:
        super().__init__(message)
        self.text = text
        self.position = position


class InputError(TvaeError):
    """A choice, a count or a point that is not accepted."""


class SequenceError(TvaeError):
    """Letters that are no sequence; `record` is its name, `position` the 1-based place of the first wrong letter."""

    def __init__(self, message: str, record: str | None = None, position: int | None = None) -> None:
        super().__init__(message)
        self.record = record
        self.position = position


class CheckpointError(TvaeError):
    """Something about a checkpoint."""


class UnknownCheckpoint(CheckpointError):
    """A name that is no known checkpoint and, where `files` are accepted, no existing file."""

    def __init__(self, name: str, known: tuple[str, ...], files: bool = False) -> None:
        also = ", or give the path of a .pt or .safetensors file" if files else ""
        super().__init__(f"No checkpoint is called {name!r}. Choose one of these{also}: {', '.join(known)}.")
        self.name = name
        self.known = known


class CheckpointFileError(CheckpointError):
    """A file that we cannot read as a checkpoint: which file, what was found, what was expected, what to do."""

    def __init__(self, path: str | Path, found: str, expected: str, action: str) -> None:
        super().__init__(f"{Path(path).name}: found {found}; expected {expected}. {action}")
        self.path = Path(path)
        self.found = found
        self.expected = expected
        self.action = action


class EmbeddingError(CheckpointError):
    """Weights that load but do not give an embedding."""


class HubError(TvaeError):
    """Something between us and the Hugging Face Hub."""


class HubUnreachable(HubError):
    """No answer that we can use: no network, offline mode, a cut connection, 429, 5xx."""


class HubAccessDenied(HubError):
    """401 or 403: a token is missing, refused, or not let into a gated or private repository."""


class HubNotFound(HubError):
    """404: no such repository, revision or file."""


class HubFileRefused(HubError):
    """A file that we do not accept: its name would leave the directory, or its bytes are not the announced ones."""


class HubUploadFailed(HubError):
    """A file that did not reach the Hub."""


class StorageError(TvaeError):
    """The local disk is full, read-only, or not ours."""


class RegionsError(TvaeError):
    """A count of linear regions, or a picture of them, that cannot be made as asked."""


class McpMissing(TvaeError):
    """The packages of the MCP server are not installed."""


class RecipeError(TvaeError):
    """A recipe, or a setting of one, that does not exist."""


class TrainingError(TvaeError):
    """Training that cannot go on."""


class TrainingInterrupted(TrainingError):
    """A run that was stopped after `step` steps; `state` is the file that continues it."""

    def __init__(self, recipe: str, step: int, steps: int, state: Path, output: Path) -> None:
        super().__init__(
            f"Stopped after step {step:,} of {steps:,}; the state is in {state}. To go on: "
            f"python -m tvae train {recipe} --resume {state} --output {output}"
        )
        self.step = step
        self.state = state


class TrainingRefused(TrainingError):
    """A run that a server does not take on, at all or now: too long, too many at once, too many an hour."""
