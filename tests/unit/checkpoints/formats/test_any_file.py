"""No bytes and no metadata bring a reader down: property-based, short here; tests/fuzz.py runs for longer."""

from typing import Any

import pytest
from files import FILES, METADATA, read_any_file, read_metadata
from hypothesis import HealthCheck, given, settings

SHORT = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.filterwarnings("ignore:invalid escape sequence:DeprecationWarning")  # of pickletools
@SHORT
@given(FILES)
def test_any_file_is_read_or_refused(data: bytes) -> None:
    read_any_file(data)


@SHORT
@given(METADATA)
def test_any_metadata_is_shown_or_refused(metadata: dict[str, Any]) -> None:
    read_metadata(metadata)
