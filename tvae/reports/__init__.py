"""Output of the program: JSON documents, tables, Plotly figures, model cards.

Not here: computation (`tvae.analysis`) and HTML (`tvae.page`). Start with `checkpoints`.
"""
