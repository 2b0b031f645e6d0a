"""The words of the page in one place; those of the lessons, which are more than all others, are in `texts_learn`."""

from typing import Final

TITLE: Final = "tvae"
LEAD: Final = (
    "Each point is one of the 19,683 ternary operations, placed by a Ternary VAE. A good checkpoint reconstructs all "
    "of them and puts every valuation level strictly above the next, with room inside the levels."
)
EXPLANATIONS: Final = {
    "coverage": "Operations of which the decoder gives back all nine trits from the latent mean of encoder A.",
    "hierarchy": "Spearman rank correlation of valuation and radius over all operations. No two levels overlap at "
    "-0.8320502954, which is the limit; beyond it radii are tied and the shells have collapsed.",
    "overlaps": "Neighbouring levels, of nine pairs, where some operation of the higher valuation lies at least as far "
    "out as one of the lower.",
    "richness": "Mean over the levels of the variance of the Euclidean norm inside a level. More is better as long as "
    "no levels overlap; without overlap it stays below 0.0245.",
    "q": "Distance correlation plus 1.5 times the hierarchy's size, limit 2.1627.",
    "tree": "Spearman rank correlation of hyperbolic and 3-adic distance over 400,000 seeded pairs, limit 0.8320.",
}
OPERATIONS_LABEL: Final = "Operations"
OPERATIONS_HINT: Final = "13, 5-9, min, v=8, +-0+-0+-0, [1,-1,0,...]"
EXAMPLES: Final = ("min, max, consensus", "implication, lukasiewicz_implication, goedel_implication", "v>=6", "0-26")
NOTHING_CHOSEN: Final = (
    "Nothing is chosen; this is an example. Click or lasso points, type operations, or change the table."
)
NOT_RECORDED: Final = (
    "max_radius {radius} is not recorded in the file; {origin}. Hierarchy and coverage do not depend on it."
)
WHY_DIFFERENT: Final = (
    "Claimed is what the published page says, stored is what the file itself records, measured on one random sample at "
    "training time. Some claims do not describe the files: they come from loading them carelessly, which leaves the "
    "radius head random, or pair one encoder's richness with the other's hierarchy. Here each file is loaded strictly, "
    "and the latent mean is measured, so that the numbers repeat."
)

# The training tab.
TRAIN_LEAD: Final = (
    "A recipe trains a new model from nothing, in about half a minute, while you watch. The same recipe and seed give "
    "the same file here and with <code>python -m tvae train</code> on one thread."
)
RECIPE_NOTES: Final = "What was published, what is different here, and why"
NO_POINTS: Final = "The points appear here once a run has begun."
NO_CURVES: Final = "The curves appear here once a run has begun."
SAME_BYTES: Final = "It is the bundled file, byte for byte."
OTHER_BYTES: Final = "It is not the bundled file: another seed, other settings, or another machine."
KEPT_FOR_THE_VISIT: Final = (
    "It is kept for you alone, while this page is open and {minutes:g} minutes longer, so that you can reload or sign "
    "in; then it is deleted."
)
STILL_HERE: Final = "Still here:"
DELETED: Final = (
    "What you trained before is deleted: the page was closed for more than {minutes:g} minutes, or its server has "
    "started anew."
)
EVENTS: Final = "What the controller decided"
OBJECTIVES: Final = {
    "reconstruction": "Reconstruction: give back the nine trits",
    "smoothness": "Smoothness: stay near the prior, keep apart",
    "order": "Order: the radius of each valuation level",
    "distances": "Distances: far apart where the digits differ early",
}
NOTHING_TO_EXPLORE: Final = "Nothing is trained yet. Start a run first."
SIGN_IN: Final = "Sign in with Hugging Face first, with the button above; then upload again."
UPLOAD_ACCOUNT: Final = "It goes to the account of <code>hf auth login</code> or <code>HF_TOKEN</code> of this machine."
UPLOAD_SIGN_IN: Final = (
    "It goes to your own account. Signing in lets this page make repositories, and write to those that it made. It "
    "reloads the page: what you have trained stays, a run under way ends. The token stays in a cookie of your browser "
    "and is used when you press Upload, for nothing else."
)
NOT_LOGGED_IN: Final = "This machine is not logged in to the Hub: run `hf auth login`, or set HF_TOKEN, and try again."
ONLY_HERE: Final = (
    "From another machine nothing is uploaded with this machine's token. Download the file and use "
    "python -m tvae.checkpoint_hub upload."
)

