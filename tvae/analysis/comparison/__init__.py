"""What makes one checkpoint better than another: a rule for each measure, two compared, and the best of many.

Not here: the measures (`metrics`, `tree_measures`), and where points moved (`alignment`). Start with `rules`.
"""
