"""Where the page's computing happens: one cache, and ZeroGPU's decorator where there is one."""

from collections.abc import Callable
from typing import TypeVar

from tvae import loading, measuring
from tvae.catalogue import DEFAULT
from tvae.checkpoint_file import Checkpoint
from tvae.loading import Located
from tvae.measuring import Measured, MeasuredCache
from tvae.page.visits import GRACE, PREFIX, Visits

try:
    import spaces
except ImportError:  # everywhere but on a Space
    spaces = None

Function = TypeVar("Function", bound=Callable[..., object])


def on_gpu(function: Function) -> Function:
    """`function`, run in ZeroGPU's worker on a Space that has it; unchanged elsewhere."""
    decorated: Function = spaces.GPU(function) if spaces else function
    return decorated


@on_gpu
def measure_on_gpu(checkpoint: Checkpoint) -> Measured:
    """Embed and evaluate on CUDA where it is present; what comes back lies on the CPU."""
    return measuring.measure(checkpoint)


def measure_on_cpu(checkpoint: Checkpoint) -> Measured:
    """The same on the CPU: the first picture is made at start-up, when ZeroGPU lends no GPU yet."""
    return measuring.measure(checkpoint, device="cpu")


CACHE = MeasuredCache(measure_on_gpu)


VISITS = Visits(grace=GRACE)


def opened(name: str) -> tuple[Located, Measured]:
    """A checkpoint of the catalogue or of a visit with everything measured; fetched and computed once, whoever asks.

    Raises TvaeError with a sentence: unknown name, Hub out of reach, broken file.
    """
    mine = isinstance(name, str) and name.startswith(PREFIX)
    located = VISITS.locate(name) if mine else loading.locate(name)
    return located, CACHE.get(located)


def first() -> tuple[Located, Measured]:
    """The checkpoint that the page opens with; bundled, so neither the Hub nor a GPU is needed."""
    located = loading.locate(DEFAULT)
    return located, CACHE.get(located, measure_on_cpu)
