"""Every checkpoint of a repository on the Hub, or of a folder, measured: a table and a stand-alone report.

Start with `evaluation.evaluate`. `files` finds and reads the files, `card` reads what a card claims, `measuring`
measures one file, `store` keeps what was measured, `rows` makes the table, `report` the page.
"""
