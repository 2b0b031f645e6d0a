"""Two recipes of ours whose decoder reads the ball."""

from tvae.geometry.exact_tree import RichTree, Tree
from tvae.models.ternary_vae import ModelConfig
from tvae.training.recipes.recipe import (
    Phase,
    Recipe,
    ShellLayout,
    Weights,
)

_SHELLS = ShellLayout(bottom=0.90, top=0.94, width=0.04, gap=0.05, ends=0.15)
_DECODED = Weights(at_mu=1.0, at_ball=1.0, outside=10.0, pull=1.0)

BALL = Recipe(
    name="ball",
    summary="the decoder reads the point of the ball, and reconstructs every operation from it",
    notes="""\
Published: no such recipe. In files of version 5.12.1 and later the decoder reads log0 of the point of the ball; all
others decode the latent mean instead, so their ball need not encode the operation at all.

Here: the decoder reads the ball. All 19,683 operations are reconstructed from ten shells without an overlap, 13,122 of
them in the outermost; the direction encodes what the norm does not. Cross-entropy at the ball alone achieves this too,
but then decoding the mean itself reconstructs only about 30 operations; a second cross-entropy, at the mean, costs
nothing and makes both work. No sampling and no KL: points are decoded, so nothing has to be smooth around the mean. The
log-variances keep their initial weights.""",
    config=ModelConfig(max_radius=0.95, hidden_dim=64, layers=1, projection="dual", decoder_input="log0"),
    layout_a=_SHELLS,
    layout_b=_SHELLS,
    phases=(
        Phase(
            name="all at once",
            steps=3000,
            weights_a=_DECODED,
            weights_b=Weights(outside=10.0, pull=1.0),
            learning_rate=5e-3,
            warmup=0.15,
        ),
    ),
    batch_size=1024,
    weight_decay=1e-4,
)

TREE = Recipe(
    name="tree",
    summary="the whole 3-adic tree in the ball: one point gives distances, levels and the decoded operation",
    notes="""\
Published: no such recipe; the nearest are the tree distances of v5_11, decoded from the latent mean.

Here: an exact tree is constructed first (`geometry/exact_tree.py`). Every digit has its own coordinates and is 0.62
times as large as the one before (the last two 0.4 times). Both encoders learn this tree, and the decoder reads it from
the ball. The exact tree has fidelity 0.8320, the limit, all triplets and no overlap; training comes within 0.002 of it.
- Errors and steps are relative to the size of the coordinate (`weight_scaling.py`); otherwise the last digits, a
  hundredth of the first, are never learned. Norms outside their level's shell weigh five times as much, because a few
  of them are enough for an overlap.
- A third of the gap is left between shells. Neighbouring levels differ in norm by a factor of at least 1.16 in the
  exact tree, and 1.08 in the bundled file.
- The trade-off is lower richness and Q, because the digits determine the norms.
- The cross-entropies (at the ball, and at the mean, so that both decode) weigh 0.2: at 1 they deform the tree.
- A quarter of a batch is drawn evenly over the levels. No sampling and no KL, as in `ball`.""",
    config=ModelConfig(max_radius=0.95, hidden_dim=64, layers=1, projection="dual", decoder_input="log0"),
    layout_a=_SHELLS,  # not used: the tree sets the norms
    layout_b=_SHELLS,
    phases=(
        Phase(
            name="all at once",
            steps=3000,
            weights_a=Weights(at_mu=0.2, at_ball=0.2, place=1.0, stray=5.0),
            weights_b=Weights(place=1.0, stray=5.0),
            learning_rate=4e-3,
            warmup=0.15,
        ),
    ),
    batch_size=1024,
    weight_decay=1e-4,
    level_balanced_share=0.25,
    tree=Tree(ratio=0.62, share=0.4, norm=0.5),
)

RICH_TREE = Recipe(
    name="rich_tree",
    summary="the whole tree in both encoders, A with the claimed richness, B with the claimed Q",
    notes="""\
Published: no such recipe.""",
    config=ModelConfig(max_radius=0.99, hidden_dim=64, layers=1, projection="dual", decoder_input="log0"),
    layout_a=_SHELLS,  # not used: the tree sets the norms of A
    layout_b=ShellLayout(bottom=0.825, top=0.875, width=0.05, gap=1 / 30, ends=0.15),
    phases=(
        Phase(
            name="all at once",
            steps=6000,
            weights_a=Weights(at_mu=0.2, at_ball=0.3, place=1.0, near_place=0.1, stray=10.0),
            weights_b=Weights(outside=20.0, pull=1.0, geodesic=0.1, near_geodesic=0.1),
            learning_rate=5e-3,
            warmup=0.15,
            near_from=0.45,
        ),
    ),
    batch_size=1024,
    weight_decay=1e-4,
    level_balanced_share=0.25,
    near_pairs=192,
    tree=RichTree(ratio=0.62, share=0.4, norm=0.11, first=0.30, second=0.95),
)
