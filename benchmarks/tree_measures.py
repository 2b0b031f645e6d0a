"""The tree measures of the bundled checkpoints, a table of docs/results.md: `python benchmarks/tree_measures.py`."""

from dataclasses import asdict
from typing import Final

from tvae.analysis import evaluation
from tvae.analysis.tree_measures import tree_measures
from tvae.analysis.tree_measures.bounds import CONSTRUCTIONS, Construction
from tvae.analysis.tree_measures.tree_measures import TreeMeasures
from tvae.checkpoints import loading
from tvae.checkpoints.catalogue.catalogue import ENTRIES
from tvae.training.recipes.exact_tree import exact_tree_measures

COLUMNS: Final = {
    "average_distortion": 3,
    "worst_distortion": 1,
    "map_3": 3,
    "map_9": 3,
    "map_27": 3,
    "cophenetic": 3,
    "relative_hyperbolicity": 3,
    "dendrogram_correlation": 3,
}  # digits


def row(name: str, *encoders: TreeMeasures | Construction) -> str:
    cells = [", ".join(f"{asdict(one)[column]:.{digits}f}" for one in encoders) for column, digits in COLUMNS.items()]
    return f"| {' | '.join((name, *cells))} |"


def main() -> None:
    print(f"| checkpoint, encoders A, B | {' | '.join(column.replace('_', ' ') for column in COLUMNS)} |")
    print("|---" * (len(COLUMNS) + 1) + "|")
    for entry in ENTRIES:
        if entry.source == "bundled":
            location = loading.locate(entry.name)
            embedding = evaluation.measure(location, loading.open_located(location), tree=False).embedding
            if embedding.has_ball:
                found = tree_measures.evaluate(embedding)
                print(row(f"`{entry.name}`", found.a, found.b))
    print(row("exact tree", exact_tree_measures()))
    for one in CONSTRUCTIONS:
        print(row(f"edges of one length, {one.name}", one))


if __name__ == "__main__":
    main()
