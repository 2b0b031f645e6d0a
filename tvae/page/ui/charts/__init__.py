"""Small line and bar charts as SVG, and the buttons that save them.

Not here: the Plotly figures of the API (`tvae.reports.figures`). Start with `line_chart`.
"""
