"""The command line: exit statuses, one sentence on standard error, and the API's documents with --json."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import run
from paths import ROOT

from tvae.analysis import evaluation
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.linear_regions import counting
from tvae.analysis.tree_measures import tree_measures
from tvae.analysis.tree_measures.formulas import SIZES
from tvae.checkpoints.checkpoint_file import build, read
from tvae.checkpoints.loading import locate_any, open_located
from tvae.reports import checkpoints, comparison, explorer, leaderboard
from tvae.reports.tables import serialize

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def opened(rich: EvaluatedCheckpoint, monkeypatch: pytest.MonkeyPatch) -> EvaluatedCheckpoint:
    """The golden file, measured once for all commands."""
    monkeypatch.setattr(evaluation, "measure", lambda *_, **__: rich)
    return rich


def test_evaluate_prints_the_document_or_a_table(
    opened: EvaluatedCheckpoint, rich_file: Path, capsys: Captured
) -> None:
    assert run("evaluate", rich_file, "--json") == 0
    document = checkpoints.metrics(opened, tree_measures.evaluate(opened.embedding))
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(document))
    assert run("evaluate", rich_file) == 0
    output = capsys.readouterr()
    assert output.out.strip() == checkpoints.metrics_table(document)
    assert output.err == ""


def test_evaluate_ranks_all_neighbourhoods_on_demand(
    opened: EvaluatedCheckpoint, rich_file: Path, capsys: Captured
) -> None:
    documents = []
    for option in ([], ["--exact"]):
        assert run("evaluate", rich_file, "--json", *option) == 0
        documents.append(json.loads(capsys.readouterr().out))
    sampled, exact = documents
    assert (sampled["tree_sample"]["queries"], exact["tree_sample"]["queries"]) == (1_000, 19_683)
    for encoder in "ab":
        changed = {name for name in exact[encoder] if exact[encoder][name] != sampled[encoder][name]}
        assert changed == {f"map_{size}{suffix}" for size in SIZES for suffix in ("", "_error")}
        for size in SIZES:
            error = sampled[encoder][f"map_{size}_error"]
            assert exact[encoder][f"map_{size}"] == pytest.approx(sampled[encoder][f"map_{size}"], abs=3 * error)
            assert exact[encoder][f"map_{size}_error"] == 0


def test_encode_prints_the_document_or_a_table(opened: EvaluatedCheckpoint, rich_file: Path, capsys: Captured) -> None:
    assert run("encode", rich_file, "0, min, v=8", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document == json.loads(json.dumps(checkpoints.encoding(opened, "0, min, v=8", True, None)))
    assert run("encode", rich_file, "0, min, v=8") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + len(document["operations"])
    for line, row in zip(lines[1:], document["operations"], strict=True):
        index, trits, valuation, norm_a, norm_b, radius_a, *_ = line.split()
        assert (int(index), int(valuation)) == (row["index"], row["valuation"])
        assert ["-0+".index(symbol) - 1 for symbol in trits] == row["trits"]
        assert float(norm_a) == pytest.approx(row["norm_a"], abs=1e-6)
        assert float(norm_b) == pytest.approx(row["norm_b"], abs=1e-6)
        assert float(radius_a) == pytest.approx(row["radius_a"], abs=1e-6)
    assert lines[2].endswith("  min")


def test_regions_prints_the_document_or_a_table(rich_file: Path, capsys: Captured) -> None:
    location = locate_any(rich_file)
    checkpoint = open_located(location)
    wanted = checkpoints.regions(location, checkpoint, counting.count(build(checkpoint), 50, 7))
    assert run("regions", rich_file, "--samples", "50", "--seed", "7", "--json") == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(wanted))
    assert run("regions", rich_file, "--samples", "50", "--seed", "7") == 0
    assert capsys.readouterr().out.strip() == checkpoints.regions_table(wanted)


def test_neighbours_prints_the_document_or_a_table(
    opened: EvaluatedCheckpoint, rich_file: Path, capsys: Captured
) -> None:
    assert run("neighbours", rich_file, "min", "-k", "4", "--encoder", "b", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document == json.loads(json.dumps(explorer.near(opened, "min", 4, "B")))
    assert run("neighbours", rich_file, "min", "-k", "4", "--encoder", "B") == 0
    heading, *shares, columns = (lines := capsys.readouterr().out.splitlines())[:4]
    assert heading.startswith("operation 15633, encoder B, hyperbolic distance; of the 4 nearest")
    assert [float(line.split("%")[0]) for line in shares] == [
        pytest.approx(100 * found["share"], abs=1) for found in document["agreement"].values()
    ]
    assert columns.split() == ["index", "trits", "v", "distance", "3-adic", "Hamming"]
    assert [int(line.split()[0]) for line in lines[4:]] == [row["index"] for row in document["neighbours"]]
    assert [float(line.split()[3]) for line in lines[4:]] == [
        pytest.approx(row["distance"], abs=1e-6) for row in document["neighbours"]
    ]
    assert run("neighbours", rich_file, "-0+-0+-0+, 5") == 0
    assert capsys.readouterr().out.count("operation ") == 2


def test_compare_prints_the_document_or_a_table(opened: EvaluatedCheckpoint, rich_file: Path, capsys: Captured) -> None:
    assert run("compare", rich_file, rich_file, "--json") == 0
    expected = comparison.whole((opened, opened), lambda one, _: tree_measures.measure(one.embedding.a), "", "A")
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(expected))
    assert run("compare", rich_file, rich_file) == 0
    *lines, alone, residual, moved = capsys.readouterr().out.splitlines()
    assert alone == "reconstructed by one alone: 0 by a, 0 by b"
    assert residual.endswith("0.0000 (0: the same points)")
    assert moved.startswith("operation ")
    rows = {line[:26].strip(): line[26:].split() for line in lines[4:]}
    assert rows["map 27"] == [f"{expected['metrics']['a']['map_27']:.10f}"] * 2 + ["0.0000000000", "equal"]
    hierarchy = f"{opened.metrics.a.hierarchy:.10f}"
    assert rows["hierarchy"] == [hierarchy, hierarchy, "0.0000000000", "equal"]
    assert rows["ball coverage"] == ["-"] * 4
    assert rows["reconstructed"][2:] == ["0", "equal"]


def test_leaderboard_prints_the_document_a_table_or_a_file(
    opened: EvaluatedCheckpoint, rich_file: Path, capsys: Captured, tmp_path: Path
) -> None:
    assert run("leaderboard", "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows == json.loads(json.dumps(leaderboard.leaderboard()))
    assert run("leaderboard") == 0
    assert capsys.readouterr().out.rstrip() == leaderboard.leaderboard_table(rows)
    assert run("leaderboard", "--format", "csv") == 0
    printed = capsys.readouterr().out
    assert printed == serialize(leaderboard.table_of(rows), "csv").decode()
    files = tmp_path / "all.csv", tmp_path / "all.parquet", tmp_path / "all.data"
    for file, options in zip(files, ((), (), ("--format", "json")), strict=True):
        assert run("leaderboard", "--output", file, *options) == 0
        assert capsys.readouterr().out.rstrip() == leaderboard.leaderboard_table(rows)
    assert files[0].read_text() == printed
    assert files[1].read_bytes()[:4] == b"PAR1"
    assert len(json.loads(files[2].read_text())["leaderboard"]) == len(rows)
    assert run("leaderboard", rich_file, "--json") == 0
    *others, own = json.loads(capsys.readouterr().out)
    assert others == rows
    assert own == json.loads(json.dumps(leaderboard.measured_row(opened, tree_measures.evaluate(opened.embedding))))


def test_what_is_assumed_is_said_apart_from_the_output(
    opened: EvaluatedCheckpoint, rich_file: Path, capsys: Captured, tmp_path: Path
) -> None:
    (note,) = opened.checkpoint.notes
    assert note.startswith("The file does not record these settings, so they are assumed: max_radius 0.99, ")
    said = f"Note on {rich_file.name}: {note}\n"
    for command, times in (
        (("encode", rich_file, "0"), 1),
        (("neighbours", rich_file, "0", "--json"), 1),
        (("compare", rich_file, rich_file), 2),
        (("codons", rich_file, "--permutations", "10"), 1),
        (("export", rich_file, tmp_path / "mine.safetensors"), 1),
    ):
        assert run(*command) == 0
        assert capsys.readouterr().err == said * times
    assert run("evaluate", rich_file) == 0
    shown = capsys.readouterr()
    assert (shown.out.count(f"note: {note}"), shown.err) == (1, "")


def test_a_euclidean_checkpoint_has_dashes(euclidean_file: Path, capsys: Captured) -> None:
    assert run("encode", euclidean_file, "5") == 0
    assert capsys.readouterr().out.splitlines()[1].split()[3:5] == ["-", "-"]


def test_operations_may_start_with_a_minus(opened: EvaluatedCheckpoint, rich_file: Path, capsys: Captured) -> None:
    """A truth table often does; it needs no `--` before it."""
    for words in (("--", "-0+-0+-0+"), ("-0+-0+-0+",), ("-0+-0+-0+, min",), ("---------",)):
        assert run("encode", rich_file, *words) == 0
        assert words[-1][:9] in capsys.readouterr().out


def test_names_from_a_file_cannot_forge_a_line(
    rich: EvaluatedCheckpoint, rich_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    odd = replace(rich, location=replace(rich.location, name="\x1b[2Ja\x9b31m\nsha256 forged.pt"))
    monkeypatch.setattr(evaluation, "measure", lambda *_, **__: odd)
    assert run("evaluate", rich_file) == 0
    out = capsys.readouterr().out
    assert r"\x1b[2Ja\x9b31m\nsha256 forged.pt" in out
    assert all(line.isprintable() for line in out.splitlines())
    assert run("evaluate", rich_file, "--json") == 0
    assert json.loads(capsys.readouterr().out)["checkpoint"] == odd.location.name
    assert run("evaluate", "no\x1b[31mfile\n.pt") == 2
    assert run("evaluate", rich_file, "\x1b[31m") == 2
    assert all(line.isprintable() for line in capsys.readouterr().err.splitlines())


def test_export_writes_what_the_suffix_says(rich_file: Path, tmp_path: Path, capsys: Captured) -> None:
    for name in ("new/best.safetensors", "best.pt"):
        target = tmp_path / name
        assert run("export", rich_file, target) == 0
        assert capsys.readouterr().out == f"{target}\n"
        assert read(target).config == read(rich_file).config


WRONG = {
    "no command": ((), "The following arguments are required: COMMAND"),
    "another command": (("paint",), "argument COMMAND: invalid choice: 'paint'"),
    "no checkpoint": (("evaluate",), "The following arguments are required: CHECKPOINT"),
    "an unknown name": (("evaluate", "nonsense"), "No checkpoint is called 'nonsense'"),
    "a missing file": (("evaluate", "missing.pt"), "There is no file 'missing.pt'"),
    "another model": (("encode", "codon_vae_all.pt", "1"), "codon_vae_all.pt holds another model"),
    "a broken file": (("evaluate", "broken.pt"), 'broken.pt: found a text ("1234")'),
    "a directory": (("evaluate", "directory.pt"), "directory.pt: found no checkpoint"),
    "no whole number": (("neighbours", "RICH", "13", "-k", "x"), "argument -k: invalid int value: 'x'"),
    "too many neighbours": (
        ("neighbours", "RICH", "13", "-k", "1001"),
        "k is 1001; it must be a whole number from 1 to",
    ),
    "another encoder": (("compare", "RICH", "RICH", "--encoder", "C"), "The encoder is 'C'; it must be A or B."),
    "unreadable operations": (("encode", "RICH", "1, foo"), "Could not read 'foo' at character 4"),
    "no operation": (("encode", "RICH", " "), "No operation is given"),
    "a leaderboard of another format": (("leaderboard", "--format", "xls"), "argument --format: invalid choice: 'xls'"),
    "a leaderboard in a file of no kind": (("leaderboard", "--output", "all.xls"), "The format is 'xls'"),
    "a binary table without a file": (("leaderboard", "--format", "parquet"), "Parquet is not text"),
    "a leaderboard of nothing": (("leaderboard", "nonsense"), "No checkpoint is called 'nonsense'"),
    "another optimiser": (("train", "v5_11", "--optimiser", "sgd"), "argument --optimiser: invalid choice: 'sgd'"),
    "another weight": (("train", "v5_11", "--weight", "speed=2"), "Found the objective 'speed'; choose from"),
    "a weight without a factor": (("train", "v5_11", "--weight", "order"), "--weight is 'order'; write PART=FACTOR"),
    "a weight twice": (
        ("train", "v5_11", "--weight", "order=2", "--weight", "order=3"),
        "--weight names 'order' twice. Name each part once.",
    ),
    "steps and epochs": (("train", "v5_11", "--steps", "5", "--epochs", "1"), "give one of the two"),
    "no step": (("train", "v5_11", "--steps", "0"), "Found 0 steps for 'v5_11'; give 2 to"),
    "a width of words": (("train", "v5_11", "--width", "wide"), "argument --width: invalid int value: 'wide'"),
    "a width of sequences": (
        ("train", "codons", "--fasta", "x.fasta", "--width", "8", "--steps", "5"),
        "--steps and --width: for recipes of operations only",
    ),
    "an odd suffix": (("export", "RICH", "best.onnx"), "best.onnx: found the suffix '.onnx'"),
    "no sample": (("regions", "RICH", "--samples", "0"), "samples is 0; it must be a whole number from 1 to 100,000"),
    "a sample of words": (("regions", "RICH", "--samples", "many"), "argument --samples: invalid int value: 'many'"),
    "an option of another command": (
        ("evaluate", "RICH", "--threads", "0"),
        "Unknown arguments: --threads 0. The command is python -m tvae evaluate [-h] [--json] [--exact]",
    ),
    "a data set in a folder with files": (("export-dataset", "RICH", "."), ". is not empty: it has"),
    "too many neighbours of all": (
        ("export-dataset", "RICH", "new", "-k", "101"),
        "k is 101; it must be a whole number from 1 to 100",
    ),
    "public without an upload": (
        ("export-dataset", "RICH", "new", "--public"),
        "--public is for a repository on the Hub. Name it with --upload OWNER/NAME",
    ),
    "no place to write": (("export", "RICH", "broken.pt/best.pt"), "broken.pt/best.pt"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_one_sentence_and_status_2(
    name: str,
    opened: EvaluatedCheckpoint,
    rich_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Captured,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.pt").write_bytes(b"1234")
    Path("directory.pt").mkdir()
    arguments, sentence = WRONG[name]
    assert run(*(str(rich_file) if word == "RICH" else word for word in arguments)) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert sentence.lower() in output.err.lower()
    assert len([line for line in output.err.splitlines() if not line.startswith("Note on ")]) == 1
    assert "Traceback" not in output.err


def test_help_and_interrupts(opened: EvaluatedCheckpoint, rich_file: Path, capsys: Captured,
                             monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    assert run("--help") == 0
    text = capsys.readouterr().out
    commands = (
        "evaluate",
        "encode",
        "neighbours",
        "compare",
        "leaderboard",
        "regions",
        "train",
        "sweep",
        "export",
        "export-dataset",
    )
    assert all(word in text for word in commands)

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(evaluation, "measure", interrupt)
    assert run("evaluate", rich_file) == 130
    assert capsys.readouterr().err.startswith("Interrupted")


@pytest.mark.parametrize("operations", ["all", "5"])
def test_a_reader_that_leaves_is_no_error(operations: str, euclidean_file: Path) -> None:
    """As in `... | head -1`; with little output nothing is written before the program ends."""
    command = [sys.executable, "-m", "tvae", "encode", str(euclidean_file), operations]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0
