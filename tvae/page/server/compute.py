"""Where the page's computing happens: one cache, and ZeroGPU's decorator where there is one."""

import json
import secrets
from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from typing import Any, TypeVar

from tvae.analysis import evaluation, genetic_code, robustness
from tvae.analysis.evaluation import EvaluatedCheckpoint, EvaluationCache
from tvae.analysis.genetic_code import CodeAssociation
from tvae.analysis.linear_regions import counting
from tvae.analysis.linear_regions.counting import Regions, Slice
from tvae.analysis.robustness import Robustness
from tvae.analysis.single_flight import Cache
from tvae.checkpoints import checkpoint_file, loading
from tvae.checkpoints.catalogue import DEFAULT
from tvae.checkpoints.checkpoint_file import Checkpoint
from tvae.checkpoints.loading import CheckpointLocation
from tvae.operations import validation
from tvae.operations.parsing import parse_operations
from tvae.page.server.session_files import GRACE, PREFIX, SessionFiles
from tvae.page.ui import texts
from tvae.sequences import loading as sequence_loading
from tvae.sequences.checkpoint_file import SequenceCheckpoint

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
def measure_on_gpu(location: CheckpointLocation, checkpoint: Checkpoint) -> EvaluatedCheckpoint:
    """Embed and evaluate on CUDA where it is present; what comes back lies on the CPU."""
    return evaluation.measure(location, checkpoint)


def measure_on_cpu(location: CheckpointLocation, checkpoint: Checkpoint) -> EvaluatedCheckpoint:
    """The same on the CPU: the first picture is made at start-up, when ZeroGPU lends no GPU yet."""
    return evaluation.measure(location, checkpoint, device="cpu")


CACHE = EvaluationCache(measure_on_gpu)


SESSION_FILES = SessionFiles(grace=GRACE)


def new_session() -> str:
    """A name for a visit without a page, such as a script's."""
    return f"script-{secrets.token_urlsafe(12)}"


def load_evaluated(name: str) -> EvaluatedCheckpoint:
    """A checkpoint of the catalogue or of a session, evaluated; fetched and computed once for all callers.

    Raises TvaeError with a sentence: unknown name, Hub out of reach, broken file.
    """
    return CACHE.get(SESSION_FILES.locate(name) if _is_mine(name) else loading.locate(name))


def _is_mine(name: object) -> bool:
    return isinstance(name, str) and name.startswith(PREFIX)


def default_checkpoint() -> EvaluatedCheckpoint:
    """The checkpoint that the page opens with; bundled, so neither the Hub nor a GPU is needed."""
    return CACHE.get(loading.locate(DEFAULT), measure_on_cpu)


def radius_plot(name: str, operations: str | list[Any], encoder: str, measure: str) -> dict[str, Any]:
    """Radius against valuation as a Plotly figure's JSON; an empty `operations` highlights none. Raises TvaeError."""
    from tvae.reports import figures  # Plotly costs half a second, and nothing else of the first page needs it

    side = validation.parse_choice(encoder, validation.ENCODERS, texts.THE_ENCODER)
    what = validation.parse_choice(measure, figures.MEASURES, texts.THE_MEASURE)
    chosen = () if operations in ("", []) else parse_operations(operations)
    evaluated = load_evaluated(name)
    return _document(figures.radius_by_valuation(evaluated.embedding, chosen, side, what))


def regions_by_depth(report: Regions) -> dict[str, Any]:
    """Linear regions against depth as a Plotly figure's JSON."""
    from tvae.reports import figures

    return _document(figures.regions_by_depth(report))


def regions_slice(cut: Slice) -> dict[str, Any]:
    """A plane with its regions as a Plotly figure's JSON."""
    from tvae.reports import figures

    return _document(figures.regions_slice(cut))


