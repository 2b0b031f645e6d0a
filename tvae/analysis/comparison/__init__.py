"""What makes one checkpoint better than another: a rule for each measure, two compared, the best of many,
and what was claimed next to what is measured.

Not here: the measures (`metrics`, `tree_measures`), and where points moved (`alignment`). Start with `rules`.
"""
