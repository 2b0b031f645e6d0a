"""The section on algebra: what it says of given numbers, its table as a file, and one sentence for a wrong call."""

import base64
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from app_fixtures import BUNDLED, digest, evaluated_here
from csv_tables import read_csv

from tvae.analysis.algebra import association
from tvae.analysis.algebra.association import Algebra, Row
from tvae.errors import InputError
from tvae.page.server import compute
from tvae.page.tabs.ball.algebra import section
from tvae.page.ui import texts
from tvae.reports import algebra as algebra_reports


@pytest.fixture(autouse=True)
def found(monkeypatch: pytest.MonkeyPatch) -> Algebra:
    """Numbers of which one is significant; what they are computed from is tested with the analysis."""
    rows = [Row(asked, encoder, 0.25, 0.125, 0.5, 1.0) for asked in association.asked() for encoder in "AB"]
    rows[1] = replace(rows[1], p=0.0005, p_corrected=0.01)
    given = Algebra(tuple(rows), 99, 7)
    monkeypatch.setattr(compute, "load_evaluated", evaluated_here)
    monkeypatch.setattr(association, "examine", lambda *_: given)
    monkeypatch.setattr(compute, "ALGEBRA_CACHE", type(compute.ALGEBRA_CACHE)(capacity=1))
    return given


def test_it_says_that_it_computes_and_then_the_answer(found: Algebra) -> None:
    waiting, answer = (shown.algebra for shown in section.show(BUNDLED))
    assert 'role="status"' in waiting
    assert texts.ALGEBRA_WAITING.format(name=BUNDLED) in waiting
    assert all(f'data-checkpoint="{BUNDLED}"' in html for html in (waiting, answer))
    assert f'<strong class="no">No</strong>{algebra_reports.sentence(found)[2:]}' in answer


def test_a_row_for_each_property(found: Algebra) -> None:
    document = algebra_reports.algebra(evaluated_here(BUNDLED), found)
    html = section.answer(document, BUNDLED)
    (body,) = re.findall("<tbody>(.*)</tbody>", html)
    rows = [
        [re.sub("<[^>]*>", "", cell) for cell in re.findall("<t[hd].*?</t[hd]>", row)] for row in body.split("</tr>")
    ]
    rows = [row for row in rows if row]
    assert [row[0].removesuffix(" *") for row in rows] == [row["property"] for row in document["rows"][::2]]
    assert [row[0] for row in rows if row[0].endswith("*")] == ["idempotent *", "closed_value *"]
    assert rows[0][1:5] == ["729", "3.7%", "33.3%", "20.0%"]
    assert rows[0][5:] == ["25.0% (12.5%)", "0.5000", "1.0000", "25.0% (12.5%)", "0.0005", "0.0100"]
    assert re.findall("<td><strong>(.*?)</strong>", html) == ["0.0100"]
    assert "99 relabelled copies (seed 7)" in html
    assert "all 26 tests" in html
    assert "The operation has f(a, b) = f(b, a): the order does not matter." in html


def test_yes_is_said_in_the_same_place(found: Algebra) -> None:
    rows = (found.rows[0], replace(found.rows[1], share=0.9), *found.rows[2:])
    document = algebra_reports.algebra(evaluated_here(BUNDLED), replace(found, rows=rows))
    assert '<strong class="yes">Yes</strong>, more than' in section.answer(document, BUNDLED)


def test_what_cannot_be_computed_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise InputError("There is no <ball>.")

    monkeypatch.setattr(association, "examine", failing)
    *_, last = section.show(BUNDLED)
    assert last.algebra == (
        f'<div data-checkpoint="{BUNDLED}"><p class="alert" role="alert">There is no &lt;ball&gt;.</p></div>'
    )


class TestFiles:
    def file(self, kind: str) -> tuple[str, bytes]:
        answer = section.export({"checkpoint": BUNDLED, "table": "algebra", "kind": kind})
        return answer["name"], base64.b64decode(answer["base64"])

    def test_each_kind(self, found: Algebra) -> None:
        name, data = self.file("json")
        assert name == f"{BUNDLED}-algebra-{digest(BUNDLED)}.json"
        document = algebra_reports.algebra(evaluated_here(BUNDLED), found)
        assert json.loads(data) == document
        rows = read_csv(self.file("csv")[1].decode())
        assert [(row["property"], row["encoder"], float(row["p_corrected"])) for row in rows] == [
            (row["property"], row["encoder"], row["p_corrected"]) for row in document["rows"]
        ]
        assert self.file("parquet")[1][:4] == b"PAR1"

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"table": "codons"}, "codons"),
            ({"table": ["algebra"]}, "algebra"),
            ({"kind": "exe"}, "exe"),
            ({"kind": 3}, "kind"),
            ({"checkpoint": ["tree"]}, "checkpoint"),
            ({"checkpoint": None}, "checkpoint"),
        ],
    )
    def test_a_forged_request_is_one_sentence(self, change: dict[str, Any], sentence: str) -> None:
        answer = section.export({"checkpoint": BUNDLED, "table": "algebra", "kind": "csv"} | change)
        assert list(answer) == ["error"]
        assert sentence in answer["error"]
        assert "\n" not in answer["error"]
