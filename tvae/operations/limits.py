"""How much the queries of one text, or of all texts of one list, may cost in all."""

from dataclasses import dataclass
from typing import Final

MAX_CHARACTERS: Final = 20_000  # of texts that could be queries; a longer one is read part by part
MAX_WORDS: Final = 500  # each costs one pass over all operations at most
MAX_DISTRIBUTIVE: Final = 9  # operations over which queries distribute; each takes about 30 ms


@dataclass
class Spent:
    """What was used up so far. Each method adds to it, and returns why that is too much, or an empty text."""

    characters: int = 0
    words: int = 0
    distributed: int = 0

    def read(self, characters: int) -> str:
        """A text that could be a query was found."""
        self.characters += characters
        return self.too_long()

    def too_long(self) -> str:
        """Why no further text is read as a query."""
        if self.characters <= MAX_CHARACTERS:
            return ""
        return (
            f"a text, or a list, with a query in it has at most {MAX_CHARACTERS:,} characters, this has "
            f"{self.characters:,}"
        )

    def split(self, words: int) -> str:
        """A query was split into words."""
        self.words += words
        if self.words <= MAX_WORDS:
            return ""
        return f"the queries of one text or list have at most {MAX_WORDS} words in all, these have {self.words:,}"

    def distribute(self, operations: int) -> str:
        """A query asks what distributes over these."""
        self.distributed += operations
        if self.distributed <= MAX_DISTRIBUTIVE:
            return ""
        return (
            f"the queries of one text or list distribute over at most {MAX_DISTRIBUTIVE} operations in all, these over "
            f"{self.distributed:,}"
        )
