"""What a card claims: numbers that we measure, for files that are there; anything else is left out."""

import pytest
from repositories import CARD

from tvae.reports.surveys.repository import card
from tvae.reports.surveys.repository.card import claims_of_card

PATHS = ["a/best.pt", "b/best.pt", "tree.safetensors"]


def index(name: str, *metrics: str) -> str:
    lines = "\n".join(f"    - {metric}" for metric in metrics)
    return f"---\nmodel-index:\n- name: {name}\n  results:\n  - metrics:\n{lines}\n---\n# A card\n"


def test_metrics_by_type_or_name() -> None:
    assert claims_of_card(CARD.decode(), PATHS) == {
        "tree.safetensors": {"coverage": 1.0, "hierarchy": -0.8, "map_3_a": 0.99}
    }


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a/best.pt", "a/best.pt"),
        ("b/best", "b/best.pt"),
        ("tree", "tree.safetensors"),
        ("tree.safetensors", "tree.safetensors"),
        ("best.pt", None),  # two files
        ("best", None),
        ("other", None),
    ],
)
def test_a_model_is_named_by_its_path(name: str, path: str | None) -> None:
    found = claims_of_card(index(name, "{type: coverage, value: 0.5}"), PATHS)
    assert found == ({path: {"coverage": 0.5}} if path else {})


def test_any_name_means_the_only_file() -> None:
    card = index("My model", "{type: coverage, value: 0.5}")
    assert claims_of_card(card, ["x.pt"]) == {"x.pt": {"coverage": 0.5}}


@pytest.mark.parametrize(
    ("metric", "found"),
    [
        ("{type: tree_fidelity_b, value: 8e-1}", {"tree_fidelity_b": 0.8}),
        ("{type: Hierarchy B, value: -0.8}", {"hierarchy_b": -0.8}),
        ("{type: x, name: 'Richness, encoder A', value: 0.01}", {"richness_a": 0.01}),
        ("{type: coverage, value: '0.5'}", {"coverage": 0.5}),
        ("{type: coverage, value: .nan}", {}),
        ("{type: coverage, value: -.inf}", {}),
        ("{type: coverage, value: 1e400}", {}),
        ("{type: coverage, value: 1e16}", {}),
        ("{type: coverage, value: many}", {}),
        ("{type: coverage, value: [1]}", {}),
        ("{type: coverage}", {}),
        ("{type: accuracy, value: 1}", {}),
        ("{type: [coverage], value: 1}", {}),
        ("coverage", {}),
        ("{type: coverage, value: " + "9" * 90 + "}", {}),
    ],
)
def test_values_that_are_numbers_are_read(metric: str, found: dict[str, float]) -> None:
    assert claims_of_card(index("x", metric), ["x.pt"]).get("x.pt", {}) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# No head",
        "---\n---\n",
        "---\nmodel-index: 3\n---\n",
        "---\nmodel-index: [3, {name: [x], results: {}}, {name: x, results: [{metrics: 3}]}]\n---\n",
        "---\n- a\n---\n",
        "---\na: [\n---\n",
        "---\na: !!python/object/apply:os.system [false]\n---\n",
        "---\na: " + "[" * 5_000 + "\n---\n",
        "---\n"
        + "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9 if n else 'x')}]" for n in range(30))
        + "\n---\n",
        "---\nx0: &x0 {k: 1}\n"
        + "".join(f"x{n}: &x{n} {{<<: [*x{n - 1}, *x{n - 1}]}}\n" for n in range(1, 40))
        + "---\n",
    ],
)
def test_a_damaged_or_hostile_card_claims_nothing(text: str) -> None:
    assert claims_of_card(text, ["x.pt"]) == {}


def test_a_card_is_read_up_to_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    long = index("x", *["{type: coverage, value: 0.5}"] * 10, "{type: q_a, value: 1}")
    assert set(claims_of_card(long, ["x.pt"])["x.pt"]) == {"coverage", "q_a"}
    monkeypatch.setattr(card, "MAX_CLAIMS", 5)
    assert set(claims_of_card(long, ["x.pt"])["x.pt"]) == {"coverage"}
    monkeypatch.setattr(card, "MAX_HEAD", 100)
    assert claims_of_card(long, ["x.pt"]) == {}
