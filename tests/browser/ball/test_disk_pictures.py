"""Pictures of the ball for a paper: the disk, and its measured directions in two and three dimensions."""

import pytest
from app_fixtures import OPENING, evaluated_here
from ball_tab import MIN, OpenBall
from export_menu import SHARE, WORDS, differing, export, words_of
from playwright.sync_api import expect

from tvae.page.ui import texts

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("query", "view", "what", "legend"),
    [
        ("?operations=min,max", "digits", "hyperbolic distance from the origin as a disk", {"valuation", "0", "9"}),
        (
            "?operations=min&arrows=triple&ball_encoder=B",
            "digits",
            "hyperbolic distance from the origin as a disk",
            {"\u2212 39,366", "\u2212 19,683"},
        ),
        (
            f"?centre={MIN}&colour=wrong",
            "digits",
            f"hyperbolic distance from operation {MIN} as a disk",
            {"wrong trits"},
        ),
        ("?ball_view=2d&operations=min", "2d", "two measured directions from the origin", {"component 1 ("}),
        ("?ball_view=3d&colour=radius_a", "3d", "three measured directions from the origin", {"radius in A, "}),
        (
            "?ball_view=3d&colour=first&filter=valuation:2,3",
            "3d",
            "three measured directions from the origin",
            {"first digit", "1,944 of 19,683 operations shown: valuation 2, 3"},
        ),
    ],
)
def test_an_svg_is_the_picture_on_the_screen(
    ball: OpenBall, query: str, view: str, what: str, legend: set[str]
) -> None:
    opened = ball(query)
    opened.wait(f".view === '{view}'")
    if "centre" in query:
        opened.at_rest(MIN)
    if "colour" in query:
        column = query.partition("colour=")[2].partition("&")[0]
        opened.wait(f".colour === '{column}'")
    if "filter" in query:
        expect(opened.page.locator("#ball-disk .columns-said")).to_contain_text("1,944")
    encoder = "B" if "encoder=B" in query else "A"
    opened.wait(f".key.endsWith(' {encoder}')")
    svg = export(opened.page.locator("#ball-disk"), "svg").path().read_text(encoding="utf-8")
    words = words_of(svg)
    sha256 = evaluated_here(OPENING).checkpoint.sha256
    assert words[:2] == [OPENING, f"sha256 {sha256[:12]}, {what}, encoder {encoder}"]
    assert {start for start in legend if any(word.startswith(start) for word in words)} == legend
    differ, inked = differing(opened.page, ".disk-plot", svg)
    assert inked > 0.005
    assert differ <= min(SHARE, inked / 3)


def test_a_picture_that_still_changes_is_not_saved(ball: OpenBall) -> None:
    opened = ball("?operations=min")
    disk = opened.page.locator("#ball-disk")
    disk.get_by_role("button", name=texts.EXPORT_BUTTON, exact=True).click()
    menu = disk.get_by_role("group", name=WORDS["formats"])
    entry = menu.get_by_role("button", name=WORDS["as_svg"], exact=True)
    # In one task of the browser, so that no frame is between the move and the click.
    opened.page.evaluate(
        "([entry, centre]) => { document.querySelector('#ball-disk .disk').tvae.moveTo(centre); entry.click(); }",
        [entry.element_handle(), MIN],
    )
    expect(menu.get_by_role("status")).to_have_text(texts.table("DISK")["changing"])
    opened.at_rest(MIN)
