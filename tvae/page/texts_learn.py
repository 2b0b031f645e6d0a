"""The words of the Learn tab: lessons as data, in the order in which they stand. HTML, with numbers in braces.

Every number in braces is computed by `lessons.numbers_of` from the checkpoint that is shown, or from the definition of
the metric; what stands here in digits is checked by the tests of the lessons.
"""

from typing import Final, NamedTuple


class Lesson(NamedTuple):
    """One card; `says` is seen at once, `more` on demand."""

    key: str
    title: str
    says: str
    more_title: str
    more: str


LEAD: Final = (
    "What the numbers of this page mean, each with a small figure of the checkpoint that is loaded. Derivations are "
    "under each card."
)
NO_BALL: Final = "This checkpoint has no ball, so there is nothing to draw here."
UNDEFINED: Final = "undefined"
CURVED: Final = "Here the curvature is \u2212c with c = {c}."
FLAT: Final = "This checkpoint has none: its radius is the Euclidean length of the latent mean."
SPAN: Final = "Here level 0 spans {span} of {r}."
FROM_THE_BALL: Final = "From there it gives back {count}."

LESSONS: Final = (
    Lesson(
        "operation",
        "Operation",
        "A ternary operation gives a trit f(a, b) for two trits a and b. Its truth table has nine entries, so there "
        "are 3<sup>9</sup> = 19,683 of them. Read as nine digits, \u2212 for 0, 0 for 1 and + for 2, a table is a "
        "number: its index.",
        "From the table to the index",
        "<p>Entry i = 3 (a + 1) + (b + 1) is x<sub>i</sub> = f(a, b), and the index is n = \u03a3 (x<sub>i</sub> + 1) "
        "3<sup>i</sup>, i = 0 to 8: the first entry is the least significant digit. For min: {sum} = {min}.</p>",
    ),
    Lesson(
        "valuation",
        "Valuation",
        "The 3-adic valuation v(n) counts how often 3 divides n: the number of \u2212 entries at the beginning of the "
        "table. It parts the operations into ten levels, from 13,122 operations down to 1, each but the last a third "
        "of the one before. 3 divides 0 for ever; operation 0, all \u2212, is given v = 9.",
        "The sizes of the levels",
        "<p>3<sup>v</sup> divides 3<sup>9 \u2212 v</sup> of the numbers below 3<sup>9</sup>, and 3<sup>v + 1</sup> a "
        "third of these. What is left is 3<sup>9 \u2212 v</sup> \u2212 3<sup>8 \u2212 v</sup> = 2 \u00b7 3<sup>8 "
        "\u2212 v</sup> for v \u2264 8, and 1 for v = 9: {sizes}.</p>",
    ),
    Lesson(
        "distance",
        "3-adic distance",
        "Two operations are near when their tables begin alike: d<sub>3</sub>(i, j) = 3<sup>\u2212v(i \u2212 "
        "j)</sup>, where v(i \u2212 j) is the number of entries that agree before the first that differs. So the "
        "operations are the leaves of a tree that forks three ways at every entry.",
        "Why it is a tree",
        "<p>d<sub>3</sub>(i, k) \u2264 max(d<sub>3</sub>(i, j), d<sub>3</sub>(j, k)): if 3<sup>m</sup> divides i "
        "\u2212 j and j \u2212 k, it divides their sum i \u2212 k. With this strong triangle inequality (an "
        "ultrametric) two balls of one radius are the same or apart, and balls in balls are the branches of a "
        "tree.</p>",
    ),
    Lesson(
        "ball",
        "Poincar\u00e9 ball",
        "The inside of a ball with a distance that grows without end towards its edge: a point of norm |z| has the "
        "hyperbolic radius (2/\u221ac) artanh(\u221ac |z|). Its volume grows exponentially with the radius, as the "
        "number of branches of a tree does with depth. {curved}",
        "Distance, and norm against radius",
        "<p>d(x, y) = (1/\u221ac) arcosh(1 + 2c |x \u2212 y|\u00b2 / ((1 \u2212 c|x|\u00b2)(1 \u2212 c|y|\u00b2))). "
        "With c = 1 the norm 0.95 is the radius 3.6636, and 0.99 is 5.2933.</p><p>Papers and tables call both "
        "\u201cradius\u201d. Rank statistics such as the hierarchy are the same for both; variances and means are "
        "not. Richness is of the norm.</p>",
    ),
    Lesson(
        "coverage",
        "Coverage",
        "The share of operations that come back with all nine trits right, out of all 19,683 and not a sample: here "
        "{reconstructed}. The latent mean is decoded, without noise, so that two measurements agree bit for bit.",
        "Which input the decoder gets",
        "<p>Coverage is measured at the latent mean of encoder A. {reads} Whether it bears noise, and what random "
        "points decode to, is on the tab Coverage.</p>",
    ),
    Lesson(
        "hierarchy",
        "Hierarchy and its ceiling",
        "The Spearman rank correlation of valuation and radius: the rarer an operation\u2019s level, the nearer to "
        "the centre it shall be. Valuation has ten values only, so with radii that all differ \u22121 cannot be had; "
        "the limit is {ceiling}.",
        "Why that is the limit",
        "<p>Spearman\u2019s \u03c1 is the correlation of ranks. Let r be the ranks of the N radii, all different, and "
        "g those of the valuation, ties averaged; a bar is the mean.</p><ol><li>\u03a3 (r \u2212 r\u0304)\u00b2 = "
        "(N\u00b3 \u2212 N)/12.</li><li>Averaging inside a tie of t takes (t\u00b3 \u2212 t)/12 away: \u03a3 (g "
        "\u2212 g\u0304)\u00b2 = (N\u00b3 \u2212 N \u2212 \u03a3 (t\u00b3 \u2212 t))/12, the sum over the ten "
        "levels.</li><li>|\u03a3 (r \u2212 r\u0304)(g \u2212 g\u0304)| is greatest when no two levels overlap "
        "(rearrangement inequality). Then each level\u2019s mean of r is its g, reversed, and the sum is \u2212\u03a3 "
        "(g \u2212 g\u0304)\u00b2.</li></ol><p>So \u03c1 \u2265 \u2212\u221a(1 \u2212 \u03a3 (t\u00b3 \u2212 t) / "
        "(N\u00b3 \u2212 N)) = \u2212\u221a(1 \u2212 {ties} / {cube}) = {ceiling}. For infinitely many levels, 2/3, "
        "2/9, 2/27, \u2026 of all, it is \u2212\u221a(9/13) = \u22120.8320502943.</p><p>A value beyond the limit "
        "means that step 1 fails: radii are tied, the shells have collapsed. Level 0 alone apart from the rest, which "
        "is in no order, already gives \u22120.8012, so the fourth digit matters.</p>",
    ),
    Lesson(
        "overlaps",
        "Level overlaps",
        "Levels v and v + 1 overlap if some operation of the higher valuation lies at least as far out as one of the "
        "lower. There are nine such pairs; at 0 every level is a shell of its own, and only then is the hierarchy at "
        "its limit.",
        "Why it stands beside the hierarchy",
        "<p>The inner levels are small: v = 5 to 9 are 81 of 19,683 operations, and whatever their order, the "
        "hierarchy hardly moves. The overlaps count each pair of levels once, however small. A pair overlaps if the "
        "least radius of v is not above the greatest of v + 1.</p>",
    ),
    Lesson(
        "richness",
        "Richness and its price",
        "The mean, over the ten levels, of the variance of the norm inside a level: how much the radius tells beyond "
        "the level. All levels share the norms from 0 to R, so what one takes the others lack: without overlap "
        "richness stays below R\u00b2/40{richness_here}.",
        "Why that is the limit",
        "<p>Values in an interval of length L have a variance of at most L\u00b2/4, half of them at each end "
        "(Popoviciu). Without overlap the ten intervals are disjoint parts of [0, R], so \u03a3 L \u2264 R, and "
        "richness \u2264 (1/10) \u03a3 L\u00b2/4 \u2264 R\u00b2/40, since \u03a3 L\u00b2 \u2264 (\u03a3 L)\u00b2. "
        "Equality would need one level that takes everything, so the limit is approached and not reached; with R = "
        "{r} it is {richness_limit}.</p><p>Ten intervals of one length have at most (R/10)\u00b2/4 each, and level 9, "
        "one point, has none: {richness_even}. {span}</p>",
    ),
    Lesson(
        "q",
        "Q",
        "Distance correlation plus 1.5 times the size of the hierarchy. The first is the Spearman correlation of the "
        "distance |z<sub>i</sub> \u2212 z<sub>j</sub>| and |v<sub>i</sub> \u2212 v<sub>j</sub>|: it asks that levels "
        "far apart in valuation are far apart in the ball. Both have limits, and so has Q: {q_limit}.",
        "Its limit, and what it costs",
        "<p>|v<sub>i</sub> \u2212 v<sub>j</sub>| is tied for most pairs, so by the same formula as for the hierarchy "
        "the distance correlation stays below 0.9146 over all pairs, and Q below 0.9146 + 1.5 \u00b7 0.8321 = "
        "{q_limit}. Here the pairs are those of 1,000 seeded operations. Points that differ along one ray only have "
        "the highest Q, and then give up the tree.</p>",
    ),
    Lesson(
        "fidelity",
        "Tree fidelity",
        "The Spearman correlation of hyperbolic and 3-adic distance over 400,000 seeded pairs: whether nearness in the "
        "ball is nearness in the tree. Triplet agreement asks it of three: is the one that agrees longer nearer? Here "
        "fidelity is {fidelity} (A), {fidelity_b} (B), and triplets {triplets} (A), {triplets_b} (B).",
        "Its limit",
        "<p>2/3 of all pairs differ in the first entry, 2/9 in the second, and so on: the ties have the shares of the "
        "levels, and so the limit is that of the hierarchy, +0.8320. For triplets it is 1, and chance is 0.5. The "
        "recipe tree learns an embedding that is written down exactly and has fidelity {exact_fidelity}.</p>",
    ),
)

