"""Two recipes of ours whose decoder reads the ball; rows of the table in `recipes.py`."""

from tvae.geometry.exact_tree import Tree
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
    summary="the point of the ball is enough: the decoder reads it, and gives back every operation",
    notes="""\
Published: no such recipe. In files of version 5.12.1 and later the decoder reads log0 of the point of the ball; all
others decode the latent mean beside it, so that their ball need not hold the operation at all.

Here: the decoder reads the ball. All 19,683 operations come back from ten shells without an overlap, 13,122 of them
in the outermost; the direction holds what the norm does not. Cross-entropy at the ball alone does that, too, but then
the mean itself decodes to some 30 operations; the second cross-entropy, at the mean, costs nothing and lets both work.
No sampling and no KL: points are what is decoded, so nothing needs to be smooth around the mean. The log-variances
keep their first weights.""",
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
    summary="the whole 3-adic tree in the ball: distances, levels and the decoder, all from one point",
    notes="""\
Published: no such recipe; the nearest are the tree distances of v5_11, decoded from the latent mean.

Here: an exact tree is written down first (`tree.py`), with every digit in coordinates of its own, each digit 0.62 times
as large as the one before (the last two 0.4 times); then both encoders learn it, and the decoder reads it from the
ball. The exact tree has fidelity 0.8320, the limit, all triplets and no overlap; what is trained is within 0.002 of it.
- Errors are relative to the size of the coordinate, and so are the steps (`precondition.py`), or else the last digits,
  a hundredth of the first, are never learned. Norms outside their level's shell weigh five times as much, for a few
  strays are all that an overlap needs.
- A third of the gap is left between shells. Neighbouring levels of the exact tree are a factor of 1.16 or more apart
  in norm, of the bundled file 1.08.
- The price is richness and Q: norms are bound to the digits.
- The cross-entropies (at the ball, and at the mean, so that both decode) weigh 0.2: at 1 they deform the tree.
- A quarter of a batch is spread evenly over the levels. No sampling and no KL, as in `ball`.""",
    config=ModelConfig(max_radius=0.95, hidden_dim=64, layers=1, projection="dual", decoder_input="log0"),
    layout_a=_SHELLS,  # the tree has norms of its own
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
