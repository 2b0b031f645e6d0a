"""Memory that is freed goes back to the system."""

import sys
from pathlib import Path

from tvae.page.server import memory


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def test_freed_memory_is_given_back_where_there_is_glibc() -> None:
    memory.share_arenas()
    kept = [bytearray(100_000) for _ in range(2_000)]  # small enough that the C library keeps them in an arena
    top = bytearray(100_000)
    before = resident() if sys.platform == "linux" else 0
    del kept
    memory.give_back()
    if memory._LIBRARY is not None:
        assert resident() < before - 150 * 10**6
    assert len(top) == 100_000
