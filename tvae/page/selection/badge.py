"""The status and origin of a checkpoint, as HTML."""

from markupsafe import Markup

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.checkpoints.checkpoint_file import Checkpoint
from tvae.checkpoints.loading import CheckpointLocation
from tvae.page.ui import texts
from tvae.page.ui.html import origin, tag
from tvae.training.history import History, collapse_summary, history_of


def badge(evaluated: EvaluatedCheckpoint) -> Markup:
    """Status and its reason, any warning, and the source and digest of the weights."""
    location, checkpoint = evaluated.location, evaluated.checkpoint
    entry = location.entry
    status = entry.status if entry else "yours" if location.origin == "upload" else "file"
    shown = texts.table("STATUSES").get(status, status)
    reason = f"{entry.use_case}. {entry.note}".strip() if entry else _made(checkpoint)
    history = history_of(checkpoint.metadata)
    warning = published_warning(location, history) + " " if history else _warning(location)
    radius = ""
    if checkpoint.config.projection != "none" and checkpoint.max_radius_from != "file":
        used = texts.table("MAX_RADIUS_ORIGINS")[checkpoint.max_radius_from]
        radius = texts.NOT_RECORDED.format(radius=checkpoint.config.max_radius, origin=used)
    kind = tag("span", shown, class_=f"badge {status.replace(' ', '-')}")
    line = tag("div", kind, tag("span", warning, f"{reason} {radius}"), class_="badge-line")
    return line + origin(location.source, checkpoint.sha256)


def published_warning(location: CheckpointLocation, history: History) -> Markup:
    """The published warning, if there is one, and what the history in the file shows."""
    found = collapse_summary(history)
    return _warning(location) + texts.RECORDED_WARNING.format(found=found[:1].lower() + found[1:])


def _warning(location: CheckpointLocation) -> Markup:
    warning = location.entry.warning if location.entry else ""
    return tag("strong", warning, class_="warning") + " " if warning else Markup("")


def _made(checkpoint: Checkpoint) -> str:
    """How the file says it was made. Its metadata may hold anything, so values of the wrong type are ignored."""
    said = checkpoint.metadata
    steps, factors = said.get("stopped_after", said.get("steps")), said.get("emphasis")
    parts = [texts.BADGE_RECIPE.format(name=said["recipe"][:80])] if isinstance(said.get("recipe"), str) else []
    parts += [texts.BADGE_SEED.format(seed=said["seed"])] if isinstance(said.get("seed"), int) else []
    parts += [texts.BADGE_STEPS.format(steps=steps)] if isinstance(steps, int) else []
    if isinstance(factors, dict):
        weights = [(name[:40], by) for name, by in factors.items() if isinstance(by, float | int)]
        parts += [texts.BADGE_WEIGHT.format(name=name, by=by) for name, by in weights]
    return texts.BADGE_RECORDED.format(parts=", ".join(parts)) if parts else ""
