"""The address of the page: every view is a link. Start with `share_link`."""