# How a checkpoint was trained, and the limits.
CONTROLLER: Final = "What the homeostasis controller decided, from what it measured."
NO_DECISION: Final = "It decided nothing."
MARKS: Final = "Upright lines: a new phase begins. Dotted: the mathematical limit."
NOTHING_RECORDED: Final = "The file records nothing of its training."
RECORDED: Final = "The file names no recipe. Beside its metrics it records:"
EXACT_TREE: Final = (
    "The exact tree is the 3-adic tree written down as points, with nothing trained: what the recipe tree learns. It "
    "has every limit that the tree allows; richness and Q it cannot have, for its norms are bound to the digits."
)

# The section on linear regions.
REGIONS: Final = (
    "A ReLU network is affine on each of many convex regions, named by which units are on. Counted are the regions "
    "that hold the operations, those met by random points (a lower bound of all), and those along a step to an "
    "operation that differs in one trit by one. At most is a bound for any network of the shape (Serra et al. 2018)."
)

# The Compare tab.
COMPARE_LEAD: Final = (
    "Two checkpoints and one choice of operations: what you choose in either plot is chosen in both, and on the tab "
    "Explore. The first is the checkpoint of the page; choose the second here."
)
LOADING: Final = "Loading and measuring the checkpoint\u2026"
OPENING: Final = "Opening\u2026"
MOVED_LEAD: Final = (
    "The operations whose hyperbolic radius differs most between the two. A row chooses its operation; with Ctrl it is "
    "added. Only radii are compared: a turned ball is as good as another, so places have nothing in common."
)
NOT_MOVED: Final = "Radii of different kinds are not compared."
NOTHING_MOVED: Final = "Both have the same radii: nothing moved."
OWN_KIND: Final = (
    "{name} has no ball: its radius is the Euclidean length of a latent mean, the other's a hyperbolic distance. The "
    "two are not compared, so each plot has its own axis, no operation is listed as moved, and what needs a ball is a "
    "dash for {name}."
)
NEITHER_BALL: Final = (
    "Neither has a ball: radius is the Euclidean length of a latent mean, and what needs a ball is a dash."
)
OTHER_INPUT: Final = (
    "{name}\u2019s decoder reads the ball, the other\u2019s the latent mean. Coverage is of the latent mean for both; "
    "which operations only one reconstructs is told by what each decoder reads."
)
BOTH_THE_SAME: Final = "The first and the second have the same weights."
NO_CHOICE_HERE: Final = "Nothing is chosen. Click or lasso points in either plot, or press a row or an operation below."
RULES_TITLE: Final = "What better means"
RULES: Final = {
    "high": "Higher is better",
    "low": "Lower is better",
    "near the limit": "Nearer to the limit is better (beyond it values are tied: the shells have collapsed)",
    "high at no overlap": "Higher is better where neither checkpoint has overlapping levels; else there is no better",
}
RULES_END: Final = (
    "A relative difference below 0.000000001 is equal. A dash: undefined for one of the two, or no better by the rule. "
    "Coverage is of the checkpoint, the rest of the encoder chosen above."
)
METRICS: Final = {
    "coverage": "coverage",
    "reconstructed": "reconstructed operations",
    "trit_accuracy": "trit accuracy",
    "ball_coverage": "ball coverage",
    "hierarchy": "hierarchy",
    "overlaps": "level overlaps",
    "ordering_accuracy": "ordering accuracy",
    "richness": "richness",
    "hyperbolic_richness": "hyperbolic richness",
    "distance_correlation": "distance correlation",
    "q": "Q",
    "tree_fidelity": "tree fidelity",
    "triplet_agreement": "triplet agreement",
}

