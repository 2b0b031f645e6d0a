"""The status and origin of a checkpoint, as HTML."""

from markupsafe import Markup

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.checkpoints.catalogue.catalogue import description, distinction, in_short
from tvae.checkpoints.catalogue.entry import Entry
from tvae.checkpoints.checkpoint_file import Checkpoint
from tvae.checkpoints.loading import CheckpointLocation
from tvae.checkpoints.metadata.recorded import History
from tvae.page.server import compute, gpu
from tvae.page.server.session_files import KEPT
from tvae.page.ui import texts
from tvae.page.ui.html import details, joined, origin, tag
from tvae.training.history import collapse_summary


def badge(evaluated: EvaluatedCheckpoint) -> Markup:
    """Status and its reason in a line; below it, a section that opens, with description, warning, source and digest."""
    location, checkpoint = evaluated.location, evaluated.checkpoint
    entry = location.entry
    status = entry.status if entry else _status(location)
    kind = tag("span", texts.table("STATUSES").get(status, status), class_=f"badge {status.replace(' ', '-')}")
    reason = _reason(entry) if entry else _made(checkpoint) or texts.NO_STATUS
    line = tag("p", kind, reason, class_="badge-line")
    return line + details(texts.ABOUT_CHECKPOINT, *_about(evaluated))


def _status(location: CheckpointLocation) -> str:
    """The status of a checkpoint that the catalogue lacks, as `STATUSES` has it; of a run, that of the list."""
    if location.origin == "run":
        return compute.RUNS.status(location.name)
    return "yours" if location.origin == "upload" else "file"


def _reason(entry: Entry) -> Markup:
    """Why the status is what it is. A published status is what was published, whatever is measured here."""
    if entry.source == "bundled":
        return joined([in_short(entry)])
    kind = "warning" if entry.warning else None
    return joined([tag("strong" if kind else "span", in_short(entry), class_=kind), " ", texts.MEASURED_HERE])


def _about(evaluated: EvaluatedCheckpoint) -> list[Markup]:
    location, checkpoint = evaluated.location, evaluated.checkpoint
    entry, history = location.entry, checkpoint.recorded.history
    warning = published_warning(location, history) if history else ""
    radius = ""
    if checkpoint.config.projection != "none" and checkpoint.max_radius_from == "catalogue":
        radius = texts.NOT_RECORDED.format(radius=checkpoint.config.max_radius)
    described = (warning, description(entry) if entry else "", radius)
    apart = distinction(entry) if entry else ""
    notes = [tag("p", note, class_="note") for note in (apart, *checkpoint.notes) if note]
    source = f"{location.source}, {KEPT}" if location.origin == "upload" else location.source
    words = [tag("p", one) for one in described if one]
    return [*words, origin(source, checkpoint.sha256, _device(evaluated)), *notes]


def _device(evaluated: EvaluatedCheckpoint) -> str:
    """Which processor computed the embedding, where it could have been another."""
    if evaluated.device != "cpu":
        return f"; {texts.COMPUTED_ON_GPU}"
    return f"; {texts.COMPUTED_ON_CPU}" if gpu.MAY_LEND else ""


def published_warning(location: CheckpointLocation, history: History) -> Markup:
    """The published warning, if there is one, and what the history in the file shows."""
    found = collapse_summary(history)
    return _warning(location) + texts.RECORDED_WARNING.format(found=found[:1].lower() + found[1:])


def _warning(location: CheckpointLocation) -> Markup:
    warning = location.entry.warning if location.entry else ""
    return tag("strong", warning, class_="warning") + " " if warning else Markup("")


def _made(checkpoint: Checkpoint) -> str:
    """How the file says it was made."""
    run = checkpoint.recorded.run
    steps = run.steps if run.stopped_after is None else run.stopped_after
    parts = [texts.BADGE_RECIPE.format(name=run.recipe)] if run.recipe else []
    parts += [texts.BADGE_SEED.format(seed=run.seed)] if run.seed is not None else []
    parts += [texts.BADGE_STEPS.format(steps=steps)] if steps is not None else []
    parts += [texts.BADGE_WEIGHT.format(name=name[:40], by=by) for name, by in (run.emphasis or {}).items()]
    return texts.BADGE_RECORDED.format(parts=", ".join(parts)) if parts else ""
