"""A tab has the same numbers in every session, which builds it once and waits for no other."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import gradio as gr
import pytest
from gradio.context import Context

from tvae.page.gradio_internals.sessions import Session
from tvae.page.gradio_internals.tabs import COMPONENTS_OF_A_TAB, EVENTS_OF_A_TAB, render_tab


def test_each_tab_has_event_numbers_of_its_own() -> None:
    def build() -> None:
        gr.Button("go").click(lambda: None)

    with gr.Blocks() as blocks:
        opened = gr.Button()
        for _ in range(2):
            render_tab(build, [], opened.click)
    numbers: list[tuple[set[int], set[int]]] = []
    for order in ((1, 2), (2, 1)):
        session = Session(blocks)
        for place in order:
            session.build_tab(place)
        config = session.blocks_config
        numbers.append((set(config.fns) - set(blocks.fns), set(config.blocks) - set(blocks.blocks)))
    assert numbers[0] == numbers[1]
    events, components = numbers[0]
    assert {number // EVENTS_OF_A_TAB for number in events} == {1, 2}
    assert {number // COMPONENTS_OF_A_TAB for number in components} == {1, 2}
    assert max(blocks.blocks) < COMPONENTS_OF_A_TAB
    with pytest.raises(RuntimeError, match="while Blocks are being built"):
        render_tab(build, [], opened.click)


def test_a_session_does_not_wait_for_a_tab_of_another() -> None:
    begun, go_on = Event(), Event()

    def build() -> None:
        gr.Button("first")
        if not begun.is_set():
            begun.set()
            assert go_on.wait(60)
        gr.Button("second").click(lambda: None)

    with gr.Blocks() as blocks:
        render_tab(build, [], gr.Button().click)
    slow, fast = (Session(blocks) for _ in range(2))
    with ThreadPoolExecutor(1) as aside:
        waiting = aside.submit(slow.build_tab, 1)
        assert begun.wait(60)
        before = Context.id
        fast.build_tab(1)
        assert Context.id == before  # the numbers of the page itself go on
        go_on.set()
        waiting.result()
    one, other = (
        {number: type(block) for number, block in session.blocks_config.blocks.items()} for session in (slow, fast)
    )
    assert one == other
    assert set(slow.blocks_config.fns) == set(fast.blocks_config.fns)


def test_invented_numbers_build_a_tab_once_a_session() -> None:
    built: list[int] = []

    def build() -> None:
        built.append(1)
        gr.Button().click(lambda: None)

    with gr.Blocks() as blocks:
        render_tab(build, [], gr.Button().click)
    session = Session(blocks)
    for number in range(10**6 + 100, 10**6 + 120):
        assert number not in session
    for number in range(1_100, 1_120):
        with pytest.raises(KeyError):
            session.blocks_config.fns[number]
    assert built == [1]
    assert any(number // 1_000 == 1 for number in session.blocks_config.fns)


def test_a_tab_that_is_built_again_has_the_same_events() -> None:
    with gr.Blocks() as blocks:
        render_tab(lambda: gr.Button().click(lambda: None) and None, [], gr.Button().click)
    session, other = (Session(blocks) for _ in range(2))
    for one in (session, other, other):  # which count together in Gradio
        one.build_tab(1)
    numbers = set(session.blocks_config.fns)
    for number in [one for one in session.blocks_config.blocks if one >= 10**6]:
        del session.blocks_config.blocks[number]  # as if the answer had not arrived
    session.build_tab(1)
    assert set(session.blocks_config.fns) == numbers


def test_an_event_or_a_component_that_no_tab_has_is_missing() -> None:
    with gr.Blocks() as blocks:
        render_tab(lambda: None, [], gr.Button().click)
    session = Session(blocks)
    for number in (7, 1_001, 9_999, "text", None):
        with pytest.raises(KeyError):
            session.blocks_config.fns[number]  # type: ignore[index]
    for number in (10**6 + 5, 10**9):
        assert number not in session
