"""All checkpoints that are known by name, and what is said about them in a sentence."""

from typing import Final

from tvae.checkpoints.catalogue.bundled import BUNDLED
from tvae.checkpoints.catalogue.entry import Entry
from tvae.checkpoints.catalogue.published import PUBLISHED

ENTRIES: Final = (*BUNDLED, *PUBLISHED)
BY_NAME: Final = {entry.name: entry for entry in ENTRIES}
DEFAULT: Final = ENTRIES[0].name  # recommended if any bundled checkpoint is, which a test ensures


def published(recipe: str) -> Entry | None:
    """The published checkpoint of a recipe, which has other weights than the bundled one; None if there is none."""
    found = (BY_NAME.get(f"{recipe}/{file}.pt") for file in ("latest", "best"))
    return next((entry for entry in found if entry), None)


def description(entry: Entry) -> str:
    """What a checkpoint is, and what it is good for."""
    return " ".join(filter(None, (f"{entry.use_case}.", entry.measured, entry.note)))


def in_short(entry: Entry) -> str:
    """Why a checkpoint has its status, in a line or two; a warning names the file that it is about."""
    if entry.source == "hub":
        return entry.warning or f'Published as "{entry.status}": {entry.use_case}.'
    other = published(entry.name)
    if other is None or not other.warning:
        return entry.reason
    return f"{entry.reason} {other.warning} It concerns {other.name}, not this file."


def distinction(entry: Entry) -> str:
    """That a bundled checkpoint is not the published one, with the status of that one; empty for published ones."""
    if entry.source == "hub":
        return ""
    other = published(entry.name)
    unlike = f'; not the published {other.name}, whose status is "{other.status}"' if other else ""
    return f"Trained for this app{unlike}."
