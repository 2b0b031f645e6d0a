"""Output of the program: JSON documents, tables, Plotly figures; what is uploaded, with its cards.

Not here: computation (`tvae.analysis`) and HTML (`tvae.page`). Start with `checkpoints`.
"""
