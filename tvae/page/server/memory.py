"""Keep the memory that the C library holds for the process close to what the program uses; on glibc, not elsewhere.

glibc gives each thread an arena of its own, up to eight for each core, and freed memory stays in its arena. Gradio runs
calls in up to 40 threads, so a server under load holds twice as much memory as its objects take. See mallopt(3) and
malloc_trim(3).
"""

import ctypes
import sys
from typing import Final

_M_ARENA_MAX: Final = -8  # from malloc.h
ARENAS: Final = 2  # the interpreter's lock lets one thread run at a time, so more would only divide the memory


def _library() -> ctypes.CDLL | None:
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None  # musl has neither


_LIBRARY: Final = _library()


def share_arenas() -> None:
    """Let all threads share two arenas. Call this before they start."""
    if _LIBRARY is not None:
        _LIBRARY.mallopt(_M_ARENA_MAX, ARENAS)


def give_back() -> None:
    """Give freed memory back to the system; takes some milliseconds."""
    if _LIBRARY is not None:
        _LIBRARY.malloc_trim(0)
