"""Claimed, stored and ours for every recipe: python benchmarks/zoo.py [RECIPE ...] [--seeds 0 1 2 3 4]

Trains from nothing, prints a table, and keeps the numbers in benchmarks/zoo.json, which names its settings; runs of
other recipes, and of other seeds with the same settings, stay there. --bundle also puts the file of seed 0 and its
manifest row into tvae/bundled.
"""

import argparse
import json
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from tvae.checkpoints import catalogue
from tvae.training import train_to_file
from tvae.training.recipes import table as recipes

RESULTS = Path(__file__).with_suffix(".json")
ONE_SEED = ("v5_11_overnight",)
SIDE = ("hierarchy", "overlaps", "richness", "q", "tree_fidelity", "triplet_agreement")
HIGH_IS_BAD = ("hierarchy", "overlaps")


def numbers(row: dict[str, Any]) -> dict[str, Any]:
    """What is kept of one run."""
    metrics = row["metrics"]
    kept = {"seed": row["seed"], "duration_s": row["duration_s"], "reconstructed": metrics["at_mu"]["reconstructed"]}
    kept |= {
        f"reconstructed_{name}": metrics[key]["reconstructed"]
        for name, key in (("b", "at_mu_b"), ("ball", "at_ball"))
        if metrics[key]
    }
    return kept | {
        f"{name}_{side}": round(value, 10)
        for side in "ab"
        for name in SIDE
        if (value := metrics[side][name]) is not None
    }


def measure(name: str, seed: int, bundle: bool) -> dict[str, Any]:
    """Train one recipe with one seed; the result of that run alone."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.safetensors"
        began = time.process_time()
        row = train_to_file.train_to_file(name, seed=seed, output=file, show=False)
        cpu = round(time.process_time() - began, 1)  # on a busy machine the duration says little
        if bundle and seed == 0:
            shutil.copy(file, catalogue.BUNDLED_DIRECTORY)
            train_to_file.write_manifest(catalogue.BUNDLED_DIRECTORY / "manifest.json", row)
    settings = {key: row[key] for key in ("steps", "threads", "versions")}
    return settings | {"runs": [numbers(row) | {"cpu_s": cpu}]}


def merged(old: dict[str, Any] | None, new: dict[str, Any]) -> dict[str, Any]:
    """The new run beside the old ones of other seeds, if these were made with the same settings."""
    seeds = [run["seed"] for run in new["runs"]]
    same = old is not None and all(old[key] == new[key] for key in ("steps", "threads", "versions"))
    kept = [run for run in old["runs"] if run["seed"] not in seeds] if old and same else []
    return new | {"runs": sorted(kept + new["runs"], key=lambda run: run["seed"])}


def published(name: str) -> catalogue.Entry | None:
    """The published checkpoint of that recipe."""
    found = [catalogue.BY_NAME.get(f"{name}/{file}.pt") for file in ("latest", "best")]
    return next((entry for entry in found if entry), None)


def cell(runs: list[dict[str, Any]], name: str, digits: int) -> str:
    """Mean and worst over the seeds."""
    values = [run[name] for run in runs if name in run]
    if not values:
        return "-"
    worst = max(values) if name[:-2] in HIGH_IS_BAD else min(values)
    return f"{sum(values) / len(values):.{digits}f}; {worst:.{digits}f}"


def table(results: dict[str, Any]) -> str:
    """The README's table, in Markdown; ours as mean; worst."""
    lines = [
        "| recipe | claimed: coverage, hierarchy, richness | stored: coverage, hierarchy A, B, richness A | "
        "operations | hierarchy A | hierarchy B | overlaps A | overlaps B | richness A | best Q | "
        "tree fidelity A, B | triplets A, B |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, result in results.items():
        runs, entry = result["runs"], published(name)
        told, stored = (entry.claimed, entry.stored) if entry else (catalogue.Numbers(), catalogue.Numbers())
        for run in runs:
            if "q_a" in run:
                run["q_x"] = max(run["q_a"], run["q_b"])
        said = (told.coverage, told.hierarchy if told.hierarchy is not None else told.hierarchy_b, told.richness)
        kept = (stored.coverage, stored.hierarchy_a, stored.hierarchy_b, stored.richness)
        given = [", ".join("-" if value is None else str(value) for value in values) for values in (said, kept)]
        euclidean = "q_a" not in runs[0]
        ours = [
            cell(runs, "reconstructed", 0)
            + (f" (B {cell(runs, 'reconstructed_b', 0)})" if euclidean else "")
            + (f" (ball {cell(runs, 'reconstructed_ball', 0)})" if "reconstructed_ball" in runs[0] else ""),
            *("no ball" if euclidean else cell(runs, f"hierarchy_{side}", 8) for side in "ab"),
            *("no ball" if euclidean else cell(runs, f"overlaps_{side}", 1) for side in "ab"),
            cell(runs, "richness_a", 5),
            cell(runs, "q_x", 4),
            *(
                "no ball" if euclidean else ", ".join(cell(runs, f"{what}_{side}", 4) for side in "ab")
                for what in ("tree_fidelity", "triplet_agreement")
            ),
        ]
        lines.append("| " + " | ".join([f"`{name}`", *given, *ours]) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipes", nargs="*", metavar="RECIPE", default=list(recipes.names()))
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(5)))
    parser.add_argument("--bundle", action="store_true")
    parser.add_argument("--table", action="store_true", help="train nothing, print the table of zoo.json")
    options = parser.parse_args()
    results: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    plan = [(seed, name) for seed in options.seeds for name in options.recipes if seed == 0 or name not in ONE_SEED]
    for seed, name in [] if options.table else plan:
        result = measure(name, seed, options.bundle)
        print(name, json.dumps(result["runs"][0]), flush=True)
        results[name] = merged(results.get(name), result)
        ordered = {row: results[row] for row in recipes.names() if row in results}
        RESULTS.write_text(json.dumps(ordered, indent=1) + "\n")
    print(table(results))


if __name__ == "__main__":
    main()
