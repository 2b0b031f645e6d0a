"""Claimed, stored and our metrics for every recipe: `python benchmarks/zoo.py [RECIPE ...] [--seeds 0 1 2 3 4]`.

Trains from scratch, prints the tables of docs/results.md, and stores the metrics with their settings in
benchmarks/zoo.json. Earlier runs of other recipes, and of other seeds with the same settings, are preserved. --bundle
also writes the file of seed 0 and its manifest row to tvae/bundled, with its tree measures and the facts that its
status follows from. --facts trains nothing, and measures these again for every bundled file.
"""

import argparse
import json
import shutil
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tvae.analysis import evaluation
from tvae.analysis.tree_measures import tree_measures
from tvae.checkpoints import loading
from tvae.checkpoints.catalogue import catalogue
from tvae.checkpoints.catalogue.entry import BUNDLED_DIRECTORY
from tvae.training import train_to_file
from tvae.training.recipes import table as recipes
from tvae.training.run_files.manifest import read_manifest, write_manifest

MANIFEST = BUNDLED_DIRECTORY / "manifest.json"
RESULTS = Path(__file__).with_suffix(".json")
ONE_SEED = ("v5_11_overnight",)
SIDE = ("hierarchy", "overlaps", "richness", "q", "tree_fidelity", "triplet_agreement")
NEAR = ("map_27", "map_9", "map_3", "average_distortion")  # tree measures
HIGH_IS_BAD = ("hierarchy", "overlaps", "average_distortion")
RECONSTRUCTED = {"reconstructed": "", "reconstructed_b": "B ", "reconstructed_ball": "ball "}
PAIRS = {"hierarchy": 4, "overlaps": 0, "tree_fidelity": 3, "triplet_agreement": 4}  # metrics of A and B: digits


def numbers(row: dict[str, Any]) -> dict[str, Any]:
    """The metrics of one run that are stored, from its manifest row."""
    metrics = row["metrics"]
    result = {"seed": row["seed"], "duration_s": row["duration_s"], "reconstructed": metrics["at_mu"]["reconstructed"]}
    result |= {
        f"reconstructed_{name}": metrics[key]["reconstructed"]
        for name, key in (("b", "at_mu_b"), ("ball", "at_ball"))
        if metrics[key]
    }
    return result | {
        f"{name}_{side}": round(value, 10)
        for side in "ab"
        for name in SIDE
        if (value := metrics[side][name]) is not None
    }


def evaluated(file: Path) -> evaluation.EvaluatedCheckpoint:
    """A file with its metrics."""
    location = loading.locate_file(file, ())
    return evaluation.measure(location, loading.open_located(location), "cpu")


def near(file: Path) -> dict[str, float]:
    """The tree measures of a file that are stored; none for a Euclidean model."""
    both = tree_measures.evaluate(evaluated(file).embedding)
    values = {f"{name}_{side}": getattr(getattr(both, side), name) for side in "ab" for name in NEAR}
    return {name: round(value, 6) for name, value in values.items() if value is not None}


def facts(file: str) -> dict[str, Any]:
    """What a manifest row has besides the metrics of a file: its tree measures, and what its status depends on."""
    found = evaluated(BUNDLED_DIRECTORY / file)
    both = tree_measures.evaluate(found.embedding)
    sides = {side: asdict(getattr(both, side)) for side in "ab"}
    return {"facts": asdict(evaluation.status_facts(found.metrics, both)), "tree_measures": sides}


def measure_facts_again() -> None:
    """Write the facts and tree measures of every bundled file to the manifest."""
    for row in read_manifest(MANIFEST).values():
        write_manifest(MANIFEST, row | facts(row["file"]))


