"""Coverage in depth on the page: the numbers are those that were found, and the sentences are true of any numbers."""

import base64
import csv
import io
import json
import re
from typing import Any

import numpy as np
import pytest
from app_fixtures import BUNDLED, EUCLIDEAN, RICH, digest, evaluated_here
from recorded import with_metadata

from tvae.analysis import evaluation, robustness
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.robustness import Noise, Robustness
from tvae.checkpoints import checkpoint_file
from tvae.checkpoints.loading import locate, open_located
from tvae.operations import ternary
from tvae.page.server import compute
from tvae.page.tabs.coverage import handlers, render, sentences
from tvae.page.ui import texts
from tvae.page.ui.components import SKIP

TREE = "tree"
Examined = tuple[EvaluatedCheckpoint, Robustness]


def examined(name: str) -> Examined:
    if name == TREE:
        location = locate(name)
        evaluated = evaluation.measure(location, open_located(location), tree=False)
    else:
        evaluated = evaluated_here(name)
    return evaluated, robustness.evaluate(checkpoint_file.build(evaluated.checkpoint), evaluated.embedding)


@pytest.fixture(scope="module", params=[BUNDLED, RICH, EUCLIDEAN, TREE])
def found(request: pytest.FixtureRequest) -> Examined:
    return examined(request.param)


def cells(html: str, kind: str) -> list[int]:
    return [int(text.replace(",", "")) for text in re.findall(rf'<td class="{kind}">([\d,]+)</td>', html)]


class TestPage:
    def test_every_count_is_on_the_page_and_errors_are_marked(self, found: Examined) -> None:
        confusion = found[1].confusion
        grid, levels = render.page(*found).split('aria-label="Confusion by level"')
        assert cells(grid, "right") == np.diagonal(confusion.by_position, axis1=1, axis2=2).ravel().tolist()
        off = ~np.eye(3, dtype=bool)
        wrong = confusion.by_position[:, off].ravel()
        assert cells(grid, "err") == wrong[wrong > 0].tolist()
        assert len(cells(grid, "none")) == (wrong == 0).sum()
        wrong = confusion.by_valuation[:, off].ravel()
        assert cells(levels, "err") == wrong[wrong > 0].tolist()

    def test_the_tables_stand_in_the_shape_of_the_truth_table(self, found: Examined) -> None:
        captions = re.findall(r"<caption>(.*?)</caption>", render.page(*found))
        signs = "\u22120+"
        assert captions == [f"f({a}, {b})" for a in signs for b in signs]

    def test_tiles(self, found: Examined) -> None:
        page, (evaluated, result) = render.page(*found), found
        wrong = round((1 - evaluated.metrics.at_mu.trit_accuracy) * 9 * ternary.N)
        if evaluated.embedding.decoder_input == "mu":
            assert f"{wrong:,}<small> / 177,147</small>" in page
        assert f"{result.calibration.ece:.6f}</span>" in page
        assert f"{result.noise.sigma:.3f}<small> / {result.noise.spread:.3f}</small>" in page
        assert f"{result.prior.reached[-1]:,}</span>" in page
        assert ("From the ball" in page) == (result.ball is not None)
        assert all(
            sentence.split("{")[0] in page for key, sentence in texts.table("COVERAGE_TILES").items() if key != "ball"
        )

    def test_rows_of_the_tables(self, found: Examined) -> None:
        page, result = render.page(*found), found[1]
        for one in result.calibration.bins:
            assert f"{one.low:.6g} to {one.high:.6g}</th><td>{one.count:,}</td>" in page
        for samples, reached, ideal in zip(
            result.prior.samples, result.prior.reached, result.prior.uniform, strict=True
        ):
            assert re.search(rf"{samples:,}</th><td>{reached:,}</td>(<td>[\d,]+</td>)?<td>{ideal:,.0f}</td>", page)


