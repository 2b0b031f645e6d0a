"""The head of a model card, which the Hub reads: tags, and every measured number as a result of `model-index`.

A number has its name in tables, such as `hierarchy_b`, and the model the path of its file. So `evaluate-repository`
finds what this card says of the file as claims, and measures the same.
"""

from typing import Any, Final

from huggingface_hub import EvalResult, ModelCardData

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.metrics import distances
from tvae.analysis.tree_measures.tree_measures import BothEncoders, TreeMeasures
from tvae.checkpoints.versions import __version__
from tvae.operations import ternary
from tvae.reports import leaderboard
from tvae.reports.checkpoints import tree_sample

ERROR: Final = "_error"  # at the end of the name of a standard error
_COUNTS: Final = ("reconstructed", "total")  # which say nothing that coverage does not
_OF_PAIRS: Final = ("distance_correlation", "q", "tree_fidelity", "triplet_agreement")


def head(evaluated: EvaluatedCheckpoint, measures: BothEncoders, file: str) -> str:
    """The head as YAML, for `file` of the repository. `measures` are the tree measures of `evaluated`."""
    ball = ["hyperbolic", "poincare-ball"] if evaluated.embedding.has_ball else []
    data = ModelCardData(
        library_name="tvae",
        tags=["ternary-vae", *ball, "p-adic"],
        model_name=file,
        eval_results=_results(evaluated, measures),
    )
    return data.to_yaml()


def _results(evaluated: EvaluatedCheckpoint, measures: BothEncoders) -> list[EvalResult]:
    numbers = leaderboard.measures(leaderboard.measured_row(evaluated, measures))
    found = []
    for name, value in numbers.items():
        number, side = (name, "") if name in leaderboard.COVERAGE else (name[:-2], name[-1])
        if value is None or name in _COUNTS or number.endswith(ERROR):
            continue
        error = numbers.get(f"{number}{ERROR}_{side}")
        sample, drawn = _sample(number, measures.queries)
        found.append(
            EvalResult(
                task_type="feature-extraction",
                task_name="Encoding and decoding of ternary operations",
                dataset_type="ternary-operations",
                dataset_name=f"The {ternary.N:,} ternary operations",
                dataset_config=sample,
                dataset_args={"tvae": __version__, "encoding": "posterior mean, deterministic", **drawn},
                metric_type=name,
                metric_name=number.replace("_", " ") + (f", encoder {side.upper()}" if side else ""),
                metric_value=value,
                metric_args=None if error is None else {"standard_error": error},
            )
        )
    return found


def _sample(number: str, queries: int) -> tuple[str, dict[str, Any]]:
    """Which operations a number is of, in a word, and with the numbers that determine them."""
    if number in TreeMeasures.__dataclass_fields__:
        return "sample", dict(tree_sample(queries))
    if number in _OF_PAIRS:
        sizes = {"pairs": distances.TREE_PAIRS, "operations_of_distance_correlation": distances.SAMPLE}
        return "pairs", {"seed": distances.SEED, **sizes}
    return "all", {"operations": ternary.N}
