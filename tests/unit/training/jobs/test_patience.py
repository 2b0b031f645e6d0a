"""TVAE_TRAIN_PATIENCE: 60 s by default, and a sentence for what is no whole number of seconds within its limits."""

import pytest

from tvae.errors import SettingError
from tvae.page.server.session_files import GRACE
from tvae.training.jobs import patience
from tvae.training.jobs.patience import LEAST, MOST, USUAL, training_patience
from tvae.training.jobs.request import JobLimits


def test_the_usual_one_is_that_of_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(patience.VARIABLE, raising=False)
    assert training_patience() == USUAL == JobLimits().patience


@pytest.mark.parametrize("seconds", [LEAST, 90, MOST])
def test_a_number_within_the_limits_holds(seconds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(patience.VARIABLE, str(seconds))
    assert training_patience() == seconds


@pytest.mark.parametrize("value", ["", "0", "9", "601", "60.0", "-60", "1e2", "soon", "\u0666\u0660", "6" * 5_000])
def test_any_other_value_is_one_sentence(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(patience.VARIABLE, value)
    with pytest.raises(SettingError) as caught:
        training_patience()
    assert str(caught.value).endswith("Set it to a whole number of seconds from 10 to 600, or unset it.")
    assert len(str(caught.value)) < 300


def test_a_run_ends_before_its_visit_is_forgotten() -> None:
    assert MOST <= GRACE  # else its result would have no place
