"""Where the project and the tests' data are."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[3]
DATA: Final = ROOT / "tests" / "data"
