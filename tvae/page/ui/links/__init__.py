"""The address of the page: every view is a link, and Back and Forward go through them.

Start with `share_link`, the fields in the address; then `navigation`, how the page follows it.
"""
