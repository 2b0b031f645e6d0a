"""The field's measures of a tree embedding: distortion, neighbourhoods, dendrogram and hyperbolicity.

Tree fidelity and triplet agreement (`metrics`) rank random pairs, of which two thirds differ in the first digit: they
hardly see the lower third of the tree. These measures see it.

d(i, j) is the hyperbolic distance, and t(i, j) = 2 (9 - v(i - j)) the length of the path between two leaves of the
complete ternary tree of depth 9, whose 19,683 leaves are the operations and whose edges have length 1; v is the 3-adic
valuation. The functions take distances, so that they also measure smaller trees. Pairs (P,) are in the order of
torch.pdist and scipy's pdist: (0, 1), (0, 2), ..., (n - 2, n - 1).

Start with `tree_measures`.
"""
