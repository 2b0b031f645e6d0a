"""What `--on` may say, and what is said of anything else."""

import subprocess
import sys
from types import SimpleNamespace

import pytest
from hub_server import GOOD_TOKEN, LocalHub

from tvae.errors import HubAccessDenied, HubNotFound, InputError, PackageMissing, TvaeError
from tvae.operations.validation import listed
from tvae.training.sweeps.local import LocalExecutor
from tvae.training.sweeps.on import HF_JOBS, PLACES, HubOptions, executor_on

NO_ADDRESSES = (
    "ray://",
    "ray://host",
    "ray://:10001",
    "ray://host:0",
    "ray://host:65536",
    "ray://a b:1",
    "ray://h:1\n",
)


def test_without_a_place_the_runs_are_trained_here() -> None:
    with executor_on(None, 3) as executor:
        assert isinstance(executor, LocalExecutor)
        assert executor.workers == 3


@pytest.mark.parametrize("place", ["", "Ray", "rays", "http://127.0.0.1:10001", "127.0.0.1:6379", *NO_ADDRESSES])
def test_another_place_is_a_sentence_with_the_right_ones(place: str) -> None:
    with pytest.raises(InputError) as refused, executor_on(place, 2):
        pass
    places = "ray, ray://HOST:10001 or hf-jobs"
    assert listed("or", PLACES) == places
    assert str(refused.value) == f"{place!r} is no place for runs. Give {places}, or leave --on out."


@pytest.mark.parametrize("place", ["ray", "ray://127.0.0.1:10001", "ray://[::1]:10001", "ray://head.example:1"])
def test_a_package_that_is_not_installed_is_a_sentence(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(PackageMissing) as missing, executor_on(place, 2):
        pass
    assert str(missing.value) == "Ray is not installed, or not whole. Install it: pip install 'tvae[ray]'"


def test_a_ray_without_its_client_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("No module named 'grpc'")

    without = SimpleNamespace(init=refuse, exceptions=SimpleNamespace(RayError=RuntimeError))
    monkeypatch.setitem(sys.modules, "ray", without)
    with pytest.raises(PackageMissing, match="not whole"), executor_on("ray://127.0.0.1:10001", 2):
        pass


@pytest.mark.parametrize(("place", "workers", "most"), [(None, 257, "256"), ("ray", 0, "10,000")])
def test_a_number_of_workers_is_in_bounds(place: str | None, workers: int, most: str) -> None:
    said = f"Found {workers} workers; give a whole number from 1 to {most}, such as 2."
    with pytest.raises(InputError, match=said), executor_on(place, workers):
        pass


def test_the_command_line_does_not_import_what_a_place_needs() -> None:
    program = "import sys, tvae.__main__, tvae.commands.sweep; print({'ray', 'huggingface_hub'} & {*sys.modules})"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"


HUB = {
    "no repository": (HubOptions(), None, InputError, "--on hf-jobs needs a repository of yours for the results. Add"),
    "no owner": (HubOptions("sweep"), None, InputError, "'sweep' is no repository for the results. Write it as OWNER/"),
    "no name": (HubOptions("alice/a b"), None, HubNotFound, "cannot be a repository on the Hub"),
    "no Jobs": (HubOptions("alice/sweep"), 0, InputError, "Found 0 workers; give a whole number from 1 to 32"),
    "many Jobs": (HubOptions("alice/sweep"), 33, InputError, "Found 33 workers; give a whole number from 1 to 32"),
    "no machine": (HubOptions("alice/sweep", "a b"), 1, InputError, "'a b' is no flavour of a machine. `hf jobs hard"),
    "no time": (HubOptions("alice/sweep", None, 0), 1, InputError, "Found 0 minutes; give a whole number from 1 to"),
}


@pytest.mark.parametrize("name", HUB)
def test_what_is_wrong_with_jobs_on_the_hub_is_said_before_anything_is_sent(
    name: str, hub: LocalHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", GOOD_TOKEN)
    options, workers, kind, said = HUB[name]
    with pytest.raises(TvaeError) as refused, executor_on(HF_JOBS, workers, options):
        pass
    assert type(refused.value) is kind
    assert said in str(refused.value)
    assert hub.requests == []


def test_jobs_on_the_hub_need_a_token(hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
    options = HubOptions("alice/sweep")
    with pytest.raises(HubAccessDenied, match="write to alice/sweep: log in with `hf auth login`"):
        executor_on(HF_JOBS, None, options).__enter__()
    monkeypatch.setenv("HF_TOKEN", GOOD_TOKEN)
    with executor_on(HF_JOBS, None, options) as executor:
        assert executor.workers == 1
    assert hub.requests == []


@pytest.mark.parametrize("place", [None, "ray"])
@pytest.mark.parametrize(
    ("options", "option"),
    [
        (HubOptions("alice/sweep"), "--results"),
        (HubOptions(None, "t4"), "--flavor"),
        (HubOptions(None, None, 1), "--job-minutes"),
    ],
)
def test_options_of_the_hub_are_for_the_hub(place: str | None, options: HubOptions, option: str) -> None:
    with pytest.raises(InputError, match=f"{option} is for --on hf-jobs. Add that, or leave {option} out."):
        executor_on(place, None, options).__enter__()
