"""Computations that the page and the API share, each cached; `gpu` has those on a GPU."""

import json
import secrets
from collections.abc import Iterable
from typing import Any

from tvae.analysis import evaluation, genetic_code, robustness
from tvae.analysis.algebra import association
from tvae.analysis.algebra.association import Algebra
from tvae.analysis.evaluation import EvaluatedCheckpoint, EvaluationCache
from tvae.analysis.genetic_code import CodeAssociation
from tvae.analysis.linear_regions import counting
from tvae.analysis.linear_regions.counting import Regions, Slice
from tvae.analysis.robustness import Robustness
from tvae.analysis.single_flight import Cache
from tvae.analysis.tree_measures import tree_measures
from tvae.analysis.tree_measures.tree_measures import BothEncoders, TreeMeasures
from tvae.analysis.views import directions
from tvae.analysis.views.directions import Directions
from tvae.checkpoints import checkpoint_file, loading
from tvae.checkpoints.catalogue.catalogue import DEFAULT
from tvae.checkpoints.checkpoint_file import Checkpoint
from tvae.checkpoints.loading import CheckpointLocation
from tvae.errors import CheckpointError, InputError
from tvae.operations import validation
from tvae.operations.genetic_codes import STANDARD
from tvae.operations.parsing import parse_operations
from tvae.page.server import gpu
from tvae.page.server.runs import Runs
from tvae.page.server.session_files import SessionFiles
from tvae.page.ui import texts
from tvae.page.ui.downloads import OWN
from tvae.reports import leaderboard
from tvae.reports.plots.radius_plot import SCALE_CHOICES
from tvae.sequences import loading as sequence_loading
from tvae.sequences.checkpoint_file import SequenceCheckpoint


def measure_on_gpu(location: CheckpointLocation, checkpoint: Checkpoint) -> EvaluatedCheckpoint:
    """Embed on CUDA if available; the result is on the CPU."""
    return evaluation.with_metrics(location, checkpoint, *gpu.embedded(checkpoint))


def measure_on_cpu(location: CheckpointLocation, checkpoint: Checkpoint) -> EvaluatedCheckpoint:
    """Embed on the CPU, for the first plot: it is made at start-up, before ZeroGPU provides a GPU."""
    return evaluation.measure(location, checkpoint, device="cpu")


CACHE = EvaluationCache(measure_on_gpu)


SESSION_FILES = SessionFiles()
RUNS = Runs()


def new_session() -> str:
    """A new session name for a caller without a page, such as a script."""
    return f"script-{secrets.token_urlsafe(12)}"


def load_evaluated(name: str) -> EvaluatedCheckpoint:
    """Evaluate a checkpoint of the catalogue, a session or a sweep; concurrent and later callers share one result.

    Raises TvaeError for an unknown name, an unreachable Hub or an invalid file.
    """
    return CACHE.get(_locate(name))


def _locate(name: str) -> CheckpointLocation:
    return _own(name) or loading.locate(name, own_token=False)


def _own(name: str) -> CheckpointLocation | None:
    """Where a checkpoint of a session or of a sweep is; None for any other name."""
    if _is_session_file(name):
        return SESSION_FILES.locate(name)
    return RUNS.locate(name) if RUNS.has(name) else None


def check_known(name: str) -> None:
    """Raise as `loading.known` does, unless this is the name of a run."""
    if not RUNS.has(name):
        loading.known(name)


def _is_session_file(name: object) -> bool:
    return isinstance(name, str) and name.startswith(OWN)


def default_checkpoint() -> EvaluatedCheckpoint:
    """The checkpoint that the page opens with. It is bundled and evaluated without the Hub or a GPU."""
    return CACHE.get(loading.locate(DEFAULT), measure_on_cpu)


def radius_plot(
    name: str, operations: str | list[Any], encoder: str, measure: str, scale: str = "auto"
) -> dict[str, Any]:
    """Radius against valuation as Plotly JSON, with `operations` highlighted (empty: none). Raises TvaeError."""
    from tvae.reports.plots import figures  # importing Plotly takes 0.5 s; the first page does not need it

    side = validation.parse_choice(encoder, validation.ENCODERS, texts.THE_ENCODER)
    what = validation.parse_choice(measure, figures.MEASURES, texts.THE_MEASURE)
    axis = validation.parse_choice(scale, SCALE_CHOICES, texts.THE_SCALE)
    chosen = () if operations in ("", []) else parse_operations(operations)
    evaluated = load_evaluated(name)
    return _document(figures.radius_by_valuation(evaluated.embedding, chosen, side, what, axis))


