"""The command line: what it prints, where, and with which status."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hub_fixtures import ROOT, CommandLine
from hub_server import GOOD_TOKEN, LocalHub

from tvae.checkpoints.hub.client import DEFAULT_REPO_ID, download_checkpoint, main

NAME = "homeostatic_rich/best.pt"
BYTES = bytes(range(256)) * 1000
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def published(hub: LocalHub) -> LocalHub:
    hub.add(DEFAULT_REPO_ID, {NAME: BYTES, "a.safetensors": b"12"})
    return hub


@pytest.fixture
def run(hub: LocalHub, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run in this process: status, standard output, standard error."""

    def run_here(*arguments: str) -> tuple[int, str, str]:
        status = main(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run_here


def is_one_sentence(text: str) -> bool:
    return text.count("\n") == 1 and text.endswith(".\n") and "Traceback" not in text


@pytest.mark.parametrize("token", ["hf_t\N{LATIN SMALL LETTER O WITH DIAERESIS}ken", "hf_\N{EM DASH}"])
def test_a_token_of_the_machine_that_cannot_be_sent_is_one_sentence(token: str, command_line: CommandLine) -> None:
    done = command_line("list", HF_TOKEN=token)
    assert done.returncode == 2
    assert is_one_sentence(done.stderr)
    assert done.stderr.startswith("The token of this machine has characters that no token has. Correct HF_TOKEN")
    assert token not in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("ALL_PROXY", "socks5://proxy:1080"), ("SSL_CERT_FILE", "/nowhere/cert.pem"), ("HF_HUB_ETAG_TIMEOUT", "soon")],
)
def test_a_setting_of_the_machine_that_cannot_be_used_is_one_sentence(
    name: str, value: str, command_line: CommandLine
) -> None:
    done = command_line("list", **{name: value})
    assert (done.returncode, done.stdout) == (2, "")
    assert is_one_sentence(done.stderr)
    assert name in done.stderr


def test_list_is_aligned_and_says_what_is_here(published: LocalHub, run: Run) -> None:
    assert run("list") == (
        0,
        "NAME                           SIZE  HERE\n"
        "a.safetensors                   2 B  -\n"
        "homeostatic_rich/best.pt   256.0 kB  -\n",
        "",
    )
    run("download", "--checkpoint", NAME)
    local = Path("outputs/models/a.safetensors")
    local.parent.mkdir(parents=True)
    local.write_bytes(b"12")
    assert [line.split()[-1] for line in run("list")[1].splitlines()] == ["HERE", "local", "cached"]
    published.repositories[DEFAULT_REPO_ID].put(**{NAME: BYTES[::-1]})
    assert run("list")[1].endswith("cached, older\n")


def test_an_empty_repository_is_reported(hub: LocalHub, run: Run) -> None:
    hub.add("alice/empty", {"README.md": b""})
    status, out, err = run("list", "--repo-id", "alice/empty")
    assert (status, err) == (0, "")
    assert out == "alice/empty exists and has no checkpoint (.pt, .pth, .ckpt, .safetensors).\n"


def test_names_of_files_are_escaped(hub: LocalHub, run: Run) -> None:
    hub.add("alice/odd", {"a\x1b[31mred.pt": b"1", "b.pt": b"2"})
    status, out, err = run("list", "--repo-id", "alice/odd")
    assert (status, err) == (0, "")
    assert out.splitlines()[1].split() == [r"a\x1b[31mred.pt", "1", "B", "-"]
    assert len({line.index(end) for line, end in zip(out.splitlines(), ("HERE", "-", "-"), strict=True)}) == 1


def test_download_prints_the_path_first(published: LocalHub, run: Run, tmp_path: Path) -> None:
    status, out, err = run("download", "--checkpoint", NAME, "--output", str(tmp_path / "mine"))
    path, details = out.splitlines()
    assert (status, err, Path(path)) == (0, "", tmp_path / "mine" / NAME)
    assert Path(path).read_bytes() == BYTES
    assert sha256(BYTES).hexdigest() in details


