"""All checkpoints at once, a section of the Compare tab: a table to sort, and a chart of any two measures.

Not here: the rows and the front (`tvae.reports.leaderboard`), and two checkpoints side by side (the tab itself). Start
with `layout`.
"""
