"""README.md and the pages of docs/: their sections and code blocks."""

import re
from dataclasses import dataclass

from paths import ROOT

PAGES = ("README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")))


@dataclass(frozen=True)
class Example:
    """One code block of a page."""

    page: str
    language: str
    code: str


def text_of(page: str) -> str:
    """The text of a page, without the front matter that the Space reads."""
    return re.sub(r"\A---\n.*?\n---\n", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL)


def headings(page: str) -> list[str]:
    """The titles of a page's sections, at any level."""
    return re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL), re.MULTILINE)


def section(page: str, title: str) -> str:
    """The text below the heading `## title`, up to the next heading of that level."""
    return text_of(page).split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def examples() -> list[Example]:
    """Every code block of every page."""
    return [
        Example(page, language, code)
        for page in PAGES
        for language, code in re.findall(r"^```(\w*)\n(.*?)^```$", text_of(page), re.DOTALL | re.MULTILINE)
    ]


def cells(line: str) -> list[str]:
    """The cells of a row of a table."""
    return [cell.strip() for cell in line.strip("|").split("|")]
