"""Operations as a text, which is parsed back."""

import random

from tvae.operations import ternary
from tvae.operations.parsing import format_operations, parse_operations


def test_formatted_text_is_parsed_back() -> None:
    assert format_operations([0, 5, 6, 7, 8, 9, 13, 14]) == "0, 5-9, 13, 14"
    assert format_operations([]) == ""
    rng = random.Random(0)
    for _ in range(2_000):
        top = rng.choice((2, 3, 30, ternary.N))
        indices = [rng.randrange(top) for _ in range(rng.randint(1, 30))]
        if rng.random() < 0.5:
            indices.sort()
        assert parse_operations(format_operations(indices)) == tuple(indices)
    everything = list(range(ternary.N))
    assert format_operations(everything) == "0-19682"
    rng.shuffle(everything)
    assert parse_operations(format_operations(everything)) == tuple(everything)


def test_whole_levels_are_written_as_such_where_that_is_shorter() -> None:
    for text in ("v=0", "v=8", "v=0-8", "v=3-5", "v=1-9"):
        assert format_operations(parse_operations(text)) == text
    assert format_operations(parse_operations("v=9")) == "0"
    assert format_operations([13_122, 6_561]) == "13122, 6561"  # in another order
    assert format_operations(parse_operations("v=7")[1:]).count(",") == 4  # all but one
    levels = parse_operations("v=3, v=5")
    assert parse_operations(format_operations(levels)) == levels
