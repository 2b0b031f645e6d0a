"""Make README's screenshot with the browser of the tests: python tests/support/page/screenshot.py"""

from pathlib import Path
from tempfile import TemporaryDirectory

from app_fixtures import running_app
from browser_fixtures import launched
from hub_server import LocalHub
from paths import ROOT

TARGET = ROOT / "docs" / "screenshot.png"


def main() -> None:
    """Start the app, select three operations for encoder B, and take the screenshot."""
    with TemporaryDirectory() as home, running_app(LocalHub(), Path(home)) as site, launched() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{site.url}?operations=min%2C+consensus%2C+13&encoder=B&__theme=light")
        page.wait_for_function("document.querySelector('.scatter')?.tvae?.selected.length === 3")
        page.wait_for_function("document.querySelector('table.results')")
        page.screenshot(path=TARGET)


if __name__ == "__main__":
    main()
