"""The lessons: every number in their words follows from a definition or from the checkpoint; figures are true."""

import itertools
import re
from html import unescape
from urllib.parse import parse_qs
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from app_fixtures import BUNDLED, EUCLIDEAN, RICH, evaluated_here

from tvae.analysis import evaluation, neighbours
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.metrics.ceilings import CEILINGS, spearman_ceiling, tree_ceiling
from tvae.analysis.metrics.levels import LEVELS, level_ranges
from tvae.analysis.robustness import Bin
from tvae.analysis.tree_measures import tree_measures
from tvae.checkpoints import loading
from tvae.checkpoints.catalogue.catalogue import BY_NAME
from tvae.geometry import poincare_ball
from tvae.operations import ternary
from tvae.operations.atlas.classes import KINDS, classes
from tvae.operations.atlas.codes import code_of
from tvae.operations.atlas.properties import CLONES
from tvae.operations.parsing import parse_operations
from tvae.page.tabs.learn import figures, layout, render
from tvae.page.ui import texts
from tvae.page.ui.charts.dot_chart import dots
from tvae.page.ui.charts.plotly_json import Axis, Bar, Dot, Range, front_steps
from tvae.page.ui.charts.small_charts import (
    bars,
    digits,
    histogram,
    percent,
    ranges,
    reliability,
)
from tvae.page.ui.components import SKIP
from tvae.reports import leaderboard
from tvae.reports.plots.palette import TRIT_SIGNS

MINUS = "\u2212"
ALL_WORDS = " ".join(lesson["says"] + lesson["more"] for lesson in texts.tables("LESSONS").values()) + " ".join(
    texts.row("WHY")
)


@pytest.fixture(scope="module", params=[BUNDLED, RICH, EUCLIDEAN, "tree"])
def opened(request: pytest.FixtureRequest) -> EvaluatedCheckpoint:
    if request.param != "tree":
        return evaluated_here(request.param)
    location = loading.locate("tree")
    return evaluation.measure(location, loading.open_located(location))


def card(page: str, key: str) -> str:
    found = re.search(rf'<section class="lesson" aria-labelledby="lesson-{key}">.*?</section>', page)
    assert found
    return found[0]


