"""The Ball tab in the browser: the disk from any centre, neighbours, geodesics, decoding, links."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from app_fixtures import EUCLIDEAN, OPENING, OpenExplorer, evaluated_here
from ball_tab import LIVE, MAX, MIN, Ball, OpenBall
from explorer import Explorer, N
from playwright.sync_api import expect

from tvae.analysis.views import disk_layout
from tvae.page.ui import texts
from tvae.reports import explorer as explorer_reports

pytestmark = pytest.mark.browser


def radii(name: str, centre: int, encoder: str = "A") -> np.ndarray:
    side = evaluated_here(name).embedding.side(encoder)
    return disk_layout.radii_from(side, np.zeros(16) if centre < 0 else side.point[centre].astype(float))


def test_the_tab_is_built_when_it_is_opened(explorer: OpenExplorer) -> None:
    page = explorer().page
    assert page.locator("#ball-disk .disk").count() == 0
    page.get_by_role("tab", name="Ball").click()
    assert Ball(page).get("key").startswith(f"{OPENING} ")


def test_the_disk_matches_python_from_the_origin_and_from_an_operation(ball: OpenBall) -> None:
    opened = ball()
    embedding = evaluated_here(OPENING).embedding
    np.testing.assert_allclose(opened.get("radii"), embedding.a.radius, rtol=1e-5, atol=1e-6)
    angles = opened.page.evaluate(f"Array.from({{length: {N}}}, (_, n) => {LIVE}.angle(n))")
    np.testing.assert_allclose(angles, disk_layout.angle(np.arange(N)), rtol=1e-12)
    before = opened.get("frames")
    opened.fill("#ball-centre textarea, #ball-centre input", "min")
    opened.at_rest(MIN)
    assert opened.get("frames") > before + 2
    np.testing.assert_allclose(opened.get("radii"), radii(OPENING, MIN), atol=3e-4)
    place = np.array(opened.get(f"place({radii(OPENING, MIN)[13]}, {float(disk_layout.angle(13))})"))
    np.testing.assert_allclose(opened.get("screen(13)"), place, atol=0.5)
    opened.page.locator("#ball-encoder").get_by_label("B", exact=True).check()
    opened.wait(".key.endsWith(' B')")
    np.testing.assert_allclose(opened.get("radii"), radii(OPENING, MIN, "B"), atol=3e-4)
    opened.button("Origin")
    opened.at_rest(-1)
    expect(opened.page.locator("#ball-centre textarea, #ball-centre input").first).to_have_value("")
    assert "centred on the origin" in opened.plot.get_attribute("aria-label")


def test_picks_are_exact_and_select_in_the_other_tabs(ball: OpenBall) -> None:
    opened = ball("?checkpoint=tree")
    opened.wait(".key.startsWith('tree ')")
    some = [opened.picked_at(index) for index in (40, 19_000)]
    assert [n % 27 for n in some] == [40 % 27, 19_000 % 27]
    opened.page.mouse.click(*opened.screen(some[0]))
    opened.neighbours_of(some[0])
    opened.page.keyboard.down("Control")
    opened.page.mouse.click(*opened.screen(some[1]))
    opened.page.keyboard.up("Control")
    opened.wait(f".selected.join() === '{some[0]},{some[1]}'")
    opened.neighbours_of(some[1])
    expect(opened.way.locator("strong")).to_have_text([str(n) for n in some])
    opened.page.mouse.dblclick(*opened.screen(some[0]))
    opened.at_rest(some[0])
    expect(opened.page.locator("#ball-centre textarea, #ball-centre input").first).to_have_value(str(some[0]))
    np.testing.assert_allclose(opened.get("radii")[some[0]], 0, atol=1e-9)
    opened.page.get_by_role("tab", name="Explore").click()
    Explorer(opened.page).chosen(some[0])


def test_a_dot_is_described_next_to_the_pointer(ball: OpenBall) -> None:
    opened = ball()
    x, y = opened.screen(MAX)
    opened.page.mouse.move(x, y)
    tip = opened.page.locator("#ball-disk .point-tip")
    expect(tip).to_contain_text("operation 19569, max")
    box = tip.bounding_box()
    assert box is not None
    away = max(box["x"] - x, x - box["x"] - box["width"], box["y"] - y, y - box["y"] - box["height"], 0)
    assert away < 40
    assert box["width"] < 400, "it is as wide as its words"


def test_neighbours_match_the_endpoint_and_can_be_selected(ball: OpenBall, tmp_path: Path) -> None:
    opened = ball("?operations=min")
    opened.neighbours_of(MIN)
    document = explorer_reports.near(evaluated_here(OPENING), MIN, 10, "A")
    rows = opened.near.locator("tbody tr")
    assert rows.evaluate_all("rows => rows.map(row => Number(row.dataset.row))") == [
        row["index"] for row in document["neighbours"]
    ]
    opened.page.get_by_label("3-adic", exact=True).check()
    expect(rows.first).to_have_attribute("data-row", str(document["nearest_3adic"][0]["index"]))
    opened.fill("#ball-k input", "25")
    expect(rows).to_have_count(25)
    with opened.page.expect_download() as download:
        opened.near.get_by_role("button", name="Export JSON").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert json.loads(path.read_text())["k"] == 25
    first = int(rows.first.get_attribute("data-row") or -1)
    rows.first.get_by_role("button").click()
    opened.neighbours_of(first)
    opened.fill("#ball-k input", "2.5")
    expect(opened.page.locator("#ball-near-alert [role=alert]")).to_contain_text("The number of neighbours is 2.5;")
    opened.fill("#ball-k input", "0")
    expect(opened.page.locator("#ball-near-alert [role=alert]")).to_contain_text("The number of neighbours is 0;")
    expect(opened.near.locator("strong")).to_have_count(0)  # no old result below an error


def test_a_geodesic_is_followed_step_by_step(ball: OpenBall) -> None:
    opened = ball("?operations=min,max")
    document = explorer_reports.geodesic(evaluated_here(OPENING), MIN, MAX, 20, "A")
    rows = opened.way.locator("tbody tr")
    expect(rows).to_have_count(21)
    indices = opened.way.locator("tbody button[data-index]").evaluate_all(
        "all => all.map(b => Number(b.dataset.index))"
    )
    assert indices == [row["index"] for row in document["points"]]
    slider = opened.way.get_by_role("slider")
    slider.focus()
    for _ in range(9):
        slider.press("ArrowRight")
    opened.wait(".step === 9")
    expect(opened.way.locator("tr.looked-at")).to_have_attribute("data-step", "9")
    expect(opened.way.locator(".walk-now")).to_contain_text(f"operation {document['points'][9]['index']}")
    opened.fill("#ball-from textarea, #ball-from input", "13")
    expect(opened.way.locator("strong")).to_have_text(["13", str(MAX)])
    expect(opened.page).to_have_url(re.compile("walk=13"))
    opened.fill("#ball-to textarea, #ball-to input", "v=8")
    expect(opened.page.locator("#ball-walk-alert [role=alert]")).to_contain_text("names 2 operations")
    expect(opened.way.locator("strong")).to_have_count(0)
    expect(opened.page).to_have_url(re.compile(rf"walk=13\+to\+{MAX}(&|$)"))


def test_typed_ends_stay_until_the_geodesic_is_drawn(ball: OpenBall) -> None:
    opened = ball("?operations=min")
    start, end = (opened.page.locator(f"#ball-{name}").locator("textarea, input") for name in ("from", "to"))
    start.fill("5")
    end.fill("9")
    opened.page.locator("#ball-by").get_by_label("Hamming").check()
    expect(opened.near).to_contain_text("by Hamming")
    opened.fill("#ball-steps input", "4")
    expect(opened.way.locator("strong")).to_have_text(["5", "9"])
    expect(opened.way.locator("tbody tr")).to_have_count(5)
    expect(start).to_have_value("5")
    expect(end).to_have_value("9")
    expect(opened.page).to_have_url(re.compile(r"walk=5\+to\+9"))


def test_a_dragged_point_is_decoded(ball: OpenBall) -> None:
    opened = ball("?checkpoint=tree&operations=13")
    opened.wait(".key.startsWith('tree ')")
    opened.button("Decode a point")
    expect(opened.decoded.locator("p").first).to_contain_text("is decoded as operation 13 with valuation 0")
    expect(opened.decoded.locator("td small")).to_have_count(9)
    expect(opened.decoded).to_be_in_viewport(ratio=0.9)
    opened.page.mouse.move(*opened.screen(13))
    opened.page.mouse.down()
    for n in (40, 500, 5, 7):
        opened.page.mouse.move(*opened.screen(n), steps=4)
    opened.page.mouse.up()
    handle = opened.get("handle")
    expected = int(disk_layout.operation_at(handle["turn"]))
    expect(opened.decoded).to_have_attribute("data-place", f"{handle['radius']} {handle['turn']}")
    expect(opened.decoded).to_contain_text(f"ray towards operation {expected}")
    expect(opened.page).to_have_url(re.compile("point_radius="))
    radius = opened.page.locator("#ball-radius textarea, #ball-radius input").first
    # Until then, the answer to the drag would overwrite what is typed.
    expect(radius).to_have_value(f"{round(handle['radius'], 4):g}")
    opened.fill("#ball-radius textarea, #ball-radius input", "20")
    expect(opened.decoded.locator("[role=alert]")).to_contain_text("Norms up to")
    assert opened.get("selected") == [13]


def test_a_link_restores_the_view(ball: OpenBall, explorer: OpenExplorer) -> None:
    query = "?tab=ball&ball_encoder=B&colour=nearness&disk=even&centre=min&walk=13+to+14&operations=7&checkpoint=tree"
    opened = Ball(explorer(f"{query}&point_radius=0.5&point_angle=100").page)
    opened.at_rest(MIN)
    opened.wait(".key.endsWith(' B')")
    opened.wait(".colour === 'nearness_a'")
    expect(opened.way.locator("strong")).to_have_text(["13", "14"])
    expect(opened.decoded.locator("p").first).to_contain_text("The point at radius 0.500 and angle 100.00")
    opened.wait(".selected.join() === '7'")
    parameters = {name: value[0] for name, value in parse_qs(urlsplit(opened.page.url).query).items()}
    assert parameters == {
        **{name: value[0] for name, value in parse_qs(query[1:]).items()},
        "point_radius": "0.5",
        "point_angle": "100",
    }


def test_the_tab_follows_to_a_checkpoint_without_a_ball(ball: OpenBall) -> None:
    opened = ball("?operations=min")
    explorer = Explorer.__new__(Explorer)
    explorer.page, explorer.dropdown = opened.page, opened.page.get_by_label("Checkpoint", exact=True)
    explorer.choose("tree - ")
    opened.wait(".key.startsWith('tree ')")
    explorer.choose(f"{EUCLIDEAN} - ")
    expect(opened.page.locator("#ball-notice")).to_have_text(texts.BALL_EUCLIDEAN)
    expect(opened.plot).to_be_hidden()
    expect(opened.near.locator("thead")).to_contain_text("Euclidean")
    explorer.choose(f"{OPENING} - ")
    opened.wait(f"?.key.startsWith('{OPENING} ')")
    expect(opened.plot).to_be_visible()
