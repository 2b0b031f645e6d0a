"""The columns of a data set: what each of the 19,683 operations is, and where a checkpoint places it.

Row n is operation n, so that the numbers of neighbours are those of rows. Not here: the file and its card (`dataset`,
`dataset_card`). Start with `features`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from tvae.analysis import neighbours
from tvae.analysis.views import directions
from tvae.models.embedding import Embedding, EncoderEmbedding, confidence_of
from tvae.operations import ternary
from tvae.operations.atlas import classes, properties
from tvae.operations.atlas.codes import code_of
from tvae.operations.named import INDEX_OF, name_of, names_of
from tvae.operations.validation import ENCODERS
from tvae.reports.atlas.operations import COLUMNS

Kind = Literal["bool", "number", "text", "texts", "vector", "neighbours"]
SHOWN: Final = ("x", "y")  # the first tangent components, as columns of their own for a picture


@dataclass(frozen=True)
class Feature:
    """One column. The values of neighbours are a pair: indices (N, k) and distances (N, k)."""

    name: str
    kind: Kind
    meaning: str  # a noun phrase, or "whether it ..."
    values: Callable[[], Any]  # (N,), or (N, D) for a vector; computed when called


def features(embedding: Embedding, k: int) -> tuple[Feature, ...]:
    """All columns of a data set, in order; `k` neighbours for each encoder. Nothing is computed yet.

    A checkpoint without a ball has no points and no norms, and so not these columns.
    """
    both = [_encoder(embedding.side(encoder), encoder, k) for encoder in ENCODERS]
    return (*_operations(), *_algebra(), *_decoder(embedding), *both[0], *both[1])


def _operations() -> list[Feature]:
    def trits(n: int) -> str:
        return ternary.trit_string(ternary.ALL_TRITS[n].tolist())

    every = range(ternary.N)
    nameless = ternary.N - len(set(INDEX_OF.values()))
    return [
        Feature("index", "number", "number of the operation, also of the row", lambda: np.arange(ternary.N)),
        Feature(
            "trits",
            "text",
            "its truth table as nine signs: f(-, -), f(-, 0), f(-, +), f(0, -), ...; "
            f"for min {trits(INDEX_OF['min'])}, without an apostrophe in front",
            lambda: [trits(n) for n in every],
        ),
        Feature("code", "text", "its heptavintimal code", lambda: [code_of(n) for n in every]),
        Feature(
            "name", "text", f"its name; null for the {nameless:,} without one", lambda: [name_of(n) for n in every]
        ),
        Feature("names", "texts", "all its names, none for those", lambda: [names_of(n) for n in every]),
        Feature("valuation", "number", "how often 3 divides its number; 9 for 0", lambda: ternary.VALUATIONS),
    ]


def _algebra() -> list[Feature]:
    """The columns of /operations, by their names there."""
    meanings = {
        **{one.name: f"whether it {one.meaning}" for one in properties.PROPERTIES},
        **{one.name: one.meaning for one in properties.QUANTITIES},
        **{f"{kind.name}_representative": f"smallest operation of its class: {kind.meaning}" for kind in classes.KINDS},
        **{f"{kind.name}_size": "number of operations in this class" for kind in classes.KINDS},
    }
    return [
        Feature(column.name, "bool" if column.kind == "bool" else "number", meanings[column.name], column.values)
        for column in COLUMNS
    ]


def _decoder(embedding: Embedding) -> list[Feature]:
    return [
        Feature(
            "reconstruction",
            "text",
            "the truth table that the checkpoint decodes",
            lambda: [ternary.trit_string(trits) for trits in embedding.reconstruction.tolist()],
        ),
        Feature("exact", "bool", "whether this is the operation's own", lambda: embedding.exact),
        Feature(
            "confidence",
            "number",
            "probability of the decoded trit at the least certain of the nine places",
            lambda: confidence_of(embedding.logits).min(-1),
        ),
    ]


def _encoder(side: EncoderEmbedding, encoder: str, k: int) -> list[Feature]:
    letter, of = encoder.lower(), f"of encoder {encoder}"
    measure = "Euclidean" if side.point is None else "hyperbolic"
    radius = "Euclidean norm of the latent mean" if side.point is None else "hyperbolic distance from the centre"
    found = [Feature(f"radius_{letter}", "number", f"{radius}, {of}", lambda: side.radius)]
    if side.point is not None:
        found += [
            Feature(f"norm_{letter}", "number", f"Euclidean norm of the point {of}", lambda: side.norm),
            Feature(f"point_{letter}", "vector", f"point in the Poincare ball {of}", lambda: side.point),
        ]
    tangent = f"tangent_{letter}"
    words = f"components of the tangent vector at the centre {of}, the first with the largest variance"
    found += [
        Feature(f"mu_{letter}", "vector", f"latent mean {of}", lambda: side.mu),
        Feature(tangent, "vector", words, lambda: _tangent(side)),
    ]
    for place, name in enumerate(SHOWN):
        found.append(_component(side, f"{name}_{letter}", place, f"component {place + 1} of {tangent}"))
    nearest = f"the {k} nearest other operations by {measure} distance {of}: ids (rows) and distances"
    return [*found, Feature(f"neighbours_{letter}", "neighbours", nearest, lambda: neighbours.nearest_of_all(side, k))]


def _component(side: EncoderEmbedding, name: str, place: int, meaning: str) -> Feature:
    return Feature(name, "number", meaning, lambda: np.ascontiguousarray(_tangent(side)[:, place]))


def _tangent(side: EncoderEmbedding) -> NDArray[np.float32]:
    """(N, D) the tangent vectors at the origin in the basis of their principal components, see `directions`."""
    vectors = directions.tangents(side)
    with np.errstate(invalid="ignore"):  # shares of no variance, if all operations coincide; the components are a basis
        components, _ = directions.principal_components(vectors)
    found: NDArray[np.float32] = (vectors @ components.T).astype(np.float32)
    return found


def types(columns: Sequence[Feature]) -> dict[str, str]:
    """Name of each column -> its type in words for the card."""
    words = {
        "bool": "true or false",
        "number": "number",
        "text": "text",
        "texts": "list of texts",
        "vector": "16 numbers",
        "neighbours": "ids, distances",
    }
    return {column.name: words[column.kind] for column in columns}
