"""Sequences of the visitor on the Codons tab: the form, their encoding as HTML, and as a file.

The browser holds the text and sends it with each call; it is not stored here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import gradio as gr
from markupsafe import Markup

from tvae.errors import TvaeError
from tvae.operations.codons import translated
from tvae.page.server import compute
from tvae.page.server.session_files import KEPT
from tvae.page.tabs.codons.map import sequence_map
from tvae.page.ui import texts
from tvae.page.ui.charts.small_charts import percent
from tvae.page.ui.components import asset
from tvae.page.ui.downloads import OWN, File, download, table_file, table_of_rows
from tvae.page.ui.html import chip, export_buttons, joined, number, quiet, row, scrolling, table, tag
from tvae.page.ui.links.share_link import MODEL
from tvae.page.ui.scripts.modules import mounted
from tvae.page.ui.scripts.sent import Sent, server_function, text_of
from tvae.sequences import documents
from tvae.sequences.fasta import LENGTH, MISSING, Alphabet, read_fasta, read_file, text_of as text_of_tokens, tokens
from tvae.sequences.loading import DEFAULT, ENTRIES, EXAMPLE, FASTA, RETIRED

MAX_TEXT: Final = 1_500_000  # bytes; a request may have 2 MB
SHOWN: Final = 100  # rows of the table

Document = dict[str, Any]


@dataclass(frozen=True)
class _Model:
    """An entry of the list of models."""

    name: str
    title: str
    note: str
    alphabet: Alphabet
    aligned: bool  # whether it was trained on an alignment, and reads gaps


def form(model: str = "") -> gr.HTML:
    """The section with the form, whose script calls `encode` and `export`; `model` is the name of the chosen model.

    The name is the parameter `MODEL` of the page's address. An uploaded model is in the list only if the address names
    it; an unknown name selects the default, and the section says why if a model of that name was bundled once.
    """
    models = {one.name: one for one in (*_uploaded(model), *_KNOWN)}
    chosen = models.get(model, models[DEFAULT])
    data = {
        "limit": MAX_TEXT,
        "notes": {name: one.note for name, one in models.items()},
        "examples": {name: _example(one.alphabet, one.aligned) for name, one in models.items()},
        "parameter": MODEL,
        "usual": DEFAULT,
        "words": texts.table("SEQUENCES_STATUS"),
        "files": texts.table("SAVE_STATUS"),
        "mapped": [name for name in models if name == DEFAULT or name.startswith(OWN)],
        "map": sequence_map.data(),
    }
    return gr.HTML(
        _form(list(models.values()), chosen, RETIRED.get(model, "")),
        js_on_load=mounted("tabs/codons/sequence_form.js", data),
        css_template=asset("scatter.css") + asset("sequence_map.css"),  # Gradio limits a style sheet to its component
        apply_default_css=False,
        elem_id="codons-sequences",
        server_functions=[encode, export, sequence_map.sequence_map, sequence_map.map_figure, sequence_map.export_map],
    )


_KNOWN: Final = tuple(
    _Model(entry.name, entry.title, entry.note, entry.alphabet, entry.name == DEFAULT) for entry in ENTRIES
)


def _uploaded(name: str) -> list[_Model]:
    """The uploaded model of that name, if there is one."""
    if not name.startswith(OWN):
        return []
    try:
        model = compute.load_sequence_model(name)[1]
        alphabet = model.config.alphabet
        title = compute.SESSION_FILES.find(name).title
    except TvaeError:
        return []
    return [
        _Model(
            name,
            title,
            texts.SEQUENCES_UPLOADED_MODEL.format(alphabet=texts.table("SEQUENCES_ALPHABETS")[alphabet], kept=KEPT),
            alphabet,
            documents.accepts_missing(model),
        )
    ]


def _form(models: Sequence[_Model], chosen: _Model, problem: str) -> Markup:
    options = (tag("option", one.title, value=one.name, selected="" if one is chosen else None) for one in models)
    files = ".fasta,.fa,.fna,.ffn,.faa,.txt"
    example = texts.SEQUENCES_EXAMPLE.format(name=EXAMPLE)
    text = tag(
        "textarea",
        id="sequence-text",
        rows=6,
        spellcheck="false",
        autocomplete="off",
        placeholder=f">{texts.SEQUENCES_NAME}\nATGGCTAAA...",
        aria_describedby="sequence-alert",
    )
    fields = [
        tag("label", texts.SEQUENCES_MODEL, for_="sequence-model"),
        tag("select", *options, id="sequence-model", aria_describedby="sequence-note"),
        tag("p", chosen.note, id="sequence-note", class_="quiet"),
        tag("label", texts.SEQUENCES_TEXT, for_="sequence-text"),
        text,
        tag(
            "p",
            tag("label", texts.SEQUENCES_FILE, for_="sequence-file"),
            tag("input", id="sequence-file", type="file", accept=files),
            class_="sequence-file",
        ),
        tag(
            "p",
            tag("button", texts.SEQUENCES_ENCODE, type="button", class_="primary", data_do="encode"),
            chip(example, data_do="example"),
            tag("span", class_="said", role="status"),
            class_="sequence-go",
        ),
    ]
    parts = [
        tag("h2", texts.SEQUENCES_TITLE),
        quiet(texts.SEQUENCES_LEAD.format(length=LENGTH)),
        tag("div", *fields, class_="sequence-form"),
        tag("p", problem, id="sequence-alert", class_="alert", role="alert"),
        tag("div", class_="sequence-results"),
        sequence_map.section(),
    ]
    return joined(parts)


@cache
def _example(alphabet: Alphabet, aligned: bool = False) -> str:
    """An example for a model: a species that the bundled model has not seen, as codons or as protein.

    Only a model that was trained on alignments reads the gaps of the codons.
    """
    record = next(record for record in read_file(FASTA) if record.id == EXAMPLE)
    if aligned:
        return _fasta(record.id, record.letters)
    found = tokens(record, "codons", missing=True)
    known = found[found != MISSING]
    return _fasta(record.id, text_of_tokens(known, "codons") if alphabet == "codons" else translated(known))


def _fasta(name: str, letters: str) -> str:
    lines = [letters[start : start + 60] for start in range(0, len(letters), 60)]
    return "\n".join([f">{name}", *lines, ""])


@server_function
def encode(asked: Sent) -> dict[str, Any]:
    """Sequences through a model: {html, said}, or {error}. `asked`: model, fasta."""
    document = _document(asked)
    total = document["total"]
    shares = {name: _percent(total[key]) for name, key in (("share", "token_accuracy"), ("share_100", _OVER_ALL))}
    alphabet = texts.table("SEQUENCES_ALPHABETS")[document["alphabet"]]
    said = texts.SEQUENCES_TOTAL.format(alphabet=alphabet, length=LENGTH, **total | shares)
    return {"html": results(document), "said": said}


@download
def export(asked: Sent) -> File:
    """The encoding as a file. `asked`: {model, fasta, kind (csv, json, parquet)}."""
    document = _document(asked)
    about = {key: document[key] for key in ("checkpoint", "sha256", "alphabet")}
    rows = [{key: value for key, value in row.items() if key != "windows"} for row in document["sequences"]]
    table = table_of_rows("sequences", about, rows)
    return table_file(table, text_of(asked, "kind"), "sequences")


def _percent(share: float | None) -> str:
    """A share, or a dash if the first tokens are all missing."""
    return "-" if share is None else percent(share)


_OVER_ALL: Final = "token_accuracy_100"


def _document(asked: Sent) -> Document:
    records = read_fasta(asked["fasta"])
    location, opened = compute.load_sequence_model(asked["model"])
    return documents.encoding(location, opened, records, documents.recorded_code(opened))


def results(document: Document) -> Markup:
    """The table of the encoded sequences, the first 100, and buttons that save all of them."""
    sequences = document["sequences"]
    rows = [
        row(
            number(one["length"], 0),
            one["used"],
            _percent(one["token_accuracy"]),
            _percent(one[_OVER_ALL]),
            one["note"],
            head=one["id"],
        )
        for one in sequences[:SHOWN]
    ]
    head = (name.format(length=LENGTH) for name in texts.row("SEQUENCES_COLUMNS"))
    more = texts.SEQUENCES_MORE.format(shown=SHOWN, sequences=len(sequences))
    parts = [
        *map(quiet, document["notes"]),
        scrolling(texts.SEQUENCES_TABLE, table(head, rows, kind="numbers encoded")),
        quiet(more) if len(sequences) > SHOWN else "",
        export_buttons("sequences", texts.SEQUENCES_EXPORT, document["checkpoint"]),
    ]
    return joined(parts)
