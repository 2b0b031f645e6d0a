import os
import signal

import pytest
from app_fixtures import api, explorer, published_without_a_hub, site, site_no_hub  # noqa: F401
from ball_tab import ball  # noqa: F401
from browser_fixtures import chromium, page  # noqa: F401
from core_fixtures import ball_reader, euclidean, euclidean_file, one_thread, rich, rich_file  # noqa: F401
from dataset_fixtures import quick_neighbours, written  # noqa: F401
from hub_fixtures import command_line, hub, hub_home, hub_server  # noqa: F401

# The fixtures of a test show whether it starts a server or a browser; -m "not browser and not server" selects the rest.
SERVERS = {"api", "command_line", "hub", "hub_server", "site", "site_no_hub"}
BROWSERS = {"chromium", "explorer", "page"}

# A shell starts a program in the background without Ctrl-C, and commands whose interrupts are tested would inherit it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & BROWSERS:
            item.add_marker("browser")
            # On the shared cores of a CI, a browser may wait for longer than its test allows: docs/testing.md.
            if repeats := int(os.environ.get("TEST_REPEATS", "0")):
                item.add_marker(pytest.mark.flaky(reruns=repeats))
        if fixtures & SERVERS:
            item.add_marker("server")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.getreports("rerun"):
        terminalreporter.section(f"first failure of {report.nodeid}")
        report.toterminal(terminalreporter._tw)