# A checkpoint of one's own.
OWN: Final = "Open your own"
OWN_FILE: Final = "A file of yours (.pt, .pth, .safetensors)"
OWN_LIMITS: Final = (
    "At most {megabytes} MB. It is read strictly, nothing in it is run, and it is kept for you alone until {minutes} "
    "minutes after you leave."
)
OWN_REPOSITORY: Final = "Or a repository on the Hub"
OWN_FOUND: Final = "Checkpoint files found: {count}. Choose one and open it."
OWN_OPENED: Final = '<p role="status">It is open, and in the list of checkpoints.</p>'
OWN_SAID: Final = {
    "reading": "Reading the file\u2026",
    "opened": "Opened",
    "cut": "The file could not be sent. Check the connection, then choose it again.",
}

# The ball's tab.
BALL_EXACT: Final = (
    "Exact: each operation's hyperbolic distance from the centre, which may be any operation. The angle is counted "
    "from the digits, not measured: dots side by side may lie far apart in the ball."
)
BALL_MORE: Final = (
    "The ball has 16 dimensions, the disk two. The distance from the centre is kept for all 19,683 operations. The "
    "angle is the digit tree:\n\n- the first trit, f(\u2212, \u2212), chooses one of three sectors, each further trit "
    "a third of what is left;\n- operations whose numbers agree modulo 3^m, a 3-adic ball, fill one arc of 360/3^m "
    "degrees, and no other operation lies in it;\n- nothing of the point but its radius is in its place.\n\nAnother "
    "centre is a Moebius translation of the whole ball: it changes no distance. Each dot stays on its own ray, so what "
    "comes nearer is nearer. Neighbours are computed in the ball, never in the picture."
)
BALL_MORE_TITLE: Final = "What is exact, and what is not"
BALL_KEYS: Final = (
    "Click chooses, double click makes an operation the centre. Keyboard: arrows go along a level and to the next, "
    "Enter chooses, C centres, 0 goes back to the origin, D decodes a point that the arrows then move."
)
BALL_NONE: Final = (
    "This checkpoint is Euclidean: it has no ball, and so no disk. Neighbours, by the Euclidean distance of the latent "
    "means, and the straight way between two operations work."
)
BALL_COLOURS: Final = {
    "valuation": "valuation",
    "first": "first digit",
    "exactness": "exactness",
    "nearness": "distance to chosen",
}
BALL_RULES: Final = {"poincare": "Poincar\u00e9 disk", "even": "equal steps"}
BALL_CENTRE: Final = "Centre (an operation; empty: the origin)"
BALL_POINT: Final = ("Point to decode: radius", "Angle, degrees")
BALL_NEAR: Final = "Neighbours"
BALL_BY: Final = {"neighbours": "the model", "nearest_3adic": "3-adic", "nearest_hamming": "Hamming"}
BALL_WALK: Final = "From one operation to another"
BALL_WALK_HINT: Final = (
    "Choose two operations in the disk, or type them, to see what the decoder makes of the way between."
)
BALL_ANGLE: Final = (
    "In the disk the curve's radii are exact; its angle only turns from one end to the other, since what lies between "
    "operations has no number."
)
DISK_TOOLS: Final = "Disk tools"
DISK_BUTTONS: Final = {  # label, explanation
    "centre": ("Make it the centre", "The operation under the cursor, or the last chosen (C, or double click)"),
    "origin": ("Origin", "Back to the origin of the ball (0)"),
    "decode": ("Decode a point", "Drag a point through the disk and see its logits (D)"),
    "png": ("PNG", "Download the picture as PNG"),
    "svg": ("SVG", "Download the picture as SVG"),
    "json": ("JSON", "Download the picture as JSON, a Plotly figure"),
}
DISK: Final = {  # what the disk's script says; {names} are filled there
    "loading": "Loading the points\u2026",
    "failed": "The server did not answer. Try again, or reload the page.",
    "origin": "the origin",
    "operation": "operation {n}",
    "valuation": "valuation {v}",
    "distance": "distance from {from}: {radius}",
    "exact": "reconstructed exactly",
    "inexact": "not reconstructed exactly",
    "none_to_centre": "Choose an operation first.",
    "legend_valuation": "Valuation:",
    "legend_first": "First digit:",
    "legend_exactness": "The decoder:",
    "legend_nearness": "Distance to {target}, up to:",
    "words": "The ball as a disk, encoder {encoder}, seen from {centre}. The farthest operation is {most} away; mean "
    "distance by valuation {means}. {selected} selected. Arrow keys go from operation to operation, Enter picks, C "
    "makes it the centre, 0 goes back to the origin, D decodes a point that the arrow keys then move.",
}
DECODED_FROM: Final = {
    "ball": "Decoded is the point of the ball on the ray to operation {target}, as it stands.",
    "mu": "The decoder reads the latent mean, which a point of the ball does not determine. Decoded is the point of "
    "the straight line from operation {start}'s mean to operation {target}'s, at {share} of the way.",
}
NOT_DECODED: Final = "No decoder of this checkpoint reads encoder B's latent mean. Choose encoder A to decode points."

