"""Strategies for hypothesis, and what must hold: any file, and any metadata in a file that loads.

A function here raises only what is a fault. `tests/fuzz.py` runs them for long, the suite for a moment.
"""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.torch
import torch
from archives import archive_of, records_of, saved
from hypothesis import strategies as st
from layouts import BY_NAME, file_of, state_of
from recorded import with_metadata

from tvae.analysis import evaluation
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.tree_measures import tree_measures
from tvae.analysis.tree_measures.tree_measures import BothEncoders
from tvae.checkpoints import checkpoint_file, loading
from tvae.errors import CheckpointFileError
from tvae.page.selection.checkpoint.badge import badge
from tvae.page.tabs.coverage import sentences
from tvae.page.tabs.explore import checkpoint_html
from tvae.page.tabs.explore.training_record import trained
from tvae.reports import checkpoints
from tvae.reports.publishing.model_card import card
from tvae.sequences import checkpoint_file as sequence_files

PATH = Path("best.pt")


@cache
def _bases() -> dict[str, bytes]:
    """Valid files of each form, by name."""
    weights = state_of(BY_NAME["v5_12_1"])
    whole = file_of(BY_NAME["v5_12_1"], weights)
    numbers = {name: np.array([1], name)[0] for name in ("f8", "f4", "f2", "i1", "i4", "u8", "b1")}
    small = {
        "state_dict": {"module.w": torch.zeros(3, dtype=torch.float16)},
        "metrics": numbers,
        "list": [1, (2.5, "x")],
    }
    texts = {"config": json.dumps({"max_radius": 0.95}), "metadata": json.dumps({"recipe": "tree", "seed": 1})}
    return {
        "published": saved(whole),
        "published, protocol 5": saved(whole, 5),
        "small": saved(small),
        "small, protocol 4": saved(small, 4),
        "safetensors": safetensors.torch.save(weights, texts),
    }


@cache
def _sections() -> dict[str, tuple[str, bytes]]:
    """What is mutated: a whole file, or the part that readers interpret. Name -> (base, bytes)."""
    bases = _bases()
    sections = {name: (name, data) for name, data in bases.items()}
    for name, data in bases.items():
        if name == "safetensors":
            sections["header"] = (name, data[8 : 8 + int.from_bytes(data[:8], "little")])
        else:
            sections[f"{name}: pickle"] = (name, records_of(data)["data.pkl"])
    return sections


def _whole(section: str, part: bytes) -> bytes:
    """A file with this part in place of its own, and with the checksums and lengths that belong to it."""
    base, own = _sections()[section]
    data = _bases()[base]
    if section == base:
        return part
    if section == "header":
        return len(part).to_bytes(8, "little") + part + data[8 + len(own) :]
    return archive_of({**records_of(data), "data.pkl": part})


@st.composite
def _mutated(draw: st.DrawFn) -> bytes:
    """A valid file after a few edits: bytes replaced, removed, inserted, or copied from elsewhere."""
    section = draw(st.sampled_from(sorted(_sections())))
    part = bytearray(_sections()[section][1])
    for _ in range(draw(st.integers(1, 6))):
        at, width = draw(st.integers(0, len(part))), draw(st.integers(0, 8))
        new = draw(st.binary(max_size=8) | st.sampled_from(_WORDS))
        if draw(st.booleans()):
            start = draw(st.integers(0, len(part)))
            new = bytes(part[start : start + draw(st.integers(0, 200))])
        part[at : at + width] = new
    return _whole(section, bytes(part))


_WORDS = (
    *(b"\x80\x05", b"\x95", b"\x94", b"\x8c\x02os", b"\x93", b"cos\nsystem\n", b"h\x00", b"j\xff\xff\xff\x7f"),
    *(b"R", b"b", b"Q", b"}", b"(", b"\xff" * 8, b"PK\x03\x04", b"{"),
    *(b"NaN", b"1e999", b'"\\ud800"', b"[" * 50, b"-1", b'"shape":[9]'),
)
FILES = st.binary(max_size=200) | _mutated()


def read_any_file(data: bytes) -> None:
    """A file is read, or refused with a sentence that can be shown."""
    for read in (checkpoint_file.parse, sequence_files.parse):
        found = _read_or_refused(read, data)
        if isinstance(found, str):
            assert found.isprintable()
            assert len(found) < 1_000
        else:
            json.dumps([found.metadata, found.notes], ensure_ascii=False, allow_nan=False).encode()
            assert all(bool(torch.isfinite(tensor).all()) for tensor in found.weights.values())


