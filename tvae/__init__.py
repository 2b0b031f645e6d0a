"""tvae: load, measure and show checkpoints of the Ternary VAE.

    model = tvae.load("homeostatic_rich")        # a bundled name, a path on the Hub, or a file
    embedding = tvae.embed(model)                # all 19,683 operations, deterministic
    metrics = tvae.evaluate(embedding)           # coverage, hierarchy, overlaps, richness, ...
    rows = tvae.encode(model, "min, 13, v=8")    # a row for each of these operations

The subpackages, each of which imports only those before it: `operations` (the 19,683 truth tables), `geometry` (the
Poincare ball), `models` (the network and its embedding), `checkpoints` (files and known names), `analysis` (metrics),
`training` (recipes), `sequences` (the model of codons and amino acids), `reports` (documents, tables, figures) and
`page` (Gradio). Importing the package loads neither Gradio nor Plotly nor huggingface_hub.
"""

from tvae.analysis.metrics.metrics import Metrics, evaluate
from tvae.checkpoints.loading import load
from tvae.checkpoints.versions import __version__
from tvae.errors import TvaeError
from tvae.models.embedding import Embedding, embed, encode
from tvae.operations.parsing import parse_operations
from tvae.pretrained import PretrainedVAE
from tvae.sequences.encoding import encode_sequences
from tvae.sequences.loading import load_sequences
from tvae.sequences.map.documents import map_sequences

__all__ = [
    "Embedding",
    "Metrics",
    "PretrainedVAE",
    "TvaeError",
    "__version__",
    "embed",
    "encode",
    "encode_sequences",
    "evaluate",
    "load",
    "load_sequences",
    "map_sequences",
    "parse_operations",
]
