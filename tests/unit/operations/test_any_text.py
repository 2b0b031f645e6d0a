"""Any text and any list: operations, or a sentence."""

from hypothesis import given, settings
from texts import OPERATIONS, read_operations


@settings(max_examples=150, derandomize=True, deadline=None, database=None)
@given(OPERATIONS)
def test_any_input_is_read_or_refused(typed: object) -> None:
    read_operations(typed)
