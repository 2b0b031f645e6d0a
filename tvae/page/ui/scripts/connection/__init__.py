"""What the page does while its server is away: it says so, keeps what it shows, and goes on when the server is back.

The browser does this alone, by scripts that replace its `fetch`. Start with `requests.js`.
"""
