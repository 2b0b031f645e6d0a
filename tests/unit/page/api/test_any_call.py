"""Any JSON as the inputs of any endpoint: an answer in JSON, or a sentence. `python -m tests.fuzz` tries for longer."""

from typing import Any

from calls import CALLS, call
from hypothesis import HealthCheck, given, settings


@settings(max_examples=80, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(CALLS)
def test_every_call_is_answered(drawn: tuple[str, list[Any]]) -> None:
    call(drawn)
