"""Pictures of an embedding: Plotly figures, the axes of the plot of radius, and the colours of every picture.

Not here: the pictures that scripts of the page draw (`tvae.page.ui.scatter`). Start with `figures`.
"""
