from app_fixtures import api, explorer, site, site_no_hub  # noqa: F401
from browser_fixtures import chromium, page  # noqa: F401
from core_fixtures import ball_reader, euclidean, euclidean_file, rich, rich_file  # noqa: F401
from hub_fixtures import command_line, hub, hub_home, hub_server  # noqa: F401
