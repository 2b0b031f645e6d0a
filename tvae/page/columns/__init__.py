"""Colouring and filtering all plots by a column: the words for the browser, the scripts and the style.

Not here: the values, which `tvae.reports.columns` computes. Start with `column`, then `columns.js`.
"""