def _document(figure: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(figure.to_json())
    return document


_COUNTING = Lock()  # one count keeps a core busy for a second; who waits may find it done


def regions_of(name: str, samples: int = counting.SAMPLES, seed: int = 0) -> tuple[EvaluatedCheckpoint, Regions]:
    """The linear regions of a checkpoint, on the CPU; raises RegionsError, and what `load_evaluated` raises."""
    counting.check(samples, seed)
    evaluated = load_evaluated(name)
    with _COUNTING:
        return evaluated, _count(name, evaluated.checkpoint.sha256, samples, seed)


def region_slice(name: str, part: str, corners: tuple[int, ...]) -> Slice:
    """A plane through three operations, each pixel with its region; raises as `regions_of` does."""
    model = checkpoint_file.build(load_evaluated(name).checkpoint)
    with _COUNTING:
        return counting.slice_regions(model, part, corners)


@lru_cache(maxsize=64)
def _count(name: str, _sha256: str, samples: int, seed: int) -> Regions:
    return counting.count(checkpoint_file.build(load_evaluated(name).checkpoint), samples, seed)


ROBUSTNESS_CACHE = Cache[tuple[str, float, int], Robustness](capacity=64)  # some 10 kB each
_EXAMINING = Lock()  # an examination holds 100 MB for half a second; those of other keys wait


def robustness_of(name: str, seed: int = 0) -> tuple[EvaluatedCheckpoint, Robustness]:
    """Coverage in depth, once for a checkpoint and a seed, whoever asks.

    Raises InputError for what is no seed, and what `load_evaluated` raises.
    """
    seed = robustness.seed_of(seed)
    evaluated = load_evaluated(name)
    return evaluated, ROBUSTNESS_CACHE.get(_key(evaluated, seed), lambda: _examine(evaluated, seed))


def has_robustness(evaluated: EvaluatedCheckpoint) -> bool:
    """Whether `robustness_of` answers at once, with the usual seed."""
    return ROBUSTNESS_CACHE.has(_key(evaluated, 0))


def _key(evaluated: EvaluatedCheckpoint, seed: int) -> tuple[str, float, int]:
    return evaluated.checkpoint.sha256, evaluated.checkpoint.config.max_radius, seed


def _examine(evaluated: EvaluatedCheckpoint, seed: int) -> Robustness:
    with _EXAMINING:
        return robustness.evaluate(checkpoint_file.build(evaluated.checkpoint), evaluated.embedding, seed)


GENETIC_CODE_CACHE = Cache[tuple[str, float, bool, int, int], CodeAssociation](capacity=64)  # some 70 kB each
_CODING = Lock()  # 100,000 permutations keep a core busy for a second or two


def genetic_code_of(
    name: str, stops: bool = False, permutations: int = genetic_code.PERMUTATIONS, seed: int = 0
) -> tuple[EvaluatedCheckpoint, CodeAssociation]:
    """The 64 codons in a checkpoint, once for each setting; raises InputError, and what `load_evaluated` raises."""
    permutations, seed = genetic_code.check(stops, permutations, seed)
    evaluated = load_evaluated(name)

    def examined_now() -> CodeAssociation:
        with _CODING:
            return genetic_code.examine(evaluated.embedding, stops, permutations, seed)

    key = (evaluated.checkpoint.sha256, evaluated.checkpoint.config.max_radius, stops, permutations, seed)
    return evaluated, GENETIC_CODE_CACHE.get(key, examined_now)


SEQUENCE_MODELS = Cache[tuple[str, int, int], SequenceCheckpoint](capacity=4)  # some 4 MB each


def load_sequence_model(name: str) -> tuple[CheckpointLocation, SequenceCheckpoint]:
    """A codon or amino-acid model, known or of a visit, on the CPU; fetched and read once, whoever asks.

    Raises TvaeError with a sentence: unknown name, Hub out of reach, broken file.
    """
    location = SESSION_FILES.locate(name) if _is_mine(name) else sequence_loading.locate(name)
    found = location.path.stat()
    key = (str(location.path), found.st_mtime_ns, found.st_size)
    return location, SEQUENCE_MODELS.get(key, lambda: sequence_loading.open_located(location))
