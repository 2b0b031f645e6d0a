"""The numbers of the exact tree for the page and the API: python benchmarks/exact_tree.py writes them."""

import json
from dataclasses import asdict

from tvae import reference
from tvae.checkpoints.atomic_files import write_atomically


def main() -> None:
    metrics = asdict(reference.measure_exact_tree())
    settings = {**asdict(reference.tree_of_the_recipe()), "curvature": reference.CURVATURE}
    text = json.dumps({"settings": settings, "metrics": metrics}, indent=2) + "\n"
    write_atomically(reference.FILE, text.encode())
    print(text)


if __name__ == "__main__":
    main()
