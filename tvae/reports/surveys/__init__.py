"""Many checkpoints at once: every file of a repository, or every run of a sweep, as a table and a stand-alone page.

Not here: the bundled and published checkpoints (`tvae.reports.leaderboard`). Start with `repository` or `sweeps`.
"""
