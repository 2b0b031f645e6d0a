"""docs/api.md and docs/scale.md: the limits of the server, and the sizes of the tree, are those of the code."""

import re

import pytest
from documentation import section, text_of

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.errors import ServerBusy
from tvae.operations import ternary
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


def test_the_sizes_of_a_deeper_tree_follow_from_those_of_this_one(rich: EvaluatedCheckpoint) -> None:
    said = text_of("docs/scale.md")
    points, trit, answers = map(
        int, re.findall(r"(\d+) bytes of points and radii, (\d+) k of logits, k \+ (\d)", said)[0]
    )
    embedding = rich.embedding
    half = [
        array.nbytes for side in (embedding.a, embedding.b) for array in (side.mu, side.point, side.norm, side.radius)
    ]
    assert points * ternary.N == sum(half)
    assert trit * ternary.T * ternary.N == embedding.logits.nbytes + embedding.mu_logits.nbytes
    assert (ternary.T + answers) * ternary.N == embedding.reconstruction.nbytes + embedding.exact.nbytes

    def sizes(k: int) -> tuple[str, ...]:
        leaves = 3**k
        megabytes = leaves * (points + trit * k + k + answers) / 1e6
        return (
            f"{leaves:,}",
            f"{leaves * (k + 1) / 1e6:.1f} MB",
            f"{megabytes:.0f} MB",
            f"{leaves**2 * 8 / 1e9:,.1f} GB",
        )

    columns = zip(*re.findall(r"^\| .+ \| (?:3\^k|3\^k k|9\^k) \| (.+?) \| (.+?) \|$", said, re.MULTILINE), strict=True)
    now, deeper = map(set, columns)
    assert set(sizes(ternary.T)) <= now
    assert {*sizes(12)[:3], f"{3**24 * 8 / 1e12:.1f} TB"} <= deeper