class TestWords:
    def test_what_is_confused_most(self) -> None:
        table = np.zeros((9, 3, 3), np.int64)
        confusion = robustness.Confusion(table, np.zeros((10, 3, 3), np.int64))
        assert sentences.worst(confusion) == texts.NOTHING_CONFUSED
        table[5, 2, 0], table[1, 0, 1] = 12, 30
        said = re.sub(r"<[^>]*>", "", sentences.worst(confusion))
        assert said == "42 trits are wrong. The most frequent error is \u2212 decoded as 0 at f(\u2212, 0), 30 times."

    @pytest.mark.parametrize(
        ("confidence", "accuracy", "words"),
        [
            (0.999, 1.0, "The decoder is never wrong"),
            (0.9, 0.8, "overconfident"),
            (0.7, 0.8, "underconfident"),
        ],
    )
    def test_doubt(self, confidence: float, accuracy: float, words: str) -> None:
        calibration = robustness.Calibration((), confidence, accuracy, abs(confidence - accuracy))
        assert words in sentences.doubt(calibration)

    def noise(self, coverage: tuple[float, ...], sigma: float, spread: float) -> Noise:
        return Noise((0.0, 0.25, 0.5), coverage, coverage, ((0.0,) * 10,) * 3, sigma, spread)

    def test_where_half_is_lost(self) -> None:
        assert sentences.half_lost(self.noise((1.0, 0.6, 0.5), 1, 1)) == (0.25, 0.5)
        assert sentences.half_lost(self.noise((0.8, 0.1, 0.0), 1, 1)) == (0.0, 0.25)
        assert sentences.half_lost(self.noise((0.8, 0.7, 0.6), 1, 1)) is None
        assert sentences.half_lost(self.noise((0.0, 0.0, 0.0), 1, 1)) is None

    def test_noise_that_drowns_is_told_from_the_numbers(self) -> None:
        how = sentences.Taught(samples=False, kl=False)
        loud = sentences.noise_words(self.noise((1.0, 0.1, 0.0), 0.9, 0.1), None, how)
        assert texts.NOISE_DROWNS in loud
        assert "one standard deviation of noise is 9.00 times the spread" in loud[1]
        soft = sentences.noise_words(self.noise((1.0, 1.0, 1.0), 0.1, 0.9), None, how)
        assert texts.NOISE_DROWNS not in soft
        assert (soft[0], soft[-1]) == (texts.NOISE_NO_HALF, texts.SIGMA_UNKNOWN)
        assert sentences.noise_words(self.noise((1.0, 1.0, 1.0), 0.0, 0.0), None, how)

    @pytest.mark.parametrize(
        ("name", "emphasis", "expected"),
        [
            (BUNDLED, {}, (True, True)),
            (BUNDLED, {"smoothness": 0.0}, (True, False)),
            (BUNDLED, {"smoothness": 0.0, "reconstruction": 0.0}, (False, False)),
            (TREE, {}, (False, False)),
            ("ball", {}, (False, False)),
        ],
    )
    def test_what_taught_the_variance(self, name: str, emphasis: dict[str, float], expected: tuple[bool, bool]) -> None:
        checkpoint = open_located(locate(name))
        evaluated = with_metadata(evaluated_here(BUNDLED), {**checkpoint.metadata, "emphasis": emphasis})
        plan = sentences.recipe_of(evaluated)
        assert plan
        assert sentences.taught(evaluated, plan) == expected

    def test_an_untaught_variance_keeps_its_first_weights(self) -> None:
        """What the page says of tree and ball, by the weights themselves: torch's first ones are in +-1 / sqrt(64)."""
        for name in (TREE, "ball"):
            model = checkpoint_file.build(open_located(locate(name)))
            layer = model.encoder_A.fc_logvar
            assert max(float(layer.weight.detach().abs().max()), float(layer.bias.detach().abs().max())) <= 1 / 8
        taught = checkpoint_file.build(open_located(locate(BUNDLED))).encoder_A.fc_logvar
        assert float(taught.weight.detach().abs().max()) > 1 / 8

    def test_the_tree_is_explained_by_its_numbers(self) -> None:
        page = render.page(*examined(TREE))
        assert texts.NOISE_DROWNS in page
        assert texts.SIGMA_UNTAUGHT.format(name="tree") in page
        assert texts.PRIOR_NO_KL.format(name="tree") in page

    def test_a_published_file_names_no_recipe(self) -> None:
        page = render.page(*examined(RICH))
        assert texts.SIGMA_UNKNOWN in page
        assert "KL term" not in page.split('aria-label="Operations reached"')[0].split('id="depth-reach"')[1]


def text_of(file: dict[str, str]) -> str:
    return base64.b64decode(file["base64"]).decode()


class TestExport:
    @pytest.fixture(autouse=True)
    def offline(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(compute, "load_evaluated", evaluated_here)

    def test_every_table_as_both_kinds(self) -> None:
        result = compute.robustness_of(BUNDLED)[1]
        for table in render.TABLES:
            files = [handlers.export({"checkpoint": BUNDLED, "table": table, "kind": kind}) for kind in ("csv", "json")]
            name = f"{BUNDLED}-{table}-{digest(BUNDLED)}"
            assert [file["name"] for file in files] == [f"{name}.csv", f"{name}.json"]
            rows = list(csv.DictReader(io.StringIO(text_of(files[0]))))
            document = json.loads(text_of(files[1]))
            assert document["sha256"] == rows[0]["sha256"] == evaluated_here(BUNDLED).checkpoint.sha256
            assert len(document[table]) == len(rows)
            same = [{key: str(value or "") for key, value in row.items()} for row in document[table]]
            assert [{key: row[key] if row[key] not in ("0", "0.0") else "" for key in same[0]} for row in rows] == same
        assert sum(row["count"] for row in self.rows("confusion-by-position")) == 9 * ternary.N
        assert sum(row["count"] for row in self.rows("confusion-by-level")) == 9 * ternary.N
        assert [row["coverage"] for row in self.rows("noise")] == list(result.noise.coverage)
        assert [row["reached"] for row in self.rows("reach")] == list(result.prior.reached)

    def rows(self, table: str) -> list[dict[str, Any]]:
        asked = {"checkpoint": BUNDLED, "table": table, "kind": "json"}
        found: list[dict[str, Any]] = json.loads(text_of(handlers.export(asked)))[table]
        return found

    def test_what_is_not_there_is_a_sentence(self) -> None:
        for table, kind in (("nonsense", "csv"), ("noise", "xml")):
            answer = handlers.export({"checkpoint": BUNDLED, "table": table, "kind": kind})
            assert (
                "confusion-by-position" in answer["error"] or "it must be one of csv, json, parquet" in answer["error"]
            )


class TestShow:
    def test_progress_comes_first_and_only_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(compute, "load_evaluated", evaluated_here)
        first, second = (list(handlers.show(EUCLIDEAN)) for _ in range(2))
        assert [texts.EXAMINING.format(name=EUCLIDEAN) in answer.status for answer in first] == [True, False]
        assert len(second) == 1
        assert second[0].body["context"] == {"checkpoint": EUCLIDEAN}
        assert list(handlers.show("")) == []

    def test_an_error_is_a_sentence_and_the_next_opening_tries_again(self) -> None:
        (answer,) = handlers.show("mine/gone")
        assert "deleted because its session ended" in answer.status
        assert texts.STILL_SHOWN in answer.status
        assert (answer.body, answer.wanted) == (SKIP, "")
