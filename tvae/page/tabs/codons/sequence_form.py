"""A visitor's own sequences, on the Codons tab: the form, what a model makes of them as HTML, and as a file.

The browser holds the text; it is sent with each call, and nothing of it is kept here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any, Final

import gradio as gr

from tvae.errors import TvaeError
from tvae.operations.codons import translated
from tvae.page.server import compute
from tvae.page.server.session_files import PREFIX
from tvae.page.ui import texts
from tvae.page.ui.charts.small_charts import percent
from tvae.page.ui.downloads import Asked, File, download, table_file, table_of_rows
from tvae.page.ui.html import as_files, number, scrolling
from tvae.page.ui.scripts import mounted
from tvae.page.ui.share_link import MODEL
from tvae.sequences import documents
from tvae.sequences.fasta import (
    LENGTH,
    Alphabet,
    read_fasta,
    read_file,
    tokens,
)
from tvae.sequences.loading import DEFAULT, ENTRIES, FASTA

MAX_TEXT: Final = 1_500_000  # bytes; a request of the page holds 2 MB
SHOWN: Final = 100  # rows of the table

Document = dict[str, Any]


@dataclass(frozen=True)
class _Model:
    """A line of the list of models."""

    name: str
    title: str
    note: str
    alphabet: Alphabet


def form(model: str = "") -> gr.HTML:
    """The section with a model chosen, where there is one of that name; it asks `encode` and `export`, has no events.

    The choice is in the page's address as `MODEL`; one of a visit is in the list if the address names it.
    """
    models = {one.name: one for one in (*_own(model), *_KNOWN)}
    chosen = models.get(model, models[DEFAULT])
    data = {
        "limit": MAX_TEXT,
        "notes": {name: one.note for name, one in models.items()},
        "examples": {name: _example(one.alphabet) for name, one in models.items()},
        "parameter": MODEL,
        "usual": DEFAULT,
        "words": texts.table("SEQUENCES_STATUS"),
        "files": texts.table("SAVE_STATUS"),
    }
    return gr.HTML(
        _form(list(models.values()), chosen),
        js_on_load=mounted("tabs/codons/sequence_form.js", data),
        apply_default_css=False,
        elem_id="codons-own",
        server_functions=[encode, export],
    )


_KNOWN: Final = tuple(_Model(entry.name, entry.title, entry.note, entry.alphabet) for entry in ENTRIES)


def _own(name: str) -> list[_Model]:
    """A visitor's own model; nothing where there is none of that name."""
    if not name.startswith(PREFIX):
        return []
    try:
        alphabet = compute.load_sequence_model(name)[1].config.alphabet
        title = compute.SESSION_FILES.find(name).title
    except TvaeError:
        return []
    return [
        _Model(
            name,
            title,
            texts.SEQUENCES_UPLOADED_MODEL.format(alphabet=texts.table("SEQUENCES_ALPHABETS")[alphabet]),
            alphabet,
        )
    ]


def _form(models: Sequence[_Model], chosen: _Model) -> str:
    options = "".join(
        f'<option value="{escape(one.name)}"{" selected" * (one is chosen)}>{escape(one.title)}</option>'
        for one in models
    )
    hint = f">{texts.SEQUENCES_NAME}\nATGGCTAAA..."
    example = texts.SEQUENCES_EXAMPLE.format(name=read_file(FASTA)[0].id)
    return (
        f"<h2>{texts.SEQUENCES_TITLE}</h2><p class='quiet'>{texts.SEQUENCES_LEAD.format(length=LENGTH)}</p>"
        '<div class="sequence-form">'
        f'<label for="sequence-model">{texts.SEQUENCES_MODEL}</label><select id="sequence-model" '
        f'aria-describedby="sequence-note">{options}</select><p id="sequence-note" class="quiet">'
        f"{escape(chosen.note)}</p>"
        f'<label for="sequence-text">{texts.SEQUENCES_TEXT}</label><textarea id="sequence-text" rows="6" '
        f'spellcheck="false" autocomplete="off" placeholder="{escape(hint)}" '
        'aria-describedby="sequence-alert"></textarea>'
        f'<p class="sequence-file"><label for="sequence-file">{texts.SEQUENCES_FILE}</label>'
        '<input id="sequence-file" type="file" accept=".fasta,.fa,.fna,.ffn,.faa,.txt"></p>'
        f'<p class="sequence-go"><button type="button" class="primary" data-do="encode">{texts.SEQUENCES_ENCODE}'
        f'</button><button type="button" class="chip" data-do="example">{escape(example)}</button>'
        '<span class="said" role="status"></span></p></div>'
        '<p id="sequence-alert" class="alert" role="alert"></p><div class="sequence-results"></div>'
    )


@cache
def _example(alphabet: Alphabet) -> str:
    """The first gene that the bundled model was trained on, for models of codons; its protein for the others."""
    record = read_file(FASTA)[0]
    codons = alphabet == "codons"
    return _fasta(record.id, record.letters if codons else translated(tokens(record, "codons")).rstrip("*"))


def _fasta(name: str, letters: str) -> str:
    lines = [letters[start : start + 60] for start in range(0, len(letters), 60)]
    return "\n".join([f">{name}", *lines, ""])


def encode(asked: dict[str, str]) -> dict[str, str]:
    """Sequences through a model: {html, said}, or {error}. `asked`: model, fasta."""
    try:
        document = _document(asked)
    except TvaeError as error:
        return {"error": str(error)}
    total = document["total"]
    shares = {name: percent(total[key]) for name, key in (("share", "token_accuracy"), ("share_100", _OVER_ALL))}
    alphabet = texts.table("SEQUENCES_ALPHABETS")[document["alphabet"]]
    said = texts.SEQUENCES_TOTAL.format(alphabet=alphabet, length=LENGTH, **total | shares)
    return {"html": results(document), "said": said}


@download
def export(asked: Asked) -> File:
    """The same as a file. `asked`: {model, fasta, kind (csv, json, parquet)}."""
    document = _document(asked)
    about = {key: document[key] for key in ("checkpoint", "sha256", "alphabet")}
    table = table_of_rows("sequences", about, document["sequences"])
    return table_file(table, asked["kind"], document["checkpoint"], "sequences")


_OVER_ALL: Final = "token_accuracy_100"


def _document(asked: dict[str, str]) -> Document:
    records = read_fasta(asked["fasta"])
    return documents.encoding(*compute.load_sequence_model(asked["model"]), records)


def results(document: Document) -> str:
    """The table of the encoded sequences, the first 100, and buttons that save all of them."""
    head = "".join(
        f'<th scope="col">{escape(name.format(length=LENGTH))}</th>' for name in texts.row("SEQUENCES_COLUMNS")
    )
    rows = document["sequences"]
    body = "".join(
        f'<tr><th scope="row">{escape(row["id"])}</th><td>{number(row["length"], 0)}</td><td>{row["used"]}</td>'
        f"<td>{percent(row['token_accuracy'])}</td><td>{percent(row[_OVER_ALL])}</td><td>{escape(row['note'])}</td></tr>"
        for row in rows[:SHOWN]
    )
    more = texts.SEQUENCES_MORE.format(shown=SHOWN, sequences=len(rows)) if len(rows) > SHOWN else ""
    table = f'<table class="numbers encoded"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return (
        scrolling(texts.SEQUENCES_TABLE, table)
        + (f'<p class="quiet">{more}</p>' if more else "")
        + as_files("sequences", texts.SEQUENCES_EXPORT, document["checkpoint"])
    )
