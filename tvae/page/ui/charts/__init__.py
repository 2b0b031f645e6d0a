"""Small charts as SVG, of lines, bars and dots, with their axes, and the button that opens their export menu.

Not here: the Plotly figures of the API (`tvae.reports.plots.figures`). Start with `line_chart`.
"""
