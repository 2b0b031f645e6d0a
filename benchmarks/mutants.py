"""Mutation testing: small faults are put into the code one at a time; how many do the unit tests notice?

    python -m pip install cosmic-ray==8.7.0
    python benchmarks/mutants.py                   150 faults, 20 to 40 minutes on one core
    python benchmarks/mutants.py --only 3 17       two of these 150 again

The faults are Cosmic Ray's: another operator, another comparison, a number one larger or smaller, a condition negated,
a loop that is not entered, an exception that is not caught. Its own runner starts a new Python for each of them, which
imports PyTorch and Gradio for seconds. Here one process imports the libraries once, and each fault has a fork of it.
The sample takes places in the code with equal probability, so a file counts by its size; then one of the faults that
are possible at that place. Only a copy of the tree is changed. Results and equivalent faults: docs/testing.md.
"""

import argparse
import ast
import difflib
import importlib
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

try:
    from cosmic_ray import plugins
    from cosmic_ray.ast import ast_nodes, get_ast_from_path
    from cosmic_ray.mutating import use_mutation
except ImportError as error:  # not among the development tools: nothing else needs it
    raise SystemExit("Cosmic Ray is not installed. Install it: python -m pip install cosmic-ray==8.7.0") from error

ROOT: Final = Path(__file__).resolve().parents[1]
TESTS: Final = {
    **{
        f"tvae/checkpoints/formats/{name}.py": (
            "checkpoints/formats/test_pickle_scan.py",
            "checkpoints/formats/test_hostile_files.py",
        )
        for name in ("pickle_scan", "tensor_spec")
    },
    "tvae/checkpoints/checkpoint_file.py": ("checkpoints/test_checkpoint_file.py", "checkpoints/test_damaged_files.py"),
    "tvae/checkpoints/architecture.py": ("checkpoints/test_architecture.py",),
    "tvae/sequences/fasta.py": ("sequences/test_fasta.py",),
    "tvae/sequences/checkpoint_file.py": ("sequences/test_checkpoint_file.py",),
    **{
        f"tvae/analysis/metrics/{name}.py": ("analysis/metrics/test_metrics.py",)
        for name in ("ceilings", "distances", "levels", "metrics", "ranks")
    },
    **{
        f"tvae/analysis/tree_measures/{name}.py": ("analysis/tree_measures/test_tree_measures.py",)
        for name in ("bounds", "formulas", "tree_measures")
    },
    "tvae/analysis/neighbours.py": ("analysis/test_neighbours.py",),
    **{
        f"tvae/analysis/comparison/{name}.py": (
            "analysis/comparison/test_comparison.py",
            "analysis/comparison/test_rules.py",
            "analysis/comparison/test_pareto.py",
        )
        for name in ("comparison", "rules", "pareto")
    },
    "tvae/geometry/poincare_ball.py": ("geometry/test_poincare_ball.py",),
    "tvae/geometry/exact_tree.py": ("geometry/test_exact_tree.py",),
    "tvae/geometry/sarkar_tree.py": ("geometry/test_sarkar_tree.py",),
    "tvae/operations/parsing.py": tuple(
        f"operations/test_{name}.py" for name in ("parsing", "unreadable", "formatting")
    ),
    "tvae/operations/ternary.py": ("operations/test_ternary.py",),
    "tvae/operations/validation.py": ("operations/test_validation.py",),
    "tvae/page/server/middleware/request_limit.py": ("page/server/middleware/test_request_limit.py",),
}
LIBRARIES: Final = (
    "torch", "numpy", "safetensors.torch", "scipy.stats", "scipy.spatial.distance", "geoopt", "gradio", "httpx",
    "huggingface_hub", "playwright.sync_api", "Bio.Seq", "Bio.SeqIO.FastaIO", "Bio.Data.CodonTable", "torch.optim",
)  # fmt: skip
TIMEOUT: Final = 180  # seconds; the tests of one module take 15


