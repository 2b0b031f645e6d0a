"""The disk's component: what its script is given, and properties that always arrive."""

import json

import gradio as gr

from tvae.page.tabs.ball.disk import disk
from tvae.page.ui import texts


def test_the_script_is_given_every_word_and_colour() -> None:
    line = disk.disk_plot([], "disk").js_on_load
    assert line is not None
    data = json.loads(line[line.index("data: ") + len("data: ") : line.index("});", line.index("data: "))])
    assert data["words"].items() >= texts.table("DISK").items()
    assert {name: len(colours) for name, colours in data["palette"].items()} == {"levels": 10, "trits": 3}


def test_every_event_of_the_script_can_be_listened_to() -> None:
    with gr.Blocks():
        component = disk.disk_plot([], "disk")
        for event in ("pick", "clear", "recentre", "placed", "ready"):
            assert callable(getattr(component, event))


def test_moves_and_selections_are_never_the_same_twice() -> None:
    assert disk.move_to(13) != disk.move_to(13)
    assert disk.show_selection([1]) != disk.show_selection([1])
