"""The runs of a sweep, collected: a row for each, a table, and a report that stands alone.

Start with `collecting.collect`. `rows` reads one run and trusts nothing in it, `collection` a whole directory,
`summary` has the settings, the spread over seeds and the front, `report` is the page and `plot.js` its plot.
"""
