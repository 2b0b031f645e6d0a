"""Any query: what it means by the definitions, or a sentence. `python -m tests.fuzz` tries for longer."""

from hypothesis import HealthCheck, given, settings
from queries import QUERIES, Meant, check_meaning, meant, read_query

OPTIONS = settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@OPTIONS
@given(meant())
def test_a_query_finds_what_it_means(one: Meant) -> None:
    check_meaning(one)


@OPTIONS
@given(QUERIES)
def test_any_query_is_answered_or_refused(typed: tuple[str, object]) -> None:
    read_query(typed)
