"""docs/api.md: the limits of the server are those of the code."""

import re

import pytest
from documentation import section

from tvae.errors import ServerBusy
from tvae.page.api.endpoint import heavy_endpoints
from tvae.page.server.callers import Caller, proxy_hops
from tvae.page.server.shares.limits import LIMITS, MB, Share, check, in_words
from tvae.page.ui import texts
from tvae.page.ui.components import HEAVY
from tvae.page.uploads.receive import SECONDS


def limits_as_documented() -> list[str]:
    """The rows of the table of limits."""

    def number(bound: int) -> str:
        return f"{bound // MB if bound >= MB else bound:,}"

    rows = []
    for name, words in texts.table("SHARE_UNITS").items():
        share: Share = getattr(LIMITS, name)
        bounds = " | ".join(map(number, (share.caller, share.address, share.total)))
        rows.append(f"| {words} | {bounds} | {in_words(share.retry)} |")
    sessions = LIMITS.sessions
    last = f"| pages and clients open | | {sessions.address} | {sessions.total} | {in_words(sessions.retry)} |"
    return [*rows, last]


def test_the_limits_of_the_api_are_those_of_the_code() -> None:
    limits = section("docs/api.md", "HTTP").split("\n### Limits\n")[1].split("\n### ")[0]
    assert re.findall(r"^\| .+ (?:s|min) \|$", limits, re.MULTILINE) == limits_as_documented()
    said = " ".join(limits.split())
    with pytest.raises(ServerBusy) as error:
        check("calls", LIMITS.calls, [], Caller("", ""), LIMITS.calls.caller + 1)
    assert f'"{error.value}"' in said
    assert f"deleted {LIMITS.answer_seconds:g} s after it is finished" in said
    assert f"forgotten after {LIMITS.idle_seconds / 60:g} minutes" in said
    assert set(re.findall(r"`/(\w+)`", said)) == set(heavy_endpoints())
    assert HEAVY["concurrency_limit"] == 2
    at_once = LIMITS.at_once
    assert (at_once.caller, at_once.address, at_once.total) == (2, 2, 4)
    slow = LIMITS.slow_at_once
    assert (slow.caller, slow.address, slow.total) == (1, 1, 2)
    assert "made four at a time, at most two for one address, and apart from them the directions of the" in said
    assert "Ball tab two at a time" in said
    assert f"within {SECONDS:g} s" in section("docs/api.md", "HTTP")
    assert (proxy_hops({"SPACE_ID": "a/b"}), proxy_hops({})) == (1, 0)
