"""The plot on a touch screen: a swipe scrolls the page, a tap picks, hold and drag selects, two fingers zoom."""

import pytest
from scatter_data import HANDLE, members
from scatter_fixtures import Scatter

pytestmark = pytest.mark.browser

Finger = tuple[float, float]


class Touch:
    """Fingers on the screen."""

    def __init__(self, phone: Scatter) -> None:
        self.session = phone.page.context.new_cdp_session(phone.page)

    def send(self, kind: str, *fingers: Finger) -> None:
        points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(fingers)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def drag(self, *frames: list[Finger]) -> None:
        """Put fingers down at the first frame, move them through the others and lift them."""
        self.send("touchStart", *frames[0])
        for frame in frames[1:]:
            self.send("touchMove", *frame)
        self.send("touchEnd")


# Whether the upper canvas shows something: a box is there as soon as a finger was held still.
BOX = """() => {
    const canvas = document.querySelectorAll('.scatter canvas')[1];
    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.some((part) => part > 0);
}"""


def test_the_plot_and_its_tools_fit(scatter_phone: Scatter) -> None:
    page = scatter_phone.page
    for part in (".scatter", "[data-export-menu]"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 375
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    assert all(0 < scatter_phone.screen(i)[0] < 375 for i in [0, 1, 6561])


def test_a_tap_picks_and_describes(scatter_phone: Scatter) -> None:
    scatter_phone.page.touchscreen.tap(*scatter_phone.screen(6561))
    assert scatter_phone.events() == [("pick", {"ids": [6561], "add": False})]
    assert "operation 6561" in scatter_phone.page.locator(".point-tip").inner_text()


def test_a_swipe_over_the_plot_scrolls_the_page(scatter_phone: Scatter) -> None:
    page = scatter_phone.page
    page.evaluate("scrollTo(0, 0)")
    x, y = scatter_phone.screen(1)
    before = scatter_phone.get("view")
    Touch(scatter_phone).drag([(x, y)], *([(x, y - 20 * k)] for k in range(1, 11)))
    page.wait_for_function("scrollY > 50")
    assert scatter_phone.get("view") == before
    assert scatter_phone.get("selected") == []
    assert scatter_phone.server.events == []
    assert not page.evaluate(BOX)


def test_hold_and_drag_selects_in_a_box(scatter_phone: Scatter) -> None:
    page, touch = scatter_phone.page, Touch(scatter_phone)
    left, top, right, bottom = scatter_phone.around(7)
    scrolled = page.evaluate("scrollY")
    touch.send("touchStart", (left, top))
    page.wait_for_function(BOX)
    for share in (0.3, 0.6, 1):
        touch.send("touchMove", (left + share * (right - left), top + share * (bottom - top)))
    touch.send("touchEnd")
    assert scatter_phone.events() == [("lasso", {"ids": members(7), "add": False})]
    assert page.evaluate("scrollY") == scrolled


@pytest.mark.parametrize("upright", [False, True])
def test_two_fingers_zoom_along_the_radius_and_select_nothing(scatter_phone: Scatter, upright: bool) -> None:
    x, y = scatter_phone.screen(6561)
    scrolled = scatter_phone.page.evaluate("scrollY")
    before = scatter_phone.get("view")

    def fingers(apart: float) -> list[Finger]:
        across, along = (0, apart / 2) if upright else (apart / 2, 0)
        return [(x - 90 - across, y - along), (x - 90 + across, y + along)]

    Touch(scatter_phone).drag(*map(fingers, (60, 120, 180)))
    scatter_phone.page.wait_for_function(f"{HANDLE}.view[3] - {HANDLE}.view[2] < {0.4 * (before[3] - before[2])}")
    after = scatter_phone.get("view")
    assert after[:2] == before[:2]
    assert (after[3] - after[2]) / (before[3] - before[2]) == pytest.approx(1 / 3, rel=0.05)
    assert scatter_phone.server.events == []
    assert scatter_phone.get("selected") == []
    assert scatter_phone.page.evaluate("scrollY") == scrolled
