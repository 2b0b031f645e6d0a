"""`evaluate-repository` on the command line: what it prints, its exit statuses, and one sentence for each error."""

from pathlib import Path

import pytest
from hub_server import LocalHub
from paths import DATA
from repositories import folder_of

from tvae.__main__ import main
from tvae.commands import repository as command
from tvae.reports.surveys.repository import measuring

Captured = pytest.CaptureFixture[str]
REPOSITORY = "alice/some"
SMALL = {"a.pt": b"", "b.pt": b"GIF8", "\x1b[31mc.pt": b"1"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return folder_of(SMALL, tmp_path / "runs")


def test_a_folder_is_measured_into_a_folder_of_its_name(folder: Path, capsys: Captured) -> None:
    (folder / "best.pt").write_bytes((DATA / "homeostatic_rich_layout.pt").read_bytes())
    assert main(["evaluate-repository", "runs"]) == 0
    output = capsys.readouterr()
    lines = output.out.splitlines()
    assert lines[0] == "runs: 4 checkpoint files (3 unreadable, 1 measured); 4 read now."
    assert lines[1].startswith(r"\x1b[31mc.pt: Found ")
    assert "\x1b" not in output.out
    assert lines[2] == (
        "a.pt: Found an empty file; expected a checkpoint written by torch.save or safetensors. "
        "Download, copy or save it again."
    )
    assert lines[4].startswith("The best by coverage, then Q, is best.pt: 1 operations, Q 0.3106")
    assert [Path(line) for line in lines[-2:]] == [
        Path("evaluated/runs/files.parquet"),
        Path("evaluated/runs/report.html"),
    ]
    assert all(Path(line).is_file() for line in lines[-2:])
    assert output.err == ""
    assert main(["evaluate-repository", "runs"]) == 0
    assert capsys.readouterr().out.startswith("runs: 4 checkpoint files (3 unreadable, 1 measured); 0 read now.")


def test_a_repository_of_the_hub(hub: LocalHub, capsys: Captured) -> None:
    hub.add(REPOSITORY, {"a.pt": b"1"})
    assert main(["evaluate-repository", REPOSITORY, "--revision", "main", "--output", "out"]) == 0
    assert capsys.readouterr().out.startswith(f"{REPOSITORY}: 1 checkpoint files (1 unreadable); 1 read now.")
    assert Path("out/report.html").is_file()
    assert main(["evaluate-repository", REPOSITORY]) == 0
    assert Path("evaluated", REPOSITORY, "report.html").is_file()


def test_many_reasons_are_left_to_the_report(folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "MAX_REASONS", 1)
    assert main(["evaluate-repository", "runs"]) == 0
    assert "2 more were not measured; the report says why." in capsys.readouterr().out.splitlines()


def test_files_that_do_not_arrive_make_the_command_fail(hub: LocalHub, capsys: Captured) -> None:
    hub.add(REPOSITORY, {"a.pt": b"1", "b.pt": b"2"})
    hub.fail("GET", "/large/", status=503, times=1)
    assert main(["evaluate-repository", REPOSITORY]) == 2
    output = capsys.readouterr()
    assert output.err.startswith(
        "1 of 2 files were not fetched; the same command tries them again. The first is a.pt: "
    )
    assert output.out.startswith(f"{REPOSITORY}: 2 checkpoint files (1 not fetched, 1 unreadable); 1 read now.")
    assert main(["evaluate-repository", REPOSITORY]) == 0


def test_an_interrupt_says_what_is_kept(folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(measuring, "measure", stop)
    assert main(["evaluate-repository", "runs"]) == 130
    said = capsys.readouterr().err
    assert said == "Stopped: 0 of 3 files are measured and kept in evaluated/runs. The same command continues.\n"
    assert Path("evaluated/runs/report.html").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), "There is no folder 'nowhere', and it is not the name of a repository."),
        (("runs", "--revision", "main"), "'runs' is a folder, and --revision is for a repository on the Hub. Omit it."),
        (("runs", "--output", "runs/a.pt"), "a.pt cannot be used: "),
        ((), "The following arguments are required: OWNER/NAME."),
        (("runs", "--everything"), "Unknown arguments: --everything."),
    ],
)
def test_errors_are_one_sentence(arguments: tuple[str, ...], said: str, folder: Path, capsys: Captured) -> None:
    try:
        status = main(["evaluate-repository", *arguments])
    except SystemExit as end:
        status = int(end.code or 0)
    error = capsys.readouterr().err
    assert status == 2
    assert said in error
    assert error.count("\n") == 1
