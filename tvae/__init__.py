"""tvae: explorer of the Ternary VAE. A checkpoint's name in, its embedding, metrics and picture out.

    model = tvae.load("homeostatic_rich")        # a bundled name, a path on the Hub, or a file
    embedding = tvae.embed(model)                # all 19,683 operations, deterministic
    metrics = tvae.evaluate(embedding)           # coverage, hierarchy, overlaps, richness, ...
    rows = tvae.encode(model, "min, 13, v=8")    # the chosen operations

Modules, from the ground up: `ternary`, `operations` and `inputs` (truth tables, names, reading what is typed), `ball`
(Poincare ball), `models` (the network), `torch_file`, `architecture`, `checkpoint_file` (one file, safely), `catalogue`
(known checkpoints), `checkpoint_hub` (the Hugging Face Hub), `loading` (name to file), `embedding`, `metrics`,
`neighbours`, `robustness`, `disk`, `walk`, `comparing`, `measuring` (the cache), `regions` (linear regions; `tropical`
and `region_bounds` are its parts), `figures` (Plotly), `reports` and `explorer_reports` (JSON), `recipes` (data, made
of `plan` and `tree`), `training` (the loop; `losses`, `objective`, `precondition`, `homeostasis` are its parts), `runs`
and `zoo` (stopped runs, trained files), and `page` (Gradio). Codons and amino acids: `codons` (the genetic code),
`genetic` (what a checkpoint knows of it), `sequences` (FASTA) and `sequence_...` (the VAE of sequences, as above).
Importing the package loads neither Gradio nor Plotly nor huggingface_hub.
"""

from tvae.analysis.metrics import Metrics, evaluate
from tvae.checkpoints.loading import load
from tvae.errors import TvaeError
from tvae.models.embedding import Embedding, embed, encode
from tvae.operations.parsing import parse_operations
from tvae.sequences.encoding import encode_sequences
from tvae.sequences.loading import load_sequences

__all__ = [
    "Embedding",
    "Metrics",
    "TvaeError",
    "embed",
    "encode",
    "encode_sequences",
    "evaluate",
    "load",
    "load_sequences",
    "parse_operations",
]
