"""The selected operations in the page's address: as their text, or, if that is long, as a compressed bitmap.

    operations=min,+v%3D8        a text of up to 1,500 characters
    selected=eNrtwQEBAAAA...     any set of the 19,683 operations, in up to 3,296 characters

A bitmap has a bit for each operation, the least significant bit of a byte first. It is compressed by zlib, whose check
sum shows whether the link was cut, and written in base64url without padding. It has no order: the operations of such a
link are in ascending order.
"""

import base64
import re
import zlib
from collections.abc import Collection, Mapping
from typing import Final
from urllib.parse import urlencode

import numpy as np

from tvae.errors import InputError
from tvae.operations import ternary
from tvae.operations.parsing import format_operations
from tvae.page.ui import texts

PARAMETERS: Final = ("operations", "selected")
LONGEST_TEXT: Final = 1_500  # characters; mail and chat programs cut long addresses
LONGEST_BITMAP: Final = 3_300  # characters; a bitmap that cannot be compressed has 3,296
_BYTES: Final = -(-ternary.N // 8)  # of a bitmap


def query_of(text: str, indices: Collection[int]) -> str:
    """The selection that a text names, `indices`, as a query, such as `operations=13`; empty if there is none."""
    if len(text) > LONGEST_TEXT:
        text = format_operations(indices)  # which may be shorter
    if len(text) > LONGEST_TEXT:
        return urlencode({"selected": packed(indices)})
    return urlencode({"operations": text}) if text.strip() else ""


def text_in(address: Mapping[str, str]) -> str:
    """The text of the selection in an address. Raises InputError for a bitmap that cannot be read."""
    if "operations" in address or "selected" not in address:
        return address.get("operations", "")
    return format_operations(unpacked(address["selected"]))


def packed(indices: Collection[int]) -> str:
    """A set of operations as a compressed bitmap."""
    bits = np.zeros(ternary.N, np.uint8)
    bits[list(indices)] = 1
    data = zlib.compress(np.packbits(bits, bitorder="little").tobytes(), 9)
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def unpacked(text: str) -> tuple[int, ...]:
    """The operations of a compressed bitmap, ascending. Raises InputError for anything else."""
    try:
        bitmap = _decompressed(text)
    except (ValueError, zlib.error) as error:
        raise InputError(texts.LINK_NOT_READ) from error
    return tuple(np.flatnonzero(np.unpackbits(bitmap, bitorder="little")).tolist())


def _decompressed(text: str) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """A bitmap without bits for operations that do not exist. Raises ValueError or zlib.error for anything else."""
    if len(text) > LONGEST_BITMAP or not re.fullmatch(r"[\w-]+", text, re.ASCII):
        raise ValueError("not base64url of a bitmap")
    decoder = zlib.decompressobj()
    data = decoder.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), _BYTES + 1)
    if not decoder.eof or decoder.unused_data or len(data) != _BYTES or data[-1] >> (ternary.N % 8):
        raise ValueError("not one whole bitmap")
    return np.frombuffer(data, np.uint8)
