"""Blocks that answer a wrong call with a sentence, and the configuration that is being built."""

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.blocks import BlocksConfig
from gradio.context import get_blocks_context


@dataclass(frozen=True)
class AnswersToCalls:
    """What `CheckedBlocks` adds to a call, and the sentences with which it answers a wrong one."""

    left_out: Callable[[str, int], Sequence[Any]]  # (endpoint, inputs sent) -> defaults of those missing at the end
    refusal: Callable[[str, int], str | None]  # the same -> an error, or None if the number of inputs is right
    sentence: Callable[[Exception], str | None]  # an error of this program -> its message; None for any other
    not_offered: str  # for a value that a component cannot have
    not_finite: str
    unexpected: str  # for any other error


def keep_no_unknown_choices() -> None:
    """Do not warn of a value that a dropdown does not offer.

    Why: the warning repeats the value, which may be long or open a visitor's checkpoint, in the log, and Python keeps
    each text of a warning for ever. Where: gradio/components/dropdown.py, Dropdown._warn_if_invalid_choice.
    """
    warnings.filterwarnings("ignore", module=r"gradio\.components\.dropdown")


class CheckedBlocks(gr.Blocks):
    """Blocks that answer a wrong call with a sentence.

    Why: Gradio has defaults only for named inputs, so that a new input would break the calls of existing scripts; with
    too few inputs its error is about the page's own scripts, and surplus inputs are ignored. It sends the text of any
    exception to the caller, and writes a traceback to the log even if the caller sent what no page sends.
    Where: gradio/blocks.py, Blocks.validate_inputs, on the list that is used then, preprocess_data and call_function,
    which run for every kind of call.
    """

    def __init__(self, answers: AnswersToCalls, **options: Any) -> None:
        self.answers = answers
        super().__init__(**options)

    def validate_inputs(self, block_fn: Any, inputs: list[Any]) -> None:
        """Add what is left out and count, then Gradio's own check. Raises Refused, or gr.Error."""
        if block_fn.fn is None:  # an event of the browser alone
            raise Refused(self.answers.not_offered)
        if block_fn.api_visibility == "public":
            inputs += self.answers.left_out(block_fn.api_name, len(inputs))
            if (sentence := self.answers.refusal(block_fn.api_name, len(inputs))) is not None:
                raise Refused(sentence)
        elif any(isinstance(value, float) and not math.isfinite(value) for value in inputs):
            raise Refused(self.answers.not_finite)
        super().validate_inputs(block_fn, inputs)

    async def preprocess_data(self, *call: Any, **more: Any) -> Any:
        """Gradio's own, where whatever a component cannot read is the caller's mistake. Raises Refused."""
        try:
            return await super().preprocess_data(*call, **more)
        except Refused:
            raise
        except Exception as error:
            raise Refused(self.answers.not_offered) from error

    async def call_function(self, *call: Any, **more: Any) -> Any:
        """Gradio's own, with a sentence for every error; one that is not expected goes to the log as well."""
        try:
            return await super().call_function(*call, **more)
        except gr.Error:
            raise
        except Exception as error:
            if (sentence := self.answers.sentence(error)) is not None:
                raise Refused(sentence) from error
            raise gr.Error(self.answers.unexpected) from error


class Refused(gr.Error):
    """A sentence for the caller; the log does not need it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, print_exception=False)


def config_being_built() -> BlocksConfig:
    """Configuration of the Blocks or the tab that is being built. Where: gradio/context.py."""
    config = get_blocks_context()
    if config is None:
        raise RuntimeError("tabs and endpoints are added while Blocks are being built")
    return config