WHY_TITLE: Final = "Why published and measured numbers differ"
WHY: Final = (
    "Three numbers can stand beside each other: what the published page claims, what the file stored when it was "
    "trained, and what is measured here. They differ for reasons that can be named.",
    "<strong>A sample or the mean.</strong> The stored numbers were measured on one random sample of each latent; "
    "richness then moves by up to 40 % from run to run. Here the mean is measured, and the numbers repeat.",
    "<strong>A file that was not loaded strictly.</strong> The five v5_11 files do not fit the published constructor: "
    "10 tensors are missing and 8 are left over. Loaded anyway, with strict=False, the radius head stays random. The "
    "claims \u22120.40 and 0.00304 (structural), +0.78 (progressive) and 0.00136 (homeostasis) are what that shows, "
    "and do not describe the files: their stored hierarchies are \u22120.7303, \u22120.7695 and \u22120.8162 on "
    "encoder A, \u22120.8320, \u22120.8299 and \u22120.8318 on B.",
    "<strong>Two encoders in one row.</strong> For homeostatic_rich the claimed hierarchy, \u22120.8321, is encoder "
    "B\u2019s and the claimed richness, 0.00787, encoder A\u2019s, whose stored hierarchy is \u22120.6944. No single "
    "published embedding has both. Here A and B each have their own numbers.",
    "<strong>A warning and its numbers.</strong> v5_11_overnight is published as \u201ctraining collapsed\u201d; its "
    "file stores full coverage and hierarchies of \u22120.7318 (A) and \u22120.83205 (B). The page keeps the warning "
    "and shows the numbers beside it.",
    "<strong>What a file does not say.</strong> homeostatic_rich/best.pt records no max_radius, so the documented "
    "0.99 is taken. Ranks do not depend on it; norms and richness do.",
    "<strong>Other weights.</strong> A bundled checkpoint was trained here from nothing. It has a published "
    "recipe\u2019s name and is another file; claims stand beside it for comparison alone.",
)
SOURCES_TITLE: Final = "Sources"
SOURCES: Final = (
    ("The published checkpoints and their page", "https://huggingface.co/ivanpol/ternary-vae-checkpoints"),
    ("Kingma, Welling: Auto-Encoding Variational Bayes (2013)", "https://arxiv.org/abs/1312.6114"),
    (
        "Nickel, Kiela: Poincar\u00e9 Embeddings for Learning Hierarchical Representations (2017)",
        "https://arxiv.org/abs/1705.08039",
    ),
    ("Ganea, B\u00e9cigneul, Hofmann: Hyperbolic Neural Networks (2018)", "https://arxiv.org/abs/1805.09112"),
    (
        "Guo, Pleiss, Sun, Weinberger: On Calibration of Modern Neural Networks (2017)",
        "https://arxiv.org/abs/1706.04599",
    ),
    ("Kendall: Rank Correlation Methods (1948), on ties", ""),
    (
        "Popoviciu: Sur les \u00e9quations alg\u00e9briques ayant toutes leurs racines r\u00e9elles (1935)",
        "",
    ),
    ("Gouv\u00eaa: p-adic Numbers, An Introduction (1993), on valuation and ultrametric distance", ""),
)

