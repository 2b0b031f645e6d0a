"""The option --track of train and sweep: what they record in an experiment tracker when a model is trained."""

import argparse
from pathlib import Path

from tvae.analysis import evaluation
from tvae.analysis.tree_measures import tree_measures
from tvae.checkpoints import loading
from tvae.reports import leaderboard
from tvae.reports.publishing.model_card import radius_png
from tvae.reports.surveys.repository import measuring
from tvae.training.run_files.tracking import Result, Tracker
from tvae.training.sweeps.executor import Outcome
from tvae.training.sweeps.job import tracked_name


def track_arg(command: argparse.ArgumentParser) -> None:
    """Add the option --track."""
    words = "record settings, curves, measures and the radius plot in an experiment tracker, such as trackio:PROJECT"
    command.add_argument("--track", metavar="MODULE:PROJECT", help=words)


def tracker_of(options: argparse.Namespace) -> Tracker | None:
    """The tracker that the options ask for. Raises InputError or TrackerError."""
    return None if options.track is None else Tracker(options.track)


def result_of_file(path: Path) -> Result:
    """The measures of a checkpoint file, and its radius plot."""
    location = loading.locate_file(path, ())
    found = evaluation.measure(location, loading.open_located(location))
    row = leaderboard.measured_row(found, tree_measures.evaluate(found.embedding))
    return leaderboard.measures(row), radius_png(found.embedding)


def record(tracker: Tracker, outcome: Outcome) -> None:
    """Record a finished run of a sweep."""
    row, model = outcome.row, outcome.model or b""
    tracker.record(
        tracked_name(row["recipe"], row["seed"], row["id"]),
        {name: row[name] for name in ("id", "recipe", "seed")} | row["settings"],
        outcome.curves,
        lambda: (leaderboard.measures(row["metrics"]), measuring.picture(row["id"], model, None)),
    )
