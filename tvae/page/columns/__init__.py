"""Colour and filter of all plots by a column: what the browser is told, its script and its style.

Not here: the values, which `tvae.reports.columns` computes. Start with `column`, then `columns.js`.
"""
