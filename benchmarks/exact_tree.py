"""Compute and write the metrics of the exact tree for the page and the API: `python benchmarks/exact_tree.py`."""

import json
from dataclasses import asdict

from tvae.checkpoints.atomic_files import write_atomically
from tvae.training.recipes import exact_tree


def main() -> None:
    metrics = asdict(exact_tree.measure_exact_tree())
    tree_measures = asdict(exact_tree.measure_tree_measures())
    settings = {**asdict(exact_tree.tree_of_the_recipe()), "curvature": exact_tree.CURVATURE}
    text = json.dumps({"settings": settings, "metrics": metrics, "tree_measures": tree_measures}, indent=2) + "\n"
    write_atomically(exact_tree.FILE, text.encode())
    print(text)


if __name__ == "__main__":
    main()
