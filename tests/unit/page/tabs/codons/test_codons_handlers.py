"""The handlers of the Codons tab: what is shown for which fields, and its tables as files."""

import base64
import json
from typing import Any

import pytest
from app_fixtures import BUNDLED, EUCLIDEAN, digest, evaluated_here

from tvae.analysis import evaluation
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.operations import codons
from tvae.page.selection.checkpoint.checkpoints import figures_of
from tvae.page.server import compute
from tvae.page.tabs.codons import handlers, layout, render
from tvae.page.ui.components import SKIP
from tvae.reports import genetic_code


@pytest.fixture(autouse=True)
def published_without_a_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """`compute.opened` gives what the local Hub of the browser tests has."""

    def opened(name: str) -> EvaluatedCheckpoint:
        return evaluated_here(EUCLIDEAN) if name == EUCLIDEAN else original(name)

    original = compute.load_evaluated
    monkeypatch.setattr(compute, "load_evaluated", opened)
    monkeypatch.setattr(compute, "measure_on_gpu", evaluation.measure)


def shown(name: str = BUNDLED, text: str = "", encoder: str = "A", **changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"colour": "amino", "stops": False} | changes
    answer = handlers.refresh(name, text, encoder, fields["colour"], fields["stops"])
    return {part: value for part, value in vars(answer).items() if value is not SKIP}


def test_it_shows_the_document_of_the_endpoint() -> None:
    for stops in (False, True):
        evaluated, code = compute.genetic_code_of(BUNDLED, stops)
        document = genetic_code.genetic_code(evaluated, code)
        found = shown(stops=stops)
        assert found["alert"] == ""
        assert found["answer"] == figures_of(render.answer(document), evaluated)
        assert found["acids"]["value"] == render.acids_table(document)
        assert found["pictures"]["context"] == {"checkpoint": BUNDLED, "stops": stops}


def test_it_follows_the_selection_and_the_encoder() -> None:
    operation = int(codons.OPERATIONS[3])
    evaluated, code = compute.genetic_code_of(BUNDLED)
    document = genetic_code.genetic_code(evaluated, code)
    found = shown(text=f"{operation}, v=8", encoder="B", colour="radius")
    drawn = render.pictures(document, "B", "radius", {operation, 6561, 13122})
    assert found["pictures"]["value"] == figures_of(drawn, evaluated)
    assert shown(text="nonsense")["pictures"]["value"] == shown()["pictures"]["value"]


def test_an_unknown_checkpoint_is_a_sentence_and_the_rest_stays() -> None:
    found = shown("nope")
    assert "No checkpoint is called" in found["alert"]
    assert set(found) == {"alert"}


def test_a_link_gives_the_fields_and_nonsense_the_usual() -> None:
    with layout.gr.Blocks():
        linked = layout.layout({"codon_encoder": "B", "codon_colour": "radius", "stops": "true"})
        assert [linked[name].value for name in handlers.FIELDS] == ["B", "radius", True]
        usual = layout.layout({"codon_encoder": "C", "codon_colour": "hue", "stops": "maybe"})
        assert [usual[name].value for name in handlers.FIELDS] == ["A", "amino", False]
        assert [field.usual for field in layout.linked(usual)] == ["A", "amino", False]


class TestExport:
    @staticmethod
    def file(table: str, kind: str, name: str = BUNDLED, stops: bool = False) -> tuple[str, bytes]:
        answer = handlers.export({"checkpoint": name, "stops": stops, "table": table, "kind": kind})
        return answer["name"], base64.b64decode(answer["base64"])

    def test_the_codons(self) -> None:
        name, data = self.file("codons", "json")
        assert name == f"{BUNDLED}-codons-{digest(BUNDLED)}.json"
        found = json.loads(data)
        assert [row["codon"] for row in found["codons"]] == list(codons.CODONS)
        assert found["checkpoint"] == BUNDLED
        assert self.file("codons", "csv")[1].decode().splitlines()[1].split(",")[2] == "TTT"
        assert self.file("codons", "parquet")[1][:4] == b"PAR1"

    def test_the_amino_acids(self) -> None:
        name, data = self.file("acids", "json", EUCLIDEAN)
        assert name == f"v5_5_latest-acids-{digest(EUCLIDEAN)}.json"
        found = json.loads(data)
        assert found["measure"] == "euclidean"
        assert "".join(row["amino_acid"] for row in found["acids"]) == codons.AMINO_ACIDS
        lines = self.file("acids", "csv")[1].decode().splitlines()
        assert len(lines) == 22
        assert "TTA TTG CTT CTC CTA CTG" in "".join(lines)

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"table": "hexons"}, "There is no table 'hexons'"),
            ({"kind": "xlsx"}, "The format is 'xlsx'"),
            ({"checkpoint": "nope"}, "No checkpoint is called 'nope'"),
            ({"stops": "yes"}, "stops is 'yes'"),
        ],
    )
    def test_what_is_refused(self, changes: dict[str, Any], sentence: str) -> None:
        asked = {"checkpoint": BUNDLED, "stops": False, "table": "codons", "kind": "csv"} | changes
        assert sentence in handlers.export(asked)["error"]
