"""Arrays as text, since what reaches a browser is JSON."""

import base64
from typing import Any

from numpy.typing import NDArray


def in_base64(data: bytes | NDArray[Any]) -> str:
    """Bytes, or those of an array in row-major order, in base64."""
    return base64.b64encode(data if isinstance(data, bytes) else data.tobytes()).decode("ascii")
