"""Heptavintimal codes: an operation as three digits of base 27, as people who work with ternary gates write it.

Source: Jones, Standard Ternary Logic (2012). The code is the index of this package in base 27, three digits of
`DIGITS`, the most significant first: PC0 is min, 15,633.
"""

from typing import Final

from tvae.operations import ternary

DIGITS: Final = "0123456789ABCDEFGHKMNPRTVXZ"
LENGTH: Final = 3


def code_of(index: int) -> str:
    """The code of an operation, three digits. Raises ValueError for an index outside 0..19,682."""
    if not 0 <= index < ternary.N:
        raise ValueError(f"There is no operation {index}; indices are between 0 and {ternary.N - 1}.")
    return DIGITS[index // 729] + DIGITS[index // 27 % 27] + DIGITS[index % 27]


def index_of_code(code: str) -> int | None:
    """The operation that has this code, in capital letters, or None if it is no code."""
    if len(code) != LENGTH or any(digit not in DIGITS for digit in code):
        return None
    first, second, third = (DIGITS.index(digit) for digit in code)
    return first * 729 + second * 27 + third
