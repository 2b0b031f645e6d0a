"""Runs in an experiment tracker: settings, curves, and at the end the measures and a picture.

A tracker is any module that Python finds with what trackio and W&B have: `init`, `log`, `finish` and `Image`. It is
imported only when it is asked for. trackio writes to this machine alone, unless its own variables TRACKIO_SPACE_ID or
TRACKIO_SERVER_URL name a place: it would ask the Hub for the user's name, which is prevented here.

A tracker that fails in the middle of a run says so in one line and is not called again, since a model is worth more
than its curves.
"""

import importlib
import io
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any, Final

from tvae.checkpoints.hub import environment
from tvae.checkpoints.terminal import printable
from tvae.errors import InputError, TrackerError
from tvae.operations.validation import quoted

KNOWN: Final = {"trackio": "pip install 'tvae[trackio]'", "wandb": "pip install wandb"}  # and how they are installed
NEEDED: Final = ("init", "log", "finish", "Image")
PICTURE: Final = "radius"  # the name under which the picture is logged
ELSEWHERE: Final = ("TRACKIO_SPACE_ID", "TRACKIO_SERVER_URL")  # variables with which trackio writes to a server

Row = Mapping[str, Any]
Result = tuple[Row, bytes]  # the measures of a model, and its picture as a PNG


class Tracker:
    """A tracker and a project of it, in which one run after another is recorded."""

    def __init__(self, place: str) -> None:
        """`place` is MODULE:PROJECT, such as trackio:rich. Raises InputError or TrackerError."""
        name, _, project = place.partition(":")
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,39}:[A-Za-z0-9][A-Za-z0-9_-]{0,63}", place):
            raise InputError(
                f"--track is {quoted(place)}; write MODULE:PROJECT, such as trackio:sweep-1. A project has 1 to 64 "
                "letters, digits, hyphens and underscores."
            )
        self.name, self.project = name, project
        self._module = _imported(name)
        self._open = self._failed = False  # whether a run is open; whether the tracker has failed
        self._step = 0  # the last one
        self._said: frozenset[str] = frozenset()  # the names that were logged at it

    def begin(self, name: str, config: Row, *, resumed: bool = False) -> None:
        """Start a run; `resumed` continues the last one of that name, if the tracker can. Raises TrackerError."""
        options = {"resume": "allow"} if resumed else {}
        try:
            with _quiet(self.name):
                self._module.init(project=self.project, name=name, config=dict(config), **options)
        except (Exception, SystemExit) as error:  # whatever another program raises
            raise TrackerError(
                f"{self.name} did not start a run in the project {self.project} ({_said(error)}). Correct that, or "
                "omit --track."
            ) from error
        self._open, self._step, self._said = True, 0, frozenset()

    def log(self, row: Row) -> None:
        """Log the numbers of a row of `train_to_file.log_row`, at its step."""
        self._step = row["step"]
        values = {name: value for name, value in row.items() if name != "step"}
        self._log(values)
        self._said = frozenset(_numbers(values))

    def end(self, final: Callable[[], Result]) -> None:
        """Log the measures and the picture of the trained model, and end the run. They are made only if needed.

        A measure that the curves have at the last step is not logged again.
        """
        if self._open:
            measures, picture = final()
            self._log({name: value for name, value in measures.items() if name not in self._said})
            with tempfile.TemporaryDirectory(prefix="tvae-", ignore_cleanup_errors=True) as made:
                path = Path(made, f"{PICTURE}.png")
                self._guarded(lambda: self._log_picture(path, picture))
        self.close()

    def close(self) -> None:
        """End the run, if one is open, also without measures."""
        if self._open:
            self._guarded(self._module.finish)
        self._open = False

    def record(self, name: str, config: Row, curves: Iterable[Row], final: Callable[[], Result]) -> None:
        """A whole run that has ended. Raises nothing."""
        if self._failed:
            return
        try:
            self.begin(name, config)
        except TrackerError as error:
            self._fail(str(error))
            return
        for row in curves:
            self.log(row)
        self.end(final)

    def _log(self, values: Row) -> None:
        self._guarded(lambda: self._module.log(_numbers(values), step=self._step))

    def _log_picture(self, path: Path, picture: bytes) -> None:
        path.write_bytes(picture)
        self._module.log({PICTURE: self._module.Image(str(path))}, step=self._step)

    def _guarded(self, call: Callable[[], Any]) -> None:
        if not self._open:
            return
        try:
            with _quiet(self.name):
                call()
        except (Exception, SystemExit) as error:  # whatever another program raises
            self._fail(f"{self.name} failed ({_said(error)}) and gets nothing more. The model is not affected.")

    def _fail(self, words: str) -> None:
        self._failed, self._open = True, False
        sys.stderr.write(f"\n{printable(words)}\n")  # below a progress bar
        sys.stderr.flush()


def _numbers(values: Row) -> dict[str, Any]:
    return {name: value for name, value in values.items() if isinstance(value, int | float)}


def _imported(name: str) -> Any:
    """The module of a tracker. Raises TrackerError."""
    others = " and ".join(f"{known} ({how})" for known, how in KNOWN.items())
    try:
        module = importlib.import_module(name)
    except ImportError as error:
        if error.name == name and name in KNOWN:
            raise TrackerError(f"{name} is not installed. Install it: {KNOWN[name]}") from error
        if error.name == name:
            raise TrackerError(f"There is no module {name}. Known trackers are {others}.") from error
        raise _not_imported(name, error) from error
    except (Exception, SystemExit) as error:
        raise _not_imported(name, error) from error
    if missing := [one for one in NEEDED if not callable(getattr(module, one, None))]:
        raise TrackerError(f"{name} is not a tracker, as it lacks {missing[0]}. Known trackers are {others}.")
    return module


def _not_imported(name: str, error: BaseException) -> TrackerError:
    return TrackerError(f"{name} cannot be imported ({_said(error)}). Reinstall it.")


@contextmanager
def _quiet(name: str) -> Iterator[None]:
    """Keeps what a tracker prints out of the output, and trackio off the network unless it is to write to a server."""
    with redirect_stdout(io.StringIO()):
        if name != "trackio" or any(os.environ.get(variable) for variable in ELSEWHERE):
            yield
            return
        with environment.offline():
            yield


def _said(error: BaseException) -> str:
    """What another program says, as part of a sentence."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