# Captions of the figures.
OPERATION_FIGURE: Final = "min, and what this checkpoint decodes for it: {verdict}."
LEVELS_FIGURE: Final = "How many operations each level has (bars by logarithm), and their mean {unit} by encoder A."
PATH_FIGURE: Final = (
    "The way of min down the tree, first entry left, with how many operations begin so. The nearest to min in this "
    "checkpoint is {other}: it agrees in the first {agree} entries, so their 3-adic distance is {adic}; their "
    "{measure} distance is {far}."
)
BALL_FIGURE: Final = (
    "Norms of encoder A, from {least} to {most}: hyperbolic radii from {inner} to {outer}. Heights are square roots of "
    "counts."
)
COVERAGE_FIGURE: Final = "Operations given back, by level."
HIERARCHY_FIGURE: Final = "Size of the hierarchy of encoders A and B; the mark is the limit."
RANGES_FIGURE: Final = "Radii of each level by encoder A, from the least to the greatest, with the mean. {verdict}"
NO_OVERLAP: Final = "No level overlaps."
OVERLAP: Final = "{count} of 9 neighbouring pairs overlap: {pairs}."
RICHNESS_FIGURE: Final = (
    "Encoder A: richness, and what each level adds to it, as a share of the limit {limit}; {verdict}."
)
WITHOUT_PRICE: Final = "no level overlaps"
WITH_PRICE: Final = "levels overlap, so the limit does not hold"
Q_FIGURE: Final = "Q of both encoders and its parts; the mark is the limit."
FIDELITY_FIGURE: Final = (
    "{measure} distances of encoder A from min to all others, by the number of first entries that agree, with the "
    "mean. In a perfect tree each range lies below the one above it."
)
