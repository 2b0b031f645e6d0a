"""From FASTA to a checkpoint file, stopped and continued."""

import csv
import json
import re
import signal
import threading
from pathlib import Path
from typing import Any

import pytest
import torch
from Bio import SeqIO
from Bio.Seq import Seq
from paths import DATA

from tvae.errors import (
    CheckpointFileError,
    RecipeError,
    SequenceError,
    StorageError,
    TrainingError,
    TrainingInterrupted as Interrupted,
    TvaeError,
)
from tvae.sequences.checkpoint_file import build, read
from tvae.sequences.encoding import encode_sequences
from tvae.sequences.fasta import read_file
from tvae.sequences.loading import FASTA as BRCA1, SPECIES, TREE, locate_any, open_located
from tvae.sequences.map import reference
from tvae.sequences.training import loop
from tvae.sequences.training.data import Data, SequencePlan, plan_values, prepared
from tvae.sequences.training.loop import adjusted, start
from tvae.sequences.training.run_state import load_state, save_state
from tvae.sequences.training.train_to_file import summary, train_to_file
from tvae.sequences.trees.comparison import comparison
from tvae.sequences.trees.newick import read_tree

pytestmark = pytest.mark.usefixtures("one_thread")
FASTA = DATA / "arabidopsis_chloroplast_cds.fasta"  # 85 genes of different lengths, not aligned


def train(output: Path, name: str = "codons", fasta: Path = FASTA, **changes: Any) -> dict[str, Any]:
    return train_to_file(name, fasta, output=output, **{"epochs": 5, "show": False, **changes})


@pytest.fixture
def proteins(tmp_path: Path) -> Path:
    """The same genes, translated by Biopython; chloroplasts read table 11."""
    path = tmp_path / "proteins.fasta"
    rows = (f">{one.id}\n{one.seq.translate(table=11)}\n" for one in SeqIO.parse(FASTA, "fasta"))
    path.write_text("".join(rows))
    return path


@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
def test_the_file_is_what_the_row_says_and_reads_back(suffix: str, tmp_path: Path) -> None:
    row = train(tmp_path / f"a{suffix}", seed=2)
    assert json.loads(json.dumps(row, allow_nan=False)) == row
    found = read(tmp_path / f"a{suffix}")
    assert found.sha256 == row["sha256"]
    assert (found.metadata["seed"], found.metadata["steps"], row["steps"]) == (2, 20, 20)
    assert found.metadata["metrics"] == row["metrics"]
    assert (row["sequences"], row["different"]) == (85, 78)
    assert row["fasta"] == FASTA.name
    assert str(FASTA.parent) not in json.dumps(row)  # no path of this machine, in the file neither
    assert str(FASTA.parent).encode() not in found.path.read_bytes()
    lines = summary(row).splitlines()
    assert lines[1].startswith("fasta     arabidopsis_chloroplast_cds.fasta, 85 sequences, 78 different in their first")
    labels = ["trained on", "held out", "held out, most frequent token", "held out, nearest sequence"]
    assert [line.split("  ")[0] for line in lines[-4:]] == labels


def test_the_file_records_the_training_sequences_for_their_map(tmp_path: Path) -> None:
    row = train(tmp_path / "a.safetensors", fasta=BRCA1, columns=SPECIES, missing="mask", window=100, hold_out=["Cow"])
    assert reference.KEY not in row
    found = read(tmp_path / "a.safetensors").metadata[reference.KEY]
    names = [record.id for record in read_file(BRCA1) if record.id != "Cow"]
    assert (found["ids"], found["sequences"]) == (names, 54)
    clades = dict(line.split(",") for line in SPECIES.read_text().split())
    assert found["columns"] == {"clade": [clades[name] for name in names]}
    with pytest.raises(SequenceError, match=r"species\.csv has no line for"):
        train(tmp_path / "b.safetensors", columns=SPECIES)