# The Coverage tab.
COVERAGE_LEAD: Final = (
    "Which trits are taken for which, whether the decoder is right as often as it says, how much noise it bears, and "
    "how many of the 19,683 come out of points drawn at random. Encoder A and decoder A."
)
READS: Final = {
    "mu": "The decoder reads the latent mean.",
    "log0": "The decoder reads the ball: log0 of the point.",
}
SEEDED: Final = "Draws have seed {seed}; /robustness of the API takes any other."
EXAMINING: Final = "Decoding noisy latents and random points of {name}\u2026"
STILL_SHOWN: Final = "The tab keeps what it had."
WHAT_NUMBERS: Final = "What the numbers are"
DEPTH_TILES: Final = {
    "wrong": "Trits of all 19,683 truth tables that the decoder gives back wrong, from what it reads, without noise.",
    "confidence": "The mean, over all trits, of the softmax probability of the decoded trit; right is the share of the "
    "trits that are decoded right. The two are equal for a calibrated decoder.",
    "ece": "Expected calibration error: the sum over 15 equal bins of the confidence, from 0 to 1, of the share of "
    "trits in the bin times |share right \u2212 mean confidence| (Guo et al. 2017). Where every trit is right, it is 1 "
    "\u2212 mean confidence.",
    "one": "Share of the operations that come back with all nine trits right when \u03bc + \u03c3 \u03b5 is decoded, "
    "\u03b5 drawn from N(0, 1) in each dimension.",
    "sigma": "\u03c3 is the standard deviation that encoder A gives, its mean over operations and dimensions. Spread "
    "is the standard deviation of the latent means over the operations, its mean over dimensions.",
    "prior": "Different operations among those decoded from 100,000 latents drawn from the prior N(0, I). Ideal are "
    "the 19,561 that as many draws of equally likely operations reach on average.",
    "ball": "Different operations among those decoded from 100,000 points of the ball: directions uniform, norms drawn "
    "from those of the operations.",
}
# Of each section: heading, and what its numbers are.
DEPTH: Final = {
    "confusion": (
        "What is taken for what",
        "Each small table counts, for one entry of the truth table, true trits (rows) against decoded ones (columns): "
        "19,683 in all, 6,561 in a row. On the diagonal the decoder is right. By level: the trits of all operations of "
        "that valuation, the share that is right, and how many of each true trit were decoded as each other one.",
    ),
    "calibration": (
        "Can the confidence be believed?",
        "Confidence is the softmax probability of the decoded trit; with three trits it is never below 1/3. Trits is "
        "how many have a confidence in the bin, mean their mean confidence, right the share decoded right. The bins "
        "get narrower towards 1, where a trained decoder has nearly all its trits; the calibration error is computed "
        "over 15 equal bins, as usual.",
    ),
    "noise": (
        "How much noise it bears",
        "\u03bc + s \u03c3 \u03b5 is decoded in place of \u03bc, with one draw of \u03b5 for all s from 0 to 3. Exact "
        "is the share of operations with nine right trits (by chance 1 in 19,683), trits the share of right trits (by "
        "chance a third). The standard error of exact is below 0.4 %.",
    ),
    "reach": (
        "What random points reach",
        "Of the first points drawn, how many different operations they decode to. Ideal is the coupon "
        "collector\u2019s curve: M draws of N = 19,683 equally likely operations reach N (1 \u2212 (1 \u2212 1/N)^M) "
        "on average. By level: the share of its operations that all 100,000 points together reach.",
    ),
}
NOTHING_CONFUSED: Final = "No trit is confused: every count is on a diagonal."
MOST_CONFUSED: Final = "{wrong} trits are wrong. Most often {true} is decoded as {decoded} at {place}, {count} times."
RELIABILITY: Final = (
    "For each bin of the confidence: dot, the share of trits that is right; line, their mean confidence; grey box, "
    "where the dot of a calibrated decoder lies. Below, how many trits the bin holds."
)
ALL_RIGHT: Final = (
    "Every trit is right, so any doubt is without cause: the calibration error {ece} is what the mean lacks to 1."
)
TOO_SURE: Final = (
    "The decoder is surer than it should be: mean confidence {confidence}, but {accuracy} of the trits are right "
    "(calibration error {ece:.6f})."
)
TOO_DOUBTFUL: Final = (
    "The decoder is right more often than it says: mean confidence {confidence}, and {accuracy} of the trits are right "
    "(calibration error {ece:.6f})."
)
NOISE_HALF: Final = "Half of the coverage at the mean is lost between {before:g} and {after:g} standard deviations."
NOISE_NO_HALF: Final = "Within 3 standard deviations no more than half of the coverage at the mean is lost."
NOISE_SIZE: Final = (
    "\u03c3 is {sigma} and the means spread by {spread}: one standard deviation of noise is {ratio} spreads."
)
NOISE_DROWNS: Final = (
    "So the noise is larger than what tells the operations apart, and coverage drops as soon as there is any."
)
SIGMA_TAUGHT: Final = (
    "The recipe {name} decodes samples of this \u03c3 as it trains, so the encoder learned how wide it may be."
)
SIGMA_UNTAUGHT: Final = (
    "The recipe {name} trains at the mean, with no samples and no KL term: nothing taught this \u03c3, and its last "
    "layer keeps its first weights. So the curve tells how closely the operations lie, not how sure the encoder is."
)
SIGMA_UNKNOWN: Final = "The file names no recipe that is known here, so it cannot be said whether \u03c3 was trained."
REACHED: Final = (
    "{drawn} latents drawn from the prior N(0, I) decode to {reached} different operations; if all were equally "
    "likely, it would be {ideal}."
)
PRIOR_KL: Final = "The KL term of the recipe {name} pulls the operations to where the prior is."
PRIOR_NO_KL: Final = (
    "The recipe {name} has no KL term, so nothing put the operations where the prior is: the number tells how the "
    "decoder divides that space, and no more."
)
BALL_DRAWN: Final = (
    "Points of the ball are drawn with the norms of the operations, in directions that none of them chose."
)
BALL_NOT_READ: Final = "This decoder does not read the ball, so none is drawn there."
SAVE_AS: Final = "{title} as {kind}"
