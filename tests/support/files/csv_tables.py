"""Our CSV files read back."""

import csv
import io
import re


def read_csv(text: str) -> list[dict[str, str]]:
    """The rows by column, without the apostrophes that keep texts from being formulas in a spreadsheet."""
    rows = csv.DictReader(io.StringIO(text))
    return [{name: re.sub(r"^'(?=[=+\-@\t\r])", "", cell) for name, cell in row.items()} for row in rows]
