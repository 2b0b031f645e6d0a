"""Answers by name: what a handler returns or yields fills the components that its fields name, and no others."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import gradio as gr
import pytest

from tvae.page.ui.components import SKIP, answering, by_component


@dataclass(frozen=True)
class Answer:
    text: str = SKIP
    count: int | None = SKIP


@pytest.fixture
def components() -> dict[str, Any]:
    return {"other": gr.Textbox(), "count": gr.Number(), "text": gr.Textbox()}


def test_a_field_that_is_skipped_fills_nothing(components: dict[str, Any]) -> None:
    assert by_component(Answer("a"), components) == {components["text"]: "a"}
    assert by_component(Answer(count=None), components) == {components["count"]: None}
    assert by_component(Answer(), components) == gr.skip()


def test_the_outputs_are_the_fields(components: dict[str, Any]) -> None:
    def handler(text: str) -> Answer:
        """Its docstring."""
        return Answer(text, len(text))

    event = answering(handler, Answer, components)
    assert event["outputs"] == [components["text"], components["count"]]
    assert event["fn"]("abc") == {components["text"]: "abc", components["count"]: 3}
    assert event["fn"].__doc__ == "Its docstring."


def test_a_generator_stays_one(components: dict[str, Any]) -> None:
    def handler(text: str) -> Iterator[Answer]:
        yield Answer(text)
        yield Answer(count=1)

    stream = answering(handler, Answer, components)["fn"]
    assert list(stream("a")) == [{components["text"]: "a"}, {components["count"]: 1}]


def test_an_asynchronous_handler_ends_with_its_event(components: dict[str, Any]) -> None:
    """A visitor who leaves ends the handler's run at once."""
    ended = []

    async def handler(text: str) -> AsyncIterator[Answer]:
        try:
            while True:
                yield Answer(text)
        finally:
            ended.append(text)

    async def visit() -> Any:
        stream = answering(handler, Answer, components)["fn"]("a")
        first = await anext(stream)
        await stream.aclose()
        return first

    with ThreadPoolExecutor(1) as aside:  # another test's Playwright may have an event loop running in this thread
        assert aside.submit(asyncio.run, visit()).result() == {components["text"]: "a"}
    assert ended == ["a"]