def test_upload_reports_each_file(hub: LocalHub, run: Run) -> None:
    repository = hub.add("alice/mine")
    directory = Path("outputs/models/my_model")
    directory.mkdir(parents=True)
    (directory / "best.pt").write_bytes(b"best")
    (directory / "last.pt").write_bytes(b"last")
    target = ("--repo-id", "alice/mine", "--token", GOOD_TOKEN)
    status, out, err = run("upload", "--checkpoint", str(directory / "best.pt"), *target)
    assert (status, err) == (0, "")
    assert out == f"uploaded   my_model/best.pt  {hub.url}/alice/mine/blob/main/my_model/best.pt\n"
    reports = [run("upload", "--directory", f"{directory}/", *target)[1] for _ in range(2)]
    states = [[line.split()[0] for line in report.splitlines()] for report in reports]
    assert states == [["unchanged", "uploaded"], ["unchanged", "unchanged"]]
    assert len(repository.commits) == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("download", "--checkpoint", "nothing.pt"), "no file 'nothing.pt'"),
        (("download", "--checkpoint", "../../etc/passwd"), "is refused"),
        (("list", "--revision", "v9"), "no revision 'v9'"),
        (("list", "--repo-id", "alice/nothing"), "private or does not exist"),
        (("list", "--repo-id", "alice/nothing", "--token", "hf_secretsecret"), "refused"),
        (("upload", "--checkpoint", "nothing.pt"), "no file nothing.pt"),
        (("upload", "--directory", "nothing"), "no directory nothing"),
    ],
)
def test_a_failure_is_one_sentence_and_status_2(
    published: LocalHub, run: Run, arguments: tuple[str, ...], words: str
) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert words in err
    assert is_one_sentence(err)
    assert "secret" not in err


@pytest.mark.parametrize("arguments", [(), ("fetch",), ("download",), ("upload",), ("list", "--repo")])
def test_a_wrong_command_is_one_sentence_and_status_2(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert is_one_sentence(capsys.readouterr().err)


def test_the_program_over_http(published: LocalHub, command_line: CommandLine) -> None:
    published.fail("HEAD", "/resolve/", status=503, times=1)
    failed = command_line("download", "--checkpoint", NAME)
    assert (failed.returncode, failed.stdout) == (2, "")
    assert "503" in failed.stderr
    assert is_one_sentence(failed.stderr)
    done = command_line("download", "--checkpoint", NAME)
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(done.stdout.splitlines()[0]).read_bytes() == BYTES


def test_the_program_offline_and_without_a_network(published: LocalHub, command_line: CommandLine) -> None:
    offline = command_line("list", HF_HUB_OFFLINE="1")
    assert (offline.returncode, offline.stdout) == (2, "")
    assert "HF_HUB_OFFLINE is set" in offline.stderr
    assert is_one_sentence(offline.stderr)
    assert published.requests == []
    alone = command_line("download", "--checkpoint", NAME, HF_ENDPOINT="http://localhost:1")
    assert alone.returncode == 2
    assert "localhost:1 cannot be reached" in alone.stderr
    assert is_one_sentence(alone.stderr)


def test_a_full_disk(published: LocalHub, tmp_path: Path, command_line: CommandLine) -> None:
    arguments = ("download", "--checkpoint", NAME, "--output", str(tmp_path / "mine"))
    for attempt in ("into the cache", "out of the cache"):
        full = command_line(*arguments, kilobytes=100)
        assert (full.returncode, full.stdout) == (2, ""), attempt
        assert "exceed the size limit" in full.stderr
        assert is_one_sentence(full.stderr)
        assert not [path for path in tmp_path.rglob("*") if path.suffix in (".incomplete", ".part")]
        assert not (tmp_path / "mine" / NAME).exists()
        download_checkpoint(NAME)
    assert download_checkpoint(NAME, tmp_path / "mine").read_bytes() == BYTES


def test_control_c_leaves_nothing_half_written(published: LocalHub, hub_home: Path) -> None:
    published.fail("GET", "/large/", delay=2.0)
    process = subprocess.Popen(
        [sys.executable, "-m", "tvae.checkpoint_hub", "download", "--checkpoint", NAME],
        env=published.environment(hub_home, PYTHONPATH=str(ROOT)),
        stderr=subprocess.PIPE,
        text=True,
        # A test run that itself ignores the signal would hand that on to the program.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 20
    while not published.count("GET", "/large/") and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Stopped" in err
    assert "Traceback" not in err
    assert not [
        path for path in (hub_home / "hub").rglob("*") if path.suffix == ".incomplete" or path.name == "best.pt"
    ]