@dataclass(frozen=True)
class Mutant:
    """One fault, before it is made."""

    module: str
    line: int
    operator: str  # Cosmic Ray's name
    occurrence: int  # which of this operator's places in the module, from 0


def mutants_of(module: str) -> dict[tuple[int, int], list[Mutant]]:
    """Place (line, column) -> the faults that are possible there."""
    found = defaultdict(list)
    tree, types = get_ast_from_path(Path(module)), types_of(Path(module).read_text())
    for name in sorted(plugins.operator_names()):
        operator = plugins.get_operator(name)
        identity = name.endswith(("_Is", "_IsNot")) and not name.endswith(("Is_IsNot", "IsNot_Is"))
        if operator.arguments() or identity:
            continue  # faults that need a description of the code, and `is` for `==`, which is no other calculation
        places = [place for node in ast_nodes(tree) for place in operator().mutation_positions(node)]
        for occurrence, (start, _) in enumerate(places):
            if not any(low <= start < high for low, high in types):
                found[start].append(Mutant(module, start[0], name, occurrence))
    return dict(found)


def types_of(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where types are written; `int | None` is no calculation, and any other operator there fails at once."""
    nodes: list[ast.expr | None] = []
    for node in ast.walk(ast.parse(source)):
        nodes += [getattr(node, name, None) for name in ("annotation", "returns")]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr) and isinstance(node.left, ast.Name):
            nodes.append(node)
    return [
        ((node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0))
        for node in nodes
        if node is not None
    ]


def sampled(size: int, seed: int) -> list[Mutant]:
    places = {(module, *place): found for module in TESTS for place, found in mutants_of(module).items()}
    rng = random.Random(seed)
    print(f"{len(places)} places, {sum(map(len, places.values()))} faults; {size} of the places, seed {seed}")
    return [rng.choice(places[place]) for place in sorted(rng.sample(sorted(places), size))]


def run_tests(module: str) -> None:
    """In a fork: exit code 0 if the module's tests pass."""
    os.setsid()
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    tests = [f"tests/unit/{path}" for path in TESTS[module]]
    os._exit(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *tests]))


def outcome_of(module: str) -> str:
    process = multiprocessing.get_context("fork").Process(target=run_tests, args=(module,))
    process.start()
    process.join(TIMEOUT)
    if process.is_alive():
        os.killpg(process.pid, signal.SIGKILL)
        process.join()
        return "killed by timeout"
    return "survived" if process.exitcode == 0 else "killed"


def try_mutant(mutant: Mutant) -> tuple[str, str]:
    """The outcome, and the changed lines."""
    with use_mutation(Path(mutant.module), plugins.get_operator(mutant.operator)(), mutant.occurrence) as (old, new):
        lines = difflib.ndiff(old.splitlines(), new.splitlines())
        return outcome_of(mutant.module), "\n".join(f"    {line}" for line in lines if line[0] in "+-")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=150)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, nargs="+", help="numbers of faults in the sample, from 1")
    arguments = parser.parse_args()
    os.environ |= {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    sys.dont_write_bytecode = True  # a .pyc of the same second and size would hide a fault
    for name in LIBRARIES:
        importlib.import_module(name)
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory) / "tree"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "__pycache__", "node_modules"))
        os.chdir(copy)
        sys.path[0] = str(copy)
        mutants = sampled(arguments.sample, arguments.seed)
        numbers = arguments.only or range(1, len(mutants) + 1)
        for module in sorted({mutants[number - 1].module for number in numbers}):
            if outcome_of(module) != "survived":
                raise SystemExit(f"The tests of {module} fail without a fault, or take more than {TIMEOUT} s.")
        counts: dict[str, int] = defaultdict(int)
        for number in numbers:
            mutant, start = mutants[number - 1], time.monotonic()
            outcome, change = try_mutant(mutant)
            counts[outcome] += 1
            seconds = time.monotonic() - start
            print(f"{number:>3} {outcome}  {mutant.module}:{mutant.line}  {seconds:.0f} s\n{change}", flush=True)
        print(dict(counts))


if __name__ == "__main__":
    main()