def measure(name: str, seed: int, bundle: bool) -> dict[str, Any]:
    """Train one recipe with one seed; returns the result of that run."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.safetensors"
        began = time.process_time()
        row = train_to_file.train_to_file(name, seed=seed, output=file, show=False)
        cpu = round(time.process_time() - began, 1)  # on a busy machine the wall time means little
        measures = near(file)
        if bundle and seed == 0:
            shutil.copy(file, BUNDLED_DIRECTORY)
            write_manifest(MANIFEST, row | facts(row["file"]))
    settings = {key: row[key] for key in ("steps", "threads", "versions")}
    return settings | {"runs": [numbers(row) | measures | {"cpu_s": cpu}]}


def merged(old: dict[str, Any] | None, new: dict[str, Any]) -> dict[str, Any]:
    """Add the new run to the old runs of other seeds, if they used the same settings."""
    seeds = [run["seed"] for run in new["runs"]]
    same = old is not None and all(old[key] == new[key] for key in ("steps", "threads", "versions"))
    others = [run for run in old["runs"] if run["seed"] not in seeds] if old and same else []
    return new | {"runs": sorted(others + new["runs"], key=lambda run: run["seed"])}


def status_table() -> str:
    """Status of the bundled checkpoints, and what their facts show."""
    bundled = [entry for entry in catalogue.ENTRIES if entry.source == "bundled"]
    return markdown("name | status | measured", [[f"`{one.name}`", one.status, one.measured] for one in bundled])


def cell(runs: list[dict[str, Any]], name: str, digits: int) -> str:
    """Mean and, in brackets, worst value over the seeds."""
    values = [run[name] for run in runs if name in run]
    if not values:
        return "-"
    worst = max(values) if name[:-2] in HIGH_IS_BAD else min(values)
    return f"{sum(values) / len(values):.{digits}f} ({worst:.{digits}f})"


def markdown(head: str, rows: list[list[str]]) -> str:
    """A Markdown table; `head` holds the column titles, separated by |."""
    lines = [f"| {head} |", "|---" * (head.count("|") + 1) + "|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def published_table(results: dict[str, Any]) -> str:
    """Published checkpoints of the recipes: metrics on their page, and metrics in their file."""
    rows = []
    for name in results:
        if entry := catalogue.published(name):
            claimed, stored = entry.claimed, entry.stored
            hierarchy = claimed.hierarchy if claimed.hierarchy is not None else claimed.hierarchy_b
            values = [claimed.coverage, hierarchy, claimed.richness]
            values += [stored.coverage, stored.hierarchy_a, stored.hierarchy_b, stored.richness]
            rows.append([f"`{name}`", *("-" if value is None else str(value) for value in values)])
    return markdown(
        "recipe | claimed coverage | claimed hierarchy | claimed richness | stored coverage | stored hierarchy A | "
        "stored hierarchy B | stored richness A",
        rows,
    )


def trained_table(results: dict[str, Any]) -> str:
    """Our runs of every recipe, as mean (worst) over the seeds."""
    rows = []
    for name, result in results.items():
        runs = [run | ({"q_x": max(run["q_a"], run["q_b"])} if "q_a" in run else {}) for run in result["runs"]]
        reconstructed = [f"{label}{cell(runs, key, 0)}" for key, label in RECONSTRUCTED.items() if key in runs[0]]
        pairs = [
            ", ".join(cell(runs, f"{metric}_{side}", digits) for side in "ab") if "q_x" in runs[0] else "no ball"
            for metric, digits in PAIRS.items()
        ]
        rows.append([f"`{name}`", "; ".join(reconstructed), *pairs, cell(runs, "richness_a", 5), cell(runs, "q_x", 3)])
    return markdown(
        "recipe | operations reconstructed | hierarchy A, B | overlaps A, B | tree fidelity A, B | triplets A, B | "
        "richness A | best Q",
        rows,
    )


def near_table(results: dict[str, Any]) -> str:
    """Tree measures of our runs, as mean (worst) over the seeds, of A and B; - if a recipe's runs lack them."""
    rows = []
    for name, result in results.items():
        runs = result["runs"]
        pairs = [", ".join(cell(runs, f"{measure}_{side}", 3) for side in "ab") for measure in NEAR]
        rows.append([f"`{name}`", *(pairs if "q_a" in runs[0] else ["no ball"] * len(NEAR))])
    return markdown("recipe | map 27 A, B | map 9 A, B | map 3 A, B | average distortion A, B", rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipes", nargs="*", metavar="RECIPE", default=list(recipes.names()))
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(5)))
    parser.add_argument("--bundle", action="store_true")
    parser.add_argument(
        "--facts", action="store_true", help="train nothing, measure facts and trees of the bundled files"
    )
    parser.add_argument("--table", action="store_true", help="train nothing, print the tables of zoo.json")
    options = parser.parse_args()
    if options.facts:
        measure_facts_again()
        return
    results: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    plan = [(seed, name) for seed in options.seeds for name in options.recipes if seed == 0 or name not in ONE_SEED]
    for seed, name in [] if options.table else plan:
        result = measure(name, seed, options.bundle)
        print(name, json.dumps(result["runs"][0]), flush=True)
        results[name] = merged(results.get(name), result)
        ordered = {row: results[row] for row in recipes.names() if row in results}
        RESULTS.write_text(json.dumps(ordered, indent=1) + "\n")
    print(published_table(results), trained_table(results), near_table(results), status_table(), sep="\n\n")


if __name__ == "__main__":
    main()
