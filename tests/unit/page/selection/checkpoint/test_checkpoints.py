"""A name that no dropdown offers is not chosen, and HTML about a checkpoint says which one it is."""

import warnings
from xml.etree import ElementTree

import gradio as gr
import pytest
from markupsafe import Markup

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.errors import CheckpointError
from tvae.page.gradio_internals.blocks import keep_no_unknown_choices
from tvae.page.selection.checkpoint.checkpoints import chosen, figures_of, request_checkpoint
from tvae.page.server import compute
from tvae.page.server.session_files import SessionFiles
from tvae.page.uploads.receive import store_upload
from tvae.sequences import loading


def test_a_name_of_the_catalogue_is_chosen() -> None:
    update = chosen("tree", "someone")
    assert update["value"] == "tree" in [name for _, name in update["choices"]]


@pytest.mark.parametrize("name", ["", "nobody", "<i>" + "D" * 10_000])
def test_a_name_that_no_dropdown_offers_is_refused(name: str) -> None:
    with pytest.raises(CheckpointError, match="Choose one of these") as refused:
        request_checkpoint(name, "someone")
    assert len(str(refused.value)) < 2_000


def test_so_is_a_visitors_own_model_of_sequences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compute, "SESSION_FILES", SessionFiles())
    data = (loading.DIRECTORY / "codons_brca1.safetensors").read_bytes()
    stored = store_upload("mine.safetensors", data, "someone")
    with pytest.raises(CheckpointError, match="found a codon or amino-acid encoder") as refused:
        chosen(stored.name, "someone")
    assert stored.name not in str(refused.value)


def test_no_dropdown_repeats_a_value_that_it_does_not_offer() -> None:
    dropdown = gr.Dropdown(["a"])
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        dropdown.postprocess("mine/key")
        assert "mine/key" in str(said[0].message)
        keep_no_unknown_choices()
        dropdown.postprocess("mine/another")
    assert len(said) == 1


def test_it_has_the_name_the_digest_and_the_title(rich: EvaluatedCheckpoint) -> None:
    root = ElementTree.fromstring(figures_of(Markup("<figure>a</figure>"), rich))
    assert root.get("class") == "figures-of"
    assert root.get("data-of") == root.get("data-titled") == rich.location.name
    assert root.get("data-digest") == rich.checkpoint.sha256[:12]
    assert [child.tag for child in root] == ["figure"]


def test_what_is_inside_and_is_text_is_escaped(rich: EvaluatedCheckpoint) -> None:
    assert "<b>" not in figures_of("<b>", rich)  # type: ignore[arg-type]
