"""Endpoints are described, and wrong calls are answered with a sentence."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import gradio as gr
import pytest

from tvae.page.gradio_internals.blocks import CheckedBlocks


def test_words_reach_the_description_of_an_endpoint(demo: gr.Blocks) -> None:
    described = demo.get_api_info()["named_endpoints"]["/add"]  # type: ignore[index]
    assert [one["type"]["description"] for one in described["parameters"]] == ["one number", "another"]
    assert [one["type"]["description"] for one in described["returns"]] == ["their sum"]


def test_public_endpoints_are_checked_and_events_are_not(demo: gr.Blocks) -> None:
    click, add, event = demo.fns.values()
    assert isinstance(demo, CheckedBlocks)
    demo.validate_inputs(click, [])
    demo.validate_inputs(add, [1, 2])
    demo.validate_inputs(add, inputs := [1])
    assert inputs == [1, 2]
    with pytest.raises(gr.Error, match="/add got 3"):
        demo.validate_inputs(add, [1, 2, 3])
    with pytest.raises(gr.Error, match="not finite"):
        demo.validate_inputs(event, [float("nan")])


@pytest.mark.parametrize(
    ("value", "message", "logged"),
    [("A", "a sentence", False), ("B", "unexpected", True), ("C", "not offered", False), (None, "unexpected", True)],
)
def test_every_error_of_an_event_is_a_sentence(demo: gr.Blocks, value: str | None, message: str, logged: bool) -> None:
    *_, failing = demo.fns.values()
    with pytest.raises(gr.Error) as caught, ThreadPoolExecutor(1) as apart:  # Playwright may have a loop in this thread
        apart.submit(asyncio.run, demo.process_api(failing, [value])).result()
    assert (caught.value.message, caught.value.print_exception) == (message, logged)