def test_the_map_of_a_model_of_first_tokens(tmp_path: Path) -> None:
    """Of sequences that agree in their first 100 codons, one was trained on."""
    train(tmp_path / "a.safetensors", held_out=0.0)
    found = read(tmp_path / "a.safetensors")
    training, notes = reference.recorded(found)
    assert training is not None
    assert (len(training.ids), notes) == (78, [])
    first = encode_sequences(build(found), FASTA)
    means = {one.id: one.mu for one in first}
    assert all(abs(means[name] - mean).max() < 1e-4 for name, mean in zip(training.ids, training.means, strict=True))


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    one, other, third = (train(tmp_path / f"{seed}{i}.safetensors", seed=seed) for i, seed in enumerate((1, 1, 2)))
    assert one["sha256"] == other["sha256"] != third["sha256"]


def test_amino_acids(proteins: Path, tmp_path: Path) -> None:
    row = train(tmp_path / "a.safetensors", "amino-acids", proteins, held_out=0.0)
    found = read(tmp_path / "a.safetensors")
    assert found.config.alphabet == row["recipe"] == "amino acids"
    assert row["metrics"]["held_out"] == {"sequences": 0, "tokens": 0, "right": 0, "share": None, "share_100": None}
    assert " - " in summary(row).replace("-  ", "- ")
    (first, *_) = encode_sequences(build(found), proteins)
    assert len(first.reconstruction) == 100
    with pytest.raises(SequenceError, match="This looks like a protein"):
        train(tmp_path / "b.safetensors", "codons", proteins)


def test_windows_of_an_alignment_with_a_clade_held_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    split: dict[str, Any] = {
        "window": 100,
        "stride": 90,
        "missing": "mask",
        "hold_out": ("Human",),
        "hold_out_clade": ("Sloth", "Anteater"),
    }
    given = split | {"tree": TREE, "epochs": 0.2, "fasta": BRCA1, "seed": 1}
    row = train(tmp_path / "a.safetensors", **given)
    assert row["plan"] == plan_values(
        SequencePlan(epochs=0.2, window=100, stride=90, hold_out=("Human", "Anteater", "Sloth"), missing="mask")
    )
    assert json.loads(json.dumps(row["metrics"])) == read(tmp_path / "a.safetensors").metadata["metrics"]
    assert row["metrics"]["held_out"]["sequences"] == 33
    labels = [line.split("  ")[0] for line in summary(row).splitlines()[-5:]]
    assert labels[-2:] == ["held out, nearest sequence", "held out, nearest in the tree"]
    assert "of at most 100 codons" in summary(row)
    state = interrupted(tmp_path / "b.safetensors", 3, monkeypatch, **given)
    with pytest.raises(TrainingError, match="decides what --hold-out would change"):
        train(tmp_path / "b.safetensors", fasta=BRCA1, state=state, hold_out=("Cat",), epochs=None)
    again = train(tmp_path / "b.safetensors", fasta=BRCA1, tree=TREE, state=state, epochs=None)
    assert {name: again[name] for name in ("sha256", "metrics")} == {name: row[name] for name in ("sha256", "metrics")}


def test_windows_of_aligned_proteins(tmp_path: Path) -> None:
    """The alignment, translated by Biopython; a codon with an N may still be one amino acid."""
    whole = [
        (one.id, re.sub("...", lambda codon: "---" if "-" in codon[0] else codon[0], str(one.seq)))
        for one in SeqIO.parse(BRCA1, "fasta")
    ]
    rows = (f">{name}\n{Seq(letters).translate(gap='-')}\n" for name, letters in whole)
    (proteins := tmp_path / "proteins.fasta").write_text("".join(rows))
    split: dict[str, Any] = {"window": 100, "missing": "mask", "hold_out_clade": ("Rat", "Mouse"), "tree": TREE}
    row = train(tmp_path / "a.safetensors", "amino-acids", proteins, epochs=0.5, **split)
    metrics = row["metrics"]
    assert list(metrics) == ["trained", "held_out", "guess", "nearest", "nearest_in_tree"]
    assert {name: one["sequences"] for name, one in metrics.items()} == {**dict.fromkeys(metrics, 20), "trained": 528}
    assert len({one["tokens"] for name, one in metrics.items() if name != "trained"}) == 1
    location = locate_any(tmp_path / "a.safetensors")
    found = comparison(location, open_located(location), read_file(proteins), read_tree(TREE), permutations=9)
    assert [one["distance"].split(" of ")[0] for one in found["sets"][0]["rows"]] == [
        "latent means",
        "share",
        "first 4 principal components",
        "first 16 principal components",
    ]
    (first, *_) = encode_sequences(build(read(tmp_path / "a.safetensors")), proteins, missing=True)
    assert len(first.windows) == 10


