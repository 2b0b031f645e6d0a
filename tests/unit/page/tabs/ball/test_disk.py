"""The disk's component: its script in one piece, and properties that always arrive."""

from tvae.page.tabs.ball import disk
from tvae.page.ui import components, texts


def test_the_script_has_its_parts_and_stays_under_the_bound() -> None:
    script = disk._script()
    for part in ("function drawCloud", "function saveSvg", texts.table("DISK")["origin"]):
        assert part in script
    assert "/* phrases */" not in script
    for name in ("disk.js", "disk_draw.js", "disk_interaction.js"):
        assert components.asset(name).count("\n") <= 250


def test_moves_and_selections_are_never_the_same_twice() -> None:
    assert disk.move_to(13) != disk.move_to(13)
    assert disk.show_selection([1]) != disk.show_selection([1])