def shown(html: str) -> list[str]:
    """The texts inside pictures."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", html)


class TestWords:
    """Numbers that the texts have in digits."""

    def test_levels(self) -> None:
        assert list(ternary.LEVEL_SIZES[:9]) == [2 * 3 ** (8 - v) for v in range(9)]
        assert sum(ternary.LEVEL_SIZES[5:]) == 81
        assert "v = 5 to 9 are 81 of 19,683" in ALL_WORDS

    def test_radii(self) -> None:
        for norm, radius in ((0.95, 3.6636), (0.99, 5.2933)):
            assert poincare_ball.radius(torch.tensor([norm, 0.0], dtype=torch.float64), 1.0).item() == pytest.approx(
                radius, abs=5e-5
            )
            assert f"{norm} is" in ALL_WORDS
            assert f"{radius}" in ALL_WORDS

    def test_the_ceiling_and_its_limit(self) -> None:
        many = spearman_ceiling(tuple(2 * 3**k for k in range(30, -1, -1)))
        assert many == pytest.approx((9 / 13) ** 0.5, abs=1e-12)
        assert f"{MINUS}\u221a(9/13) = {MINUS}{(9 / 13) ** 0.5:.10f}" in ALL_WORDS

    def test_level_0_alone_apart(self) -> None:
        """Ranks of the radii replaced by their means in two blocks: level 0, and the rest in no order."""
        n, outer = ternary.N, ternary.LEVEL_SIZES[0]
        ranks = np.where(ternary.VALUATIONS == 0, n - (outer - 1) / 2, (n - outer + 1) / 2)
        order = np.concatenate(([0], np.cumsum(ternary.LEVEL_SIZES)))
        groups = ((order[:-1] + order[1:] + 1) / 2)[ternary.VALUATIONS]
        spread = ((n**3 - n) / 12) ** 0.5 * ((groups - groups.mean()) ** 2).sum() ** 0.5
        rho = ((ranks - ranks.mean()) * (groups - groups.mean())).sum() / spread
        assert rho == pytest.approx(-0.8012, abs=5e-5)
        assert f"{MINUS}0.8012" in ALL_WORDS

    def test_the_limit_of_the_distance_correlation(self) -> None:
        sizes = np.asarray(ternary.LEVEL_SIZES)
        ties: dict[int, int] = {}
        for (v, a), (w, b) in itertools.combinations_with_replacement(enumerate(sizes.tolist()), 2):
            pairs = a * (a - 1) // 2 if v == w else a * b
            ties[abs(v - w)] = ties.get(abs(v - w), 0) + pairs
        assert sum(ties.values()) == ternary.N * (ternary.N - 1) // 2
        assert spearman_ceiling(tuple(ties.values())) == pytest.approx(0.9146, abs=5e-5)
        assert "0.9146 + 1.5 \u00b7 0.8321" in ALL_WORDS

    def test_the_limit_of_the_tree_fidelity(self) -> None:
        """Pairs i != j by v(i - j): as many of each as operations of that valuation, for every i."""
        agree = ternary.valuation_of(np.arange(1, ternary.N))
        assert np.bincount(agree).tolist() == list(ternary.LEVEL_SIZES[:9])
        assert spearman_ceiling(tuple(np.bincount(agree).tolist())) == pytest.approx(CEILINGS.tree_fidelity, abs=1e-8)

    def test_near_and_far(self) -> None:
        """The pairs that share six entries or more, and the numbers of v5_11_overnight."""
        assert 19_682 / 26 == 757
        assert "one in 757" in ALL_WORDS
        location = loading.locate("v5_11_overnight")
        found = evaluation.measure(location, loading.open_located(location))
        assert f"{found.metrics.a.tree_fidelity:.4f} and triplet" in ALL_WORDS
        assert f"{found.metrics.a.triplet_agreement:.4f}, but" in ALL_WORDS
        near = tree_measures.neighbourhoods(found.embedding.a, tree_measures.sampled_queries())
        assert render.numbers_of(evaluated_here(BUNDLED))["overnight"] == f"{near['map_3']:.2f}"

    def test_the_published_embeddings_are_at_their_limits(self) -> None:
        published = texts.table("PUBLISHED_P_ADIC")
        assert list(published) == ["2", "3", "5", "7", "11"]
        for p, value in published.items():
            assert float(value) == pytest.approx(tree_ceiling(int(p), None), abs=0.002)

    def test_the_limit_of_richness_is_that_of_disjoint_intervals(self) -> None:
        largest = 0.99
        assert render.limit_of(largest) == CEILINGS.richness
        random = np.random.default_rng(0)
        for _ in range(200):
            lengths = random.dirichlet(np.full(LEVELS, 0.1)) * largest
            assert (lengths**2 / 4).sum() / LEVELS <= render.limit_of(largest) * (1 + 1e-12)

    def test_the_published_numbers_are_those_of_the_catalogue(self) -> None:
        reasons = " ".join(texts.row("WHY")).replace(MINUS, "-")
        for name, words in (
            ("v5_11_structural/best.pt", ("claimed.hierarchy", "stored.hierarchy_a", "stored.hierarchy_b")),
            ("v5_11_progressive/best.pt", ("stored.hierarchy_a", "stored.hierarchy_b")),
            ("v5_11_homeostasis/best.pt", ("claimed.richness", "stored.hierarchy_a", "stored.hierarchy_b")),
            ("v5_11_overnight/best.pt", ("stored.hierarchy_a", "stored.hierarchy_b")),
            ("homeostatic_rich/best.pt", ("claimed.richness", "stored.hierarchy_a")),
        ):
            for word in words:
                kind, field = word.split(".")
                value = getattr(getattr(BY_NAME[name], kind), field)
                assert value is not None, (name, word)
                assert f"{value:g}" in reasons, (name, word, value)

    def test_sources_are_links_and_load_nothing(self) -> None:
        made = render.why()
        assert not re.search(r"<(img|script|link|iframe|object|embed)|src=|url\(", made)
        assert made.count("<a href=") == sum(map(bool, texts.table("SOURCES").values()))
        assert made.count('rel="noopener noreferrer"') == made.count("<a href=")


class TestCards:
    def test_every_lesson_is_a_card_with_words_and_a_figure(self, opened: EvaluatedCheckpoint) -> None:
        page = render.page(opened)
        for key in texts.tables("LESSONS"):
            made = card(page, key)
            assert "<figure" in made or texts.NO_BALL in made
            assert "{" not in re.sub(r'data-figure="[^"]*"', "", made)
        assert (texts.NO_BALL in page) == (not opened.embedding.has_ball)
        for svg in re.findall(r"<svg.*?</svg>", page):
            ElementTree.fromstring(svg)

    def test_it_is_light(self, opened: EvaluatedCheckpoint) -> None:
        """A few figures of lines and dots, not every point: the tab travels with each checkpoint that is opened."""
        assert len(render.page(opened).encode()) < 120_000

    def test_numbers_of_the_metrics(self, opened: EvaluatedCheckpoint) -> None:
        page, metrics = render.page(opened), opened.metrics
        assert f"here {metrics.at_mu.reconstructed:,}." in card(page, "coverage")
        for name, one in (("A", metrics.a), ("B", metrics.b)):
            if one.hierarchy is not None:
                assert f"{one.hierarchy:.10f}".replace("-", MINUS) in shown(card(page, "hierarchy"))
            if one.tree_fidelity is not None:
                assert f"{one.tree_fidelity:.4f} ({name})".replace("-", MINUS) in card(page, "fidelity")
            if one.q is not None:
                assert f"{one.q:.4f}".replace("-", MINUS) in shown(card(page, "q"))
        assert f"the limit is {CEILINGS.tree_fidelity:.4f}." in card(page, "fidelity")
        marks = shown(card(page, "overlaps")).count("\u00d7")
        assert marks == metrics.a.overlaps
        verdict = f"{marks} of 9 neighbouring pairs overlap" if marks else texts.NO_OVERLAP
        assert verdict in card(page, "overlaps")

    def test_the_algebra_of_operations(self, opened: EvaluatedCheckpoint) -> None:
        """Each count is counted here: operations by queries, clones by name, classes by their smallest operations."""
        made = card(render.page(opened), "algebra")
        for words in ("commutative", "associative", "Sheffer"):
            assert f"{len(parse_operations(words.lower())):,} " in made.partition("<figure")[0]
        drawn = shown(made)
        for name in figures.SHOWN:
            assert drawn[drawn.index(name) + 1] == f"{len(parse_operations(name)):,}"
        parts = [int(count) for count in re.findall(r"<li>(\d) of ", made)]
        assert sum(parts) + made.count("<li>") - len(parts) == len(CLONES) == 18
        assert "there are 18:" in made
        for kind in KINDS:
            assert re.search(rf"\b{len(classes(kind.name).representatives):,}\b", made)
        assert f"min is {code_of(render.START)}." in made

    def test_the_links_to_queries_select_them_and_keep_the_checkpoint(self, opened: EvaluatedCheckpoint) -> None:
        made = card(render.page(opened), "algebra")
        views = [parse_qs(unescape(href)) for href in re.findall(r'<a class="story" href="\?([^"]*)"', made)]
        assert [view["operations"] for view in views] == [["sheffer and commutative"], ["class of min"]]
        assert [len(parse_operations(view["operations"][0])) for view in views] == [90, 6]
        assert {view["checkpoint"][0] for view in views} == {opened.location.name}

    def test_richness_is_the_sum_of_what_the_levels_add(self, opened: EvaluatedCheckpoint) -> None:
        if not opened.embedding.has_ball:
            return
        made = card(render.page(opened), "richness")
        values = [float(text) for text in shown(made) if re.fullmatch(r"0\.\d{6}", text)]
        assert len(values) == 11
        assert values[0] == pytest.approx(opened.metrics.a.richness, abs=5e-7)
        assert sum(values[1:]) == pytest.approx(values[0], abs=5.5e-6)
        assert f"{opened.checkpoint.config.max_radius**2 / 40:.6f}" in made

    def test_levels_and_their_radii(self, opened: EvaluatedCheckpoint) -> None:
        made = shown(card(render.page(opened), "valuation"))
        radii = opened.metrics.a.level_mean_radius
        assert [f"{size:,}, {radius:.2f}" for size, radius in zip(ternary.LEVEL_SIZES, radii, strict=True)] == [
            text for text in made if ", " in text
        ]

    def test_the_nearest_is_the_nearest(self, opened: EvaluatedCheckpoint) -> None:
        made = card(render.page(opened), "distance")
        who, far = neighbours.nearest(opened.embedding.a, np.array([render.START]), 1)
        agree = int(ternary.valuation_of(render.START - int(who[0, 0])))
        assert f"{int(who[0, 0]):,}: the two share the first {agree} entries" in made
        assert f"distance is {far[0, 0]:.4f}." in made
        assert ternary.distance_3adic(render.START, who[0, 0]) == 3.0**-agree

    def test_the_limits_by_p(self, opened: EvaluatedCheckpoint) -> None:
        (table,) = re.findall(r"<table.*?</table>", card(render.page(opened), "fidelity"), re.DOTALL)
        rows = [re.findall(r"<t[hd][^>]*>([^<]*)<", row) for row in re.findall(r"<tr>.*?</tr>", table)[1:]]
        assert rows == [
            [p, f"{tree_ceiling(int(p), 9):.4f}", f"{tree_ceiling(int(p), None):.4f}", published]
            for p, published in texts.table("PUBLISHED_P_ADIC").items()
        ]

    def test_what_each_checkpoint_trades(self, opened: EvaluatedCheckpoint) -> None:
        made = card(render.page(opened), "corners")
        expected = leaderboard.pairs(leaderboard.bundled(), "richness", "map_27")
        rows = re.findall(r'<tr><th scope="row">(\w+ [AB])</th>(.*?)</tr>', made)
        assert [name for name, _ in rows] == [f"{one.row['checkpoint']} {one.encoder}" for one in expected]
        best = {name for name, cells in rows if "\u2605" in cells}
        assert {f"{one.row['checkpoint']} {one.encoder}" for one in expected if one.front} < best  # of two measures
        assert {"rich_tree A", "isometric B"} <= best
        assert "isometric A" not in best  # B has less distortion and a higher Q, and the richness of neither counts
        diamonds = re.findall('class="true(?: faint)? diamond"', made)
        assert made.count("<circle") == len(diamonds) == 3 * len(rows) / 2  # encoders A and B
        assert made.count('class="true faint') == 2 * 2  # isometric, in the two pictures of richness

    def test_every_figure_has_a_short_name_of_its_own(self, opened: EvaluatedCheckpoint) -> None:
        found = re.findall('data-name="([^"]+)"', render.page(opened))
        pairs = ["richness and map 27", "Q and map 27", "richness and average distortion"]
        if opened.embedding.has_ball:
            assert found == [*texts.table("FIGURE_NAMES").values(), *pairs]
        assert len(set(found)) == len(found)
        assert max(len(name.split()) for name in found) <= 6

    def test_the_span_of_level_0(self, opened: EvaluatedCheckpoint) -> None:
        norm = opened.embedding.a.norm
        if norm is not None:
            low, high = level_ranges(norm)
            assert f"level 0 spans {high[0] - low[0]:.3f} of" in card(render.page(opened), "richness")

    def test_the_index_of_min(self) -> None:
        numbers = render.numbers_of(evaluated_here(BUNDLED))
        terms = [term.split(" \u00b7 ") for term in numbers["sum"].split(" + ")]
        assert sum(int(digit) * int(power.replace(",", "")) for digit, power in terms) == render.START == 15_633
        cube, ties = (int(numbers[name].replace(",", "")) for name in ("cube", "ties"))
        assert -((1 - ties / cube) ** 0.5) == pytest.approx(CEILINGS.hierarchy, abs=1e-12)


class TestPictures:
    def test_bars_are_as_long_as_their_share(self) -> None:
        drawn = bars([Bar("a", 0.25, "x"), Bar("b", 2.0, "y"), Bar("c", -1.0, "z", limit=0.5)], "words", "name")
        widths = [float(width) for width in re.findall(r'width="([\d.]+)" height="11" rx="2" style', drawn)]
        full = float(re.findall(r'width="(\d+)" height="11" class="back"', drawn)[0])
        assert widths == [full / 4, full, 0]
        assert drawn.count('class="limit"') == 1

    def test_a_long_label_has_room_and_the_bars_begin_after_it(self) -> None:
        drawn = bars([Bar("commutative", 1.0, "x"), Bar("a", 0.5, "y")], "words", "name")
        begins = {int(x) for x in re.findall(r'<rect x="(\d+)"', drawn)}
        ends = {int(x) for x in re.findall(r'x="(\d+)"[^>]*>(?:commutative|a)<', drawn)}
        assert begins == {88}
        assert ends == {82}

    def test_ranges_share_an_axis(self) -> None:
        rows = [Range("a", 1.0, 2.0, 1.5, "red"), Range("b", 0.0, 4.0, 1.0, "red", "\u00d7")]
        found = re.findall(r'x="([\d.]+)" y="\d+" width="([\d.]+)"', ranges(rows, "words", "name", "radius"))
        (x1, wide1), (x2, wide2) = [(float(x), float(wide)) for x, wide in found]
        assert wide2 == pytest.approx(4 * wide1)
        assert x1 - x2 == pytest.approx(wide1)
        assert ranges(rows, "words", "name", "radius").count('class="wrong"') == 1

    def test_dots_and_their_front(self) -> None:
        rows = [
            Dot(1.0, 0.5, "right", filled=True, front=True),
            Dot(0.5, 1.0, "up", filled=False, front=True),
            Dot(0.25, 0.25, "low", filled=True, front=False),
        ]
        drawn = dots(rows, "words", "name", Axis("across"), Axis("up"))
        found = re.findall(r'class="(true|ring)" cx="([\d.]+)" cy="([\d.]+)"', drawn)
        assert [kind for kind, _, _ in found] == ["true", "ring", "true"]
        (x1, y1), (x2, y2), (x3, y3) = ((float(x), float(y)) for _, x, y in found)
        assert x1 - x2 == pytest.approx(2 * (x2 - x3), abs=0.2)
        assert y1 - y2 == pytest.approx(2 * (y3 - y1), abs=0.2)
        (line,) = re.findall(r'class="front" d="M([^"]*)"', drawn)
        corners = [tuple(map(float, place.split(","))) for place in line.split()]
        assert corners == [(x2, y2), (x2, y1), (x1, y1)]
        assert "low" not in shown(drawn)
        assert {"right", "up", "across"} <= set(shown(drawn))

    def test_where_low_is_good_low_is_up(self) -> None:
        rows = [Dot(1.0, 0.5, "worse", filled=True, front=True), Dot(0.5, 0.1, "better", filled=True, front=True)]
        drawn = dots(rows, "words", "name", Axis("across"), Axis("distortion", reversed=True))
        low, high = (float(y) for y in re.findall(r'class="true" cx="[\d.]+" cy="([\d.]+)"', drawn))
        assert low > high
        assert front_steps(rows) == [(0.5, 0.1), (0.5, 0.5), (1.0, 0.5)]

    def test_a_histogram_has_heights_by_square_root(self) -> None:
        heights = [
            float(h) for h in re.findall(r'height="([\d.]+)" style', histogram([100, 0, 25], 1.0, "w", "n", "l"))
        ]
        assert heights == [80.0, 40.0]

    @pytest.mark.parametrize("leaves", range(9))
    def test_the_other_operation_leaves_where_it_differs(self, leaves: int) -> None:
        trits = ternary.ALL_TRITS[render.START].tolist()
        for other in {-1, 0, 1} - {trits[leaves]}:
            drawn = digits(trits, leaves, other, "other", "words", "name")
            (x,) = re.findall(r'class="taken" d="M(\d+) ', drawn)
            assert int(x) == 10 + 33 * leaves
            on_the_way = re.findall(r'class="middle sign"[^>]*>(.)</text>', drawn)
            assert on_the_way == [TRIT_SIGNS[trit] for trit in trits]
            assert {"19,683", "2,187", "243", "27", "1", "other"} <= set(shown(drawn))

    def test_reliability_places_dots_at_the_accuracy(self) -> None:
        drawn = reliability(
            [Bin(0.3, 0.65, 10, 0.5, 0.3), Bin(0.65, 1.0, 1_500, 0.9, 1.0), Bin(0.9, 1.0, 0, None, None)],
            "words",
            "name",
        )
        dots = [float(y) for y in re.findall(r'class="true" cx="[\d.]+" cy="([\d.]+)"', drawn)]
        assert dots == [112.0, 12.0]
        assert {"10", "2k", "0"} <= set(shown(drawn))

    def test_text_never_becomes_markup(self) -> None:
        evil = '<b onclick="x">'
        for made in (
            bars([Bar(evil, 0.1, evil)], evil, evil),
            ranges([Range(evil, 0, 1, 0.5, "red", evil)], evil, evil, evil),
            histogram([1], 1.0, evil, evil, evil),
            digits([0] * 9, 3, 1, evil, evil, evil),
        ):
            assert "<b " not in made

    def test_percent(self) -> None:
        assert (percent(0.12345), percent(-1, 0)) == ("12.3%", f"{MINUS}100%")


def test_an_error_is_a_sentence() -> None:
    answer = layout.show("mine/gone")
    assert "deleted because its session ended" in answer.status
    assert (answer.body, answer.wanted) == (SKIP, "")
    assert layout.show("") == layout.Shown()
