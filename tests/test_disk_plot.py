"""The disk's component: its script in one piece, and properties that always arrive."""

from tvae.page import disk_plot
from tvae.page.ui import components, texts


def test_the_script_has_its_parts_and_stays_under_the_bound() -> None:
    script = disk_plot._script()
    for part in ("function drawCloud", "function saveSvg", texts.DISK["origin"]):
        assert part in script
    assert "/* phrases */" not in script
    for name in ("disk.js", "disk_draw.js", "disk_hand.js"):
        assert components.asset(name).count("\n") <= 250


def test_moves_and_selections_are_never_the_same_twice() -> None:
    assert disk_plot.move_to(13) != disk_plot.move_to(13)
    assert disk_plot.show_selection([1]) != disk_plot.show_selection([1])
