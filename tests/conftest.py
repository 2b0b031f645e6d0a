from browser_fixtures import chromium, page  # noqa: F401
from hub_fixtures import command_line, hub, hub_home, hub_server  # noqa: F401