def test_sites_with_a_gap_are_left_out(tmp_path: Path) -> None:
    row = train(tmp_path / "a.safetensors", fasta=BRCA1, window=100, missing="drop", epochs=0.1)
    assert row["windows"] == 55 * 4  # of 435 sites
    assert row["metrics"]["held_out"]["tokens"] == 11 * 400


def test_a_sequence_that_is_not_in_the_tree_is_refused_before_training(tmp_path: Path) -> None:
    with pytest.raises(SequenceError, match="is not a leaf of the tree"):
        train(tmp_path / "a.safetensors", tree=TREE)
    with pytest.raises(SequenceError, match="'-' at position 43: a gap"):
        train(tmp_path / "a.safetensors", fasta=BRCA1)
    assert not list(tmp_path.iterdir())


def test_the_log_has_a_row_per_report(tmp_path: Path) -> None:
    train(tmp_path / "a.safetensors", epochs=60, log=tmp_path / "log.csv")
    rows = list(csv.DictReader((tmp_path / "log.csv").open()))
    assert [int(row["step"]) for row in rows] == [50, 100, 150, 200, 240]
    assert [bool(row["held_out_accuracy"]) for row in rows] == [False, False, False, True, True]
    assert float(rows[0]["loss"]) > float(rows[-1]["loss"])
    row = train(tmp_path / "b.safetensors", log=tmp_path / "log.jsonl")
    (last,) = map(json.loads, (tmp_path / "log.jsonl").read_text().splitlines())
    assert last["token_accuracy"] == row["metrics"]["trained"]["share"]


