"""The name of a visitor's checkpoint opens it, and a picture of the page may be shared: the page shows its title."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from paths import DATA

from tvae.analysis import evaluation
from tvae.analysis.evaluation import EvaluationCache
from tvae.page.selection.checkpoint.checkpoints import shown_name
from tvae.page.server import compute
from tvae.page.server.session_files import SessionFiles
from tvae.page.tabs.ball import handlers as ball
from tvae.page.tabs.ball.algebra import section as algebra
from tvae.page.tabs.codons import handlers as codons
from tvae.page.tabs.compare import handlers as compare, near_and_far as compared
from tvae.page.tabs.compare.leaderboard import handlers as leaderboard
from tvae.page.tabs.coverage import handlers as coverage
from tvae.page.tabs.explore import handlers as explore
from tvae.page.tabs.explore.sections import linear_regions, near_and_far
from tvae.page.tabs.learn import layout as learn
from tvae.page.ui import texts

TITLE = "your file: own.pt"
SESSION: Any = SimpleNamespace(session_hash="someone", query_params={"checkpoint": "mine/gone"})


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of an uploaded file of the session."""
    file = tmp_path_factory.mktemp("own") / "own.pt"
    shutil.copy(DATA / "v5_11_homeostasis_layout.pt", file)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(compute, "CACHE", EvaluationCache(evaluation.measure))
        patched.setattr(compute, "SESSION_FILES", SessionFiles())
        yield compute.SESSION_FILES.keep("someone", TITLE, (file,)).name


def html_of(answer: object) -> Iterator[str]:
    """Every HTML of an answer."""
    if isinstance(answer, str):
        if answer.startswith("<"):
            yield answer
    elif isinstance(answer, dict):
        yield from html_of([value for name, value in answer.items() if name in ("value", "label", "choices")])
    elif isinstance(answer, list | tuple | Iterator):
        for one in answer:
            yield from html_of(one)
    elif hasattr(answer, "__dataclass_fields__"):
        yield from html_of(list(vars(answer).values()))


def visible(html: str) -> str:
    """The text of HTML, and what is said of its elements, by a screen reader or under the pointer."""
    said = re.findall(r'(?:aria-label|title|alt)="([^"]*)"', html)
    return unescape(" ".join([re.sub(r"<[^>]*>", " ", html), *said]))


def compare_wish(a: str, b: str) -> str:
    return json.dumps({"a": a, "wanted": b, "encoder": "A", "operations": "min, max"})


def both(name: str) -> Any:
    return compare.answer(compare_wish(name, name), "", "radius", "someone")


ANSWERS: dict[str, Callable[[str], Any]] = {
    "explore": lambda name: explore.load_checkpoint(name, name, "min, max", "A", None),
    "near and far": near_and_far.show,
    "linear regions": linear_regions.show,
    "ball": lambda name: ball.refresh(name, "min, max", None, "A", 5, "neighbours", "", 4),
    "algebra": algebra.show,
    "compare": both,
    "compare, slow tables": lambda name: compared.show(json.dumps({"a": name, "b": name, "encoder": "A"})),
    "coverage": coverage.show,
    "codons": lambda name: codons.refresh(name, "min", "A", "amino acid", False),
    "learn": learn.show,
    "measuring": lambda name: leaderboard.measure_own(json.dumps({"loaded": name}), SESSION),
    "leaderboard": lambda name: leaderboard.show(json.dumps({"loaded": name}), "A", [], "q", "map_27", SESSION),
}


@pytest.mark.parametrize("part", ANSWERS)
def test_no_part_of_the_page_shows_it(own: str, part: str) -> None:
    found = " ".join(map(visible, html_of(ANSWERS[part](own))))
    assert found
    assert "mine/" not in found
    assert own.removeprefix("mine/") not in found


ORIGINS = ("near and far", "linear regions", "algebra", "coverage", "learn")


@pytest.mark.parametrize("part", ORIGINS)
def test_a_result_says_which_file_it_is_computed_from(own: str, part: str) -> None:
    assert f"{TITLE}, sha256" in " ".join(map(visible, html_of(ANSWERS[part](own))))


class TestErrors:
    def alerts(self, name: str) -> list[str]:
        shown = json.dumps({"view": json.loads(compare_wish(name, name)), "b": name})
        return [
            explore.load_checkpoint("nonsense", name, "", "A", None).alert,
            explore.from_link("2 ", "tree", name, SESSION).alert,
            compare.answer(compare_wish(name, "nonsense"), shown, "radius", "someone").alert,
        ]

    def test_the_checkpoint_that_stays_is_called_by_its_title(self, own: str) -> None:
        for alert in self.alerts(own):
            assert TITLE in alert
            assert "mine/" not in alert

    def test_one_of_an_ended_session_has_no_title_any_more(self, own: str) -> None:
        assert shown_name("mine/gone") == texts.table("LINK")["own"]
        assert [shown_name(name) for name in (own, "tree", None)] == [TITLE, "tree", ""]  # None, if a script says so
        first, second, _ = self.alerts("mine/gone")
        for alert in (first, second):
            assert texts.table("LINK")["own"] in alert
            assert "mine/" not in alert