def regions_by_depth(report: Regions) -> dict[str, Any]:
    """Linear regions against depth as Plotly JSON."""
    from tvae.reports.plots import figures

    return _document(figures.regions_by_depth(report))


def regions_slice(cut: Slice) -> dict[str, Any]:
    """A plane coloured by linear region, as Plotly JSON."""
    from tvae.reports.plots import figures

    return _document(figures.regions_slice(cut))


def _document(figure: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(figure.to_json())
    return document


REGIONS_CACHE = Cache[tuple[str, int, int], Regions](capacity=64)


def regions_of(name: str, samples: int = counting.SAMPLES, seed: int = 0) -> tuple[EvaluatedCheckpoint, Regions]:
    """Count the linear regions of a checkpoint on the CPU. Raises RegionsError, or as `load_evaluated` does."""
    counting.check(samples, seed)
    evaluated = load_evaluated(name)
    checkpoint = evaluated.checkpoint

    def count() -> Regions:
        return counting.count(checkpoint_file.build(checkpoint), samples, seed)

    return evaluated, REGIONS_CACHE.get((checkpoint.sha256, samples, seed), count)


def region_slice(name: str, part: str, corners: tuple[int, ...]) -> Slice:
    """The plane through three operations with the region of each pixel. Raises as `regions_of` does."""
    model = checkpoint_file.build(load_evaluated(name).checkpoint)
    return counting.slice_regions(model, part, corners)


ROBUSTNESS_CACHE = Cache[tuple[str, float, int], Robustness](capacity=64)  # about 10 kB each


def robustness_of(name: str, seed: int = 0) -> tuple[EvaluatedCheckpoint, Robustness]:
    """Evaluate the robustness of a checkpoint's decoder, once for each checkpoint and seed.

    Raises InputError for an invalid seed, or as `load_evaluated` does.
    """
    seed = robustness.seed_of(seed)
    evaluated = load_evaluated(name)
    return evaluated, ROBUSTNESS_CACHE.get(_key(evaluated, seed), lambda: _evaluate_robustness(evaluated, seed))


def has_robustness(evaluated: EvaluatedCheckpoint) -> bool:
    """Whether the result of `robustness_of` for seed 0 is cached."""
    return ROBUSTNESS_CACHE.has(_key(evaluated, 0))


def _key(evaluated: EvaluatedCheckpoint, seed: int) -> tuple[str, float, int]:
    return evaluated.checkpoint.sha256, evaluated.checkpoint.config.max_radius, seed


def _evaluate_robustness(evaluated: EvaluatedCheckpoint, seed: int) -> Robustness:
    return robustness.evaluate(checkpoint_file.build(evaluated.checkpoint), evaluated.embedding, seed)


TREE_MEASURES_CACHE = Cache[tuple[str, float, str], TreeMeasures](capacity=512)  # about 1 kB each


def tree_measures_of(name: str) -> tuple[EvaluatedCheckpoint, BothEncoders]:
    """A checkpoint and its tree measures, computed once for each checkpoint. Raises as `load_evaluated` does."""
    evaluated = load_evaluated(name)
    return evaluated, _tree_measures(evaluated)


def _tree_measures(evaluated: EvaluatedCheckpoint) -> BothEncoders:
    a, b = (encoder_tree_measures(evaluated, encoder) for encoder in validation.ENCODERS)
    return BothEncoders(a, b, tree_measures.QUERIES)


def encoder_tree_measures(evaluated: EvaluatedCheckpoint, encoder: str) -> TreeMeasures:
    """The tree measures of encoder "A" or "B", computed once for each checkpoint."""
    key = (evaluated.checkpoint.sha256, evaluated.checkpoint.config.max_radius, encoder)
    return TREE_MEASURES_CACHE.get(key, lambda: tree_measures.measure(evaluated.embedding.side(encoder)))


DIRECTIONS_CACHE = Cache[tuple[str, float, str, int], Directions | None](capacity=512)  # about 1 kB each


def directions_of(name: str, encoder: str, centre: int) -> tuple[EvaluatedCheckpoint, Directions | None]:
    """The principal components of encoder "A" or "B" as seen from an operation or the origin, computed once for each.

    None if all operations coincide. Raises as `load_evaluated` does.
    """
    evaluated = load_evaluated(name)
    key = (evaluated.checkpoint.sha256, evaluated.checkpoint.config.max_radius, encoder, centre)
    side = evaluated.embedding.side(encoder)
    return evaluated, DIRECTIONS_CACHE.get(key, lambda: directions.measure(side, centre))


_FileKey = tuple[str, str, int, int]  # name, path, time of the last change in ns, size
LEADERBOARD_CACHE = Cache[_FileKey, dict[str, Any]](capacity=64)  # about 10 kB each


def leaderboard_row(location: CheckpointLocation) -> dict[str, Any]:
    """A checkpoint's row of the leaderboard, computed once for each file. Raises as `known_leaderboard_row` does.

    Also raises CheckpointFileError.
    """

    def measured() -> dict[str, Any]:
        evaluated = CACHE.get(location)
        return leaderboard.measured_row(evaluated, _tree_measures(evaluated))

    return LEADERBOARD_CACHE.get(_file_key(location), measured)


def known_leaderboard_row(location: CheckpointLocation) -> dict[str, Any] | None:
    """The row of a file if it was computed before, else None. Raises CheckpointError if the file is deleted."""
    return LEADERBOARD_CACHE.peek(_file_key(location))


def leaderboard_rows(names: Iterable[str]) -> list[dict[str, Any]]:
    """The rows of these checkpoints. Raises as `load_evaluated` does, and InputError for more than one download.

    While it waits for the Hub, a call keeps its place among those that occupy a core.
    """
    found = {name: find_file(name) for name in names}
    absent = [name for name, location in found.items() if location is None]
    if len(absent) > 1:
        raise InputError(texts.ONE_DOWNLOAD.format(names=", ".join(absent)))
    return [leaderboard_row(location or _locate(name)) for name, location in found.items()]


def find_file(name: str) -> CheckpointLocation | None:
    """Where a checkpoint's file is on this machine; None if it is not there, and nothing is downloaded.

    Raises UnknownCheckpoint, or CheckpointError for a sequence model or a checkpoint whose session has ended.
    """
    return _own(name) or loading.find(name)


def _file_key(location: CheckpointLocation) -> _FileKey:
    try:
        status = location.path.stat()
    except FileNotFoundError as error:  # its session has ended since it was located
        raise CheckpointError(texts.CHECKPOINT_EXPIRED) from error
    return location.name, str(location.path), status.st_mtime_ns, status.st_size


GENETIC_CODE_CACHE = Cache[tuple[str, float, bool, int, int, int], CodeAssociation](capacity=64)  # about 70 kB each


def genetic_code_of(
    name: str,
    stops: bool = False,
    permutations: int = genetic_code.PERMUTATIONS,
    seed: int = 0,
    code: int = STANDARD,
) -> tuple[EvaluatedCheckpoint, CodeAssociation]:
    """Test the 64 codons in a checkpoint, once for each setting. Raises InputError, or as `load_evaluated` does."""
    permutations, seed, code = genetic_code.check(stops, permutations, seed, code)
    evaluated = load_evaluated(name)

    def examine() -> CodeAssociation:
        return genetic_code.examine(evaluated.embedding, stops, permutations, seed, code)

    key = (evaluated.checkpoint.sha256, evaluated.checkpoint.config.max_radius, stops, permutations, seed, code)
    return evaluated, GENETIC_CODE_CACHE.get(key, examine)


ALGEBRA_CACHE = Cache[tuple[str, float, int, int], Algebra](capacity=64)  # about 10 kB each


def algebra_of(
    name: str, permutations: int = association.PERMUTATIONS, seed: int = 0
) -> tuple[EvaluatedCheckpoint, Algebra]:
    """Ask a checkpoint about algebra, once for each setting. Raises InputError, or as `load_evaluated` does."""
    permutations, seed = association.check(permutations, seed)
    evaluated = load_evaluated(name)
    key = (evaluated.checkpoint.sha256, evaluated.checkpoint.config.max_radius, permutations, seed)
    return evaluated, ALGEBRA_CACHE.get(key, lambda: association.examine(evaluated.embedding, permutations, seed))


SEQUENCE_MODELS = Cache[_FileKey, SequenceCheckpoint](capacity=4)  # about 4 MB each


def load_sequence_model(name: str) -> tuple[CheckpointLocation, SequenceCheckpoint]:
    """Load a codon or amino-acid model, published or of a session, on the CPU; callers share one copy.

    Raises TvaeError for an unknown name, an unreachable Hub or an invalid file.
    """
    location = SESSION_FILES.locate(name) if _is_session_file(name) else sequence_loading.locate(name, own_token=False)
    return location, SEQUENCE_MODELS.get(_file_key(location), lambda: sequence_loading.open_located(location))
