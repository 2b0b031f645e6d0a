"""Blocks with one endpoint, a button, and an event that fails."""

import gradio as gr
import pytest

from tvae.page.gradio_internals.blocks import AnswersToCalls, CheckedBlocks
from tvae.page.gradio_internals.endpoints import describe_last_endpoint


def fail(choice: str) -> None:
    raise {"A": ZeroDivisionError("a sentence"), "B": KeyError("a secret")}[choice]


@pytest.fixture
def demo() -> gr.Blocks:
    """One endpoint, whose inputs are counted, a button, and an event that fails."""

    def add(first: int, second: int = 2) -> int:
        return first + second

    def refusal(name: str, count: int) -> str | None:
        return f"/{name} got {count}" if name == "add" and count != 2 else None

    def left_out(name: str, count: int) -> list[int]:
        return [2] if (name, count) == ("add", 1) else []

    def sentence(error: Exception) -> str | None:
        return str(error) if isinstance(error, ArithmeticError) else None

    with CheckedBlocks(
        AnswersToCalls(left_out, refusal, sentence, "not offered", "not finite", "unexpected")
    ) as blocks:
        gr.Button("go").click(lambda: None)
        gr.api(add)
        describe_last_endpoint(["one number", "another"], "their sum")
        gr.Radio(["A", "B"]).input(fail, choice := gr.Radio(["A", "B"]), choice, api_visibility="private")
    return blocks
