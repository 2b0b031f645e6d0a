"""JSON values of whatever a file records, bounded in number, depth, length and range."""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tvae.checkpoints.metadata.recorded import MAX_WHOLE
from tvae.errors import CheckpointFileError

MAX_VALUES: Final = 200_000  # of a file; a small file can refer to the same list a million times
MAX_CHARACTERS: Final = 4_000_000  # of all texts of a file
MAX_DEPTH: Final = 8
MAX_TEXT: Final = 10_000  # characters of one text
MAX_NAME: Final = 200  # characters of a name
MAX_NUMBER: Final = 1e300  # of a float; leaves room for sums and differences
USE_A_TERNARY_VAE: Final = "Use a Ternary VAE checkpoint; python -m tvae.checkpoint_hub list names the published ones."


def _escaped(text: str, unsafe: re.Pattern[str]) -> str:
    """`text` with escapes such as \\x1b in place of what a terminal, JSON or a browser would not take as text."""
    return unsafe.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


# Control characters, halves of surrogate pairs, separators of lines, and what changes the direction of writing.
_UNSAFE_IN_TEXT: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028-\u202e\u2066-\u2069]")
_UNSAFE_IN_NAME: Final = re.compile(f"{_UNSAFE_IN_TEXT.pattern}|[\t\n]")


class _Cleaner:
    """Makes JSON values of Python values, within the limits above."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.values = 0
        self.characters = 0
        self.odd: Counter[str] = Counter()  # how often something was changed, by what it was

    def value(self, value: Any, depth: int = 0) -> Any:
        self.values += 1
        if self.values > MAX_VALUES:
            raise CheckpointFileError(
                self.path, f"more than {MAX_VALUES:,} recorded values", "fewer", USE_A_TERNARY_VAE
            )
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self.text(value, MAX_TEXT, _UNSAFE_IN_TEXT)
        if isinstance(value, int | float):
            return self.number(value)
        if isinstance(value, dict | list | tuple):
            if depth < MAX_DEPTH:
                return self.inner(value, depth + 1)
            self.odd["depth"] += 1
        return f"<{'Tensor' if type(value).__name__ == 'TensorSpec' else type(value).__name__}>"

    def inner(self, value: dict[Any, Any] | list[Any] | tuple[Any, ...], depth: int) -> Any:
        if isinstance(value, dict):
            return {self.name(key): self.value(item, depth) for key, item in value.items()}
        return [self.value(item, depth) for item in value]

    def number(self, number: float) -> int | float | str:
        """The number; one that is not finite or beyond the limits as text."""
        fits = abs(number) < MAX_WHOLE if isinstance(number, int) else abs(number) <= MAX_NUMBER
        if fits:
            return number
        self.odd["number"] += 1
        return str(number)[:40]

    def name(self, key: object) -> str:
        return self.text(str(key), MAX_NAME, _UNSAFE_IN_NAME)

    def text(self, text: str, longest: int, unsafe: re.Pattern[str]) -> str:
        self.characters += len(text)
        if self.characters > MAX_CHARACTERS:
            raise CheckpointFileError(
                self.path, f"recorded texts of more than {MAX_CHARACTERS:,} characters", "fewer", USE_A_TERNARY_VAE
            )
        if len(text) > longest:
            self.odd["text"] += 1
            text = f"{text[:longest]}..."
        shown = _escaped(text, unsafe)
        self.odd["letter"] += shown != text
        return shown


_ODD: Final = {
    "number": "Recorded numbers that are not finite or too large: {count:,}; they are kept as text and not used.",
    "text": "Recorded texts that are too long: {count:,}; only their beginnings are kept.",
    "letter": "Recorded texts with control characters or invalid Unicode: {count:,}; these characters are escaped.",
    "depth": f"Recorded values that are nested deeper than {MAX_DEPTH} levels are left out.",
}


def json_values(path: Path, metadata: Mapping[Any, Any]) -> tuple[dict[str, Any], list[str]]:
    """Metadata as JSON values; numbers that JSON lacks, tensors and what is nested too deep become text."""
    cleaner = _Cleaner(path)
    values = {cleaner.name(key): cleaner.value(value) for key, value in metadata.items()}
    return values, [words.format(count=cleaner.odd[odd]) for odd, words in _ODD.items() if cleaner.odd[odd]]