def _read_or_refused(read: Callable[[Path, bytes], Any], data: bytes) -> Any:
    """A checkpoint, or the sentence that refuses the file."""
    try:
        return read(PATH, data)
    except CheckpointFileError as error:
        return str(error)


_LETTERS = st.text(st.characters(codec=None) | st.characters(categories=["Cs", "Cc", "Zl"]), max_size=20)
_NUMBERS = (
    st.integers() | st.floats() | st.sampled_from([10**400, -(10**20), 2**63, 1e308, 5e-324, -0.0, 10**9, 10**17])
)
_SCALARS = st.none() | st.booleans() | _NUMBERS | _LETTERS
_ANY = st.recursive(_SCALARS, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(_LETTERS, inner, max_size=4))
_METRICS = ("coverage", "coverage_b", "hierarchy_a", "overlaps_a", "richness_a", "richness_b", "q_a")


def _near(names: tuple[str, ...], values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Dicts with some of these keys, and perhaps one more."""
    known = st.fixed_dictionaries({}, optional=dict.fromkeys(names, values))
    return st.builds(lambda one, other: {**one, **other}, known, st.dictionaries(_LETTERS, _ANY, max_size=1))


@st.composite
def _histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows with steps that mostly rise."""
    steps = draw(st.lists(st.integers(0, 50) | _NUMBERS, max_size=8))
    rows = draw(st.lists(_near(_METRICS, _NUMBERS | st.none()), min_size=len(steps), max_size=len(steps)))
    with_steps = zip(
        sorted(steps) if draw(st.booleans()) and not any(s != s for s in steps) else steps, rows, strict=True
    )
    return [{**row, "step": step} for step, row in with_steps]


METADATA = st.builds(
    lambda known, other: {**known, **other},
    st.fixed_dictionaries(
        {},
        optional={
            "recipe": st.sampled_from(["tree", "v5_11_homeostasis", "gone"]) | _ANY,
            "seed": _NUMBERS | _ANY,
            "steps": st.integers(1, 5_000) | _NUMBERS | _ANY,
            "stopped_after": _NUMBERS,
            "learning_rate": st.floats(1e-6, 1) | _NUMBERS,
            "emphasis": _near(("order", "smoothness", "reconstruction"), st.floats(0, 10) | _ANY) | _ANY,
            "events": st.lists(_near(("step", "part", "action", "reason"), _ANY), max_size=4) | _ANY,
            "history": _histories() | _ANY,
            "metrics": _near((*_METRICS, "radial_corr_A", "r_v0"), _SCALARS) | _ANY,
            "config": _near(("max_radius", "curvature", "decoder_input", "model"), _ANY) | _ANY,
            "version": _LETTERS | st.sampled_from(["5.12.1", "v5_11"]) | _ANY,
        },
    ),
    st.dictionaries(_LETTERS, _ANY, max_size=3),
)


@cache
def _evaluated() -> EvaluatedCheckpoint:
    location = loading.locate("tree")
    return evaluation.measure(location, loading.open_located(location), tree=False)


@cache
def _measures() -> BothEncoders:
    return tree_measures.evaluate(_evaluated().embedding)


def read_metadata(metadata: dict[str, Any]) -> None:
    """Metadata are read or refused, and everything that shows them gives text that can be sent."""
    try:
        evaluated = with_metadata(_evaluated(), metadata)
    except CheckpointFileError as error:
        str(error).encode()
        return
    document = checkpoints.metrics(evaluated, _measures())
    plan = sentences.recipe_of(evaluated)
    shown = [
        json.dumps(document, ensure_ascii=False, allow_nan=False),
        json.dumps(evaluated.checkpoint.metadata, ensure_ascii=False, allow_nan=False),
        checkpoints.metrics_table(document),
        card(evaluated, _measures(), "someone/model", "model.safetensors"),
        badge(evaluated),
        trained(evaluated),
        checkpoint_html.comparison(evaluated),
        str(sentences.taught(evaluated, plan)),
    ]
    assert all(text.encode() for text in shown)
    assert sum(map(len, shown)) < 1_000_000
