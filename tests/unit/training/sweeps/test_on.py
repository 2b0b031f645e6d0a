"""What `--on` may say, and what is said of anything else."""

import subprocess
import sys

import pytest

from tvae.errors import InputError, PackageMissing
from tvae.training.sweeps.local import LocalExecutor
from tvae.training.sweeps.on import PLACES, executor_on


def test_without_a_place_the_runs_are_trained_here() -> None:
    with executor_on(None, 3) as executor:
        assert isinstance(executor, LocalExecutor)
        assert executor.workers == 3


@pytest.mark.parametrize("place", ["", "Ray", "rays", "http://127.0.0.1:10001", "127.0.0.1:6379"])
def test_another_place_is_a_sentence_with_the_right_ones(place: str) -> None:
    with pytest.raises(InputError) as refused, executor_on(place, 2):
        pass
    assert str(refused.value) == f"{place!r} is no place for runs. Give {' or '.join(PLACES)}, or leave --on out."


@pytest.mark.parametrize("place", ["ray", "ray://127.0.0.1:10001"])
def test_a_package_that_is_not_installed_is_a_sentence(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(PackageMissing) as missing, executor_on(place, 2):
        pass
    assert str(missing.value) == "Ray is not installed. Install it: pip install 'tvae[ray]'"


@pytest.mark.parametrize(("place", "workers", "most"), [(None, 257, "256"), ("ray", 0, "10,000")])
def test_a_number_of_workers_is_in_bounds(place: str | None, workers: int, most: str) -> None:
    said = f"Found {workers} workers; give a whole number from 1 to {most}, such as 2."
    with pytest.raises(InputError, match=said), executor_on(place, workers):
        pass


def test_the_command_line_does_not_import_what_a_place_needs() -> None:
    program = "import sys, tvae.__main__, tvae.commands.sweep; print('ray' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
