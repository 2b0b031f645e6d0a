"""Links for a first visit: each sets the page to a view and says what is seen there."""

from typing import Final
from urllib.parse import urlencode

from markupsafe import Markup

from tvae.page.ui import texts
from tvae.page.ui.html import tag

SECTIONS: Final = ("", "plot", "comparison")  # ids of the parts of the Explore tab to which a link can scroll

# The views, as parameters of the page's address. None needs the network: every checkpoint here is bundled.
VIEWS: Final[dict[str, dict[str, str]]] = {
    "dot": {"operations": "min", "section": "plot"},
    "order": {"checkpoint": "max_hierarchy", "section": "plot"},
    "claim": {"checkpoint": "v5_11_progressive", "section": "comparison"},
    "near": {"operations": "min, max, consensus", "tab": "ball", "centre": "min"},
    "learn": {"tab": "train"},
}


def stories() -> Markup:
    """The section "Start here"."""
    cards = (_story(key, story["title"], story["says"]) for key, story in texts.tables("STORIES").items())
    return tag("nav", tag("h2", texts.START_HERE, id="start-here"), *cards, aria_labelledby="start-here")


def _story(key: str, title: str, says: str) -> Markup:
    words = (tag("strong", title), tag("span", says))
    return tag("a", *words, class_="story", href=f"?{urlencode(VIEWS[key])}", data_story=key)