def interrupted(output: Path, at: int, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> Path:
    """A run that meets Ctrl-C after `at` steps; the state that it leaves."""
    real = loop.losses
    calls = iter(range(10**6))

    def pressing(*inputs: Any) -> Any:
        if next(calls) == at - 1:
            signal.raise_signal(signal.SIGINT)
        return real(*inputs)

    with monkeypatch.context() as patched:
        patched.setattr(loop, "losses", pressing)
        with pytest.raises(Interrupted, match=f"Stopped after step {at} of ") as caught:
            train(output, **{"seed": 1, **changes})
    assert "python -m tvae train codons --fasta " in str(caught.value)
    assert not output.exists()
    return caught.value.state


@pytest.mark.parametrize("at", [3, 8, 19])
def test_stopped_and_continued_is_the_same_as_straight_through(
    at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert threading.current_thread() is threading.main_thread()
    straight = train(tmp_path / "straight.safetensors", seed=1)
    state = interrupted(tmp_path / "a.safetensors", at, monkeypatch)
    torch.manual_seed(99)  # must not matter
    continued = train(tmp_path / "a.safetensors", state=state, epochs=None)
    assert continued["sha256"] == straight["sha256"]
    assert not state.exists()


def test_the_keys_of_a_state_file_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the state files that people have continue to load; one with its weights is too large to store here."""
    state = torch.load(interrupted(tmp_path / "a.safetensors", 2, monkeypatch), weights_only=True)
    common = ["seed", "device", "step", "seconds", "threads", "model", "optimiser", "random"]
    assert list(state) == ["format", "plan", "sequences_sha256", *common, "order", "history"]
    assert state["format"] == "tvae sequence training state 1"
    assert state["plan"] == plan_values(SequencePlan(epochs=5))


def test_a_state_file_keeps_the_code_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    records = read_file(FASTA)

    def data_of(plan: SequencePlan, seed: int) -> Data:
        return prepared(records, plan, seed)

    plan = adjusted(SequencePlan(), code=4, epochs=5)
    path = save_state(tmp_path / "a.state.pt", start(plan, data_of(plan, 1), seed=1))
    assert load_state(path, "codons", data_of).plan == plan
    state = torch.load(path, weights_only=True)
    assert state["plan"]["code"] == 4
    torch.save(state | {"plan": state["plan"] | {"code": 7}}, path)
    with pytest.raises(TvaeError, match=r"The genetic code is 7|a\.state\.pt"):
        load_state(path, "codons", data_of)


def test_a_state_continues_only_with_its_own_settings_and_sequences(
    tmp_path: Path, proteins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = interrupted(tmp_path / "a.safetensors", 5, monkeypatch)
    output = tmp_path / "b.safetensors"
    fewer = tmp_path / "fewer.fasta"
    fewer.write_text(">" + FASTA.read_text().split(">", 6)[-1])
    odd = tmp_path / "odd.state.pt"
    odd.write_bytes(b"nothing")
    torch.save({"format": "tvae training state 2"}, tmp_path / "other.state.pt")
    for changes, sentence in (
        ({"state": state, "epochs": 3, "seed": 4}, "decides what --seed, --epochs would change"),
        ({"state": state, "epochs": None, "held_out": 0.1}, "decides what --held-out would change"),
        ({"state": state, "epochs": None, "fasta": fewer}, "was made with other sequences"),
        (
            {"state": state, "epochs": None, "name": "amino-acids", "fasta": proteins},
            "is the state of a run on codons, not on amino acids",
        ),
        ({"state": odd, "epochs": None}, "is not the state of a stopped training run on sequences"),
        ({"state": tmp_path / "other.state.pt", "epochs": None}, "is not the state of a stopped training run on seq"),
    ):
        with pytest.raises(TrainingError, match=sentence):
            train(output, **changes)
    with pytest.raises(CheckpointFileError, match="no such file"):
        train(output, state=tmp_path / "none.state.pt", epochs=None)
    assert not output.exists()


def test_an_edited_or_truncated_state_is_refused_before_the_run_continues(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, output = interrupted(tmp_path / "a.safetensors", 5, monkeypatch), tmp_path / "b.safetensors"
    whole = path.read_bytes()
    state = torch.load(path, weights_only=True)
    order = state["order"]
    edits: tuple[dict[str, Any], ...] = (
        {"step": -1},
        {"step": "5"},
        {"seconds": float("inf")},
        {"order": order[:-1]},
        {"order": torch.zeros_like(order)},
        {"order": order.float()},
        {"order": "none"},
        {"plan": state["plan"] | {"batch_size": "16"}},
        {"plan": state["plan"] | {"epochs": -1.0}},
        {"plan": state["plan"] | {"surprise": 1}},
        {"optimiser": {}},
        {"optimiser": state["optimiser"] | {"state": {0: state["optimiser"]["state"][1]}}},
        {"history": [5]},
    )
    for edit in edits:
        torch.save(state | edit, path)
        with pytest.raises((TrainingError, RecipeError)) as caught:
            train(output, state=path, epochs=None)
        assert "\n" not in str(caught.value), edit
    for size in (len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(TrainingError, match="or is damaged"):
            train(output, state=path, epochs=None)
    assert not output.exists()


def test_invalid_settings_are_refused_before_training(tmp_path: Path) -> None:
    refusals: tuple[tuple[dict[str, Any], type[Exception], str], ...] = (
        ({"epochs": -1}, RecipeError, "Found -1 epochs"),
        ({"learning_rate": float("nan")}, RecipeError, "Found the learning rate nan"),
        ({"seed": -1}, TrainingError, "Found the seed -1"),
        ({"device": "tpu"}, TrainingError, "There is no device 'tpu'"),
        ({"fasta": tmp_path / "none.fasta"}, SequenceError, "is not a file"),
        ({"output": tmp_path / "a.onnx"}, StorageError, "not a file name for a checkpoint"),
        ({"log": tmp_path / "a.txt"}, StorageError, "not a file name for a log"),
    )
    for changes, error, sentence in refusals:
        with pytest.raises(error, match=sentence):
            train(**{"output": tmp_path / "a.safetensors", **changes})
    assert [path.name for path in tmp_path.iterdir()] == []
