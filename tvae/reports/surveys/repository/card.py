"""What the card of a repository claims: the `model-index` at the head of README.md, as the Hub reads it.

    model-index:
    - name: best.pt                  a file, with or without its folders or suffix
      results:
      - metrics:
        - {type: hierarchy_a, value: -0.8321}

Only values are read that are numbers of `CLAIMED`, and only for a file that is named, or the only one.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

import yaml

from tvae.operations.validation import is_number
from tvae.reports.surveys.repository.rows import CLAIMED

MAX_HEAD: Final = 100_000  # characters
MAX_CLAIMS: Final = 20_000
MAX_VALUE: Final = 1e15
Claims = dict[str, float]


def claims_of_card(card: str, paths: Sequence[str]) -> dict[str, Claims]:
    """What the card claims for each of these files, by path; nothing for a card that cannot be read."""
    found: dict[str, Claims] = {}
    for count, (name, metric, value) in enumerate(_metrics(_head(card))):
        if count >= MAX_CLAIMS:
            break
        path, known = _file(name, paths), _measure(metric)
        number = _number(value)
        if path is not None and known is not None and number is not None:
            found.setdefault(path, {}).setdefault(known, number)
    return found


def _head(card: str) -> Any:
    """The YAML between the first two lines of dashes; None if there is none, or it is too long or damaged."""
    head = re.match(r"---\r?\n(.*?)\r?\n---(?:\r?\n|$)", card[: MAX_HEAD + 10], re.DOTALL)
    if head is None:
        return None
    try:
        # The base loader makes texts, lists and dicts only. Others build merged keys, which grow without bound.
        return yaml.load(head[1], Loader=yaml.BaseLoader)  # noqa: S506 (it is the safest of them)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None


def _metrics(head: Any) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Name of the model, metric and value, of everything that has the form of a result."""
    for model in _dicts(head.get("model-index") if isinstance(head, dict) else None):
        name = model.get("name")
        for result in _dicts(model.get("results")):
            for metric in _dicts(result.get("metrics")):
                yield name if isinstance(name, str) else "", metric, metric.get("value")


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value[:MAX_CLAIMS] if isinstance(one, dict)] if isinstance(value, list) else []


def _file(name: str, paths: Sequence[str]) -> str | None:
    """The one path that a model's name means."""
    same = [path for path in paths if name in (path, path.rpartition(".")[0])]
    alike = same or [path for path in paths if name in (PurePosixPath(path).name, PurePosixPath(path).stem)]
    if len(alike) == 1:
        return alike[0]
    return paths[0] if len(paths) == 1 else None


def _measure(metric: dict[str, Any]) -> str | None:
    """Our name of a metric, by its type or its name."""
    for given in (metric.get("type"), metric.get("name")):
        if isinstance(given, str):
            words = re.sub(r"[^a-z0-9]+", "_", given[:100].lower()).strip("_").replace("encoder_", "")
            if words in CLAIMED:
                return words
    return None


def _number(value: Any) -> float | None:
    try:
        number = float(value[:100])
    except (TypeError, ValueError):
        return None
    return number if is_number(number, MAX_VALUE) else None
