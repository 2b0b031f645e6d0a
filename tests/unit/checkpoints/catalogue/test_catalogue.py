"""The table of known checkpoints: complete, consistent, and equal to the published pages."""

import pytest

from tvae.checkpoints.catalogue.catalogue import (
    BY_NAME,
    DEFAULT,
    ENTRIES,
    description,
    distinction,
    in_short,
    published,
)
from tvae.checkpoints.catalogue.entry import Entry

PUBLISHED = {
    "homeostatic_rich/best.pt",
    "v5_11_homeostasis/best.pt",
    "v5_11_structural/best.pt",
    "max_hierarchy/best.pt",
    "v5_11_overnight/best.pt",
    "v5_11_progressive/best.pt",
    "v5_11/best.pt",
    "v5_5/latest.pt",
    "v5_5/best.pt",
    "codon_vae_all.pt",
    "codon_vae_hiv.pt",
    "aa_vae_all.pt",
}


def test_every_published_file_is_listed_once() -> None:
    assert {entry.name for entry in ENTRIES if entry.source == "hub"} == PUBLISHED
    assert len(BY_NAME) == len(ENTRIES)
    bundled = [entry.name for entry in ENTRIES if entry.source == "bundled"]
    assert bundled == [entry.name for entry in ENTRIES[: len(bundled)]]  # ours first; each is in test_bundled
    assert bundled[0] == DEFAULT == "rich_tree"


def test_the_default_is_recommended_if_any_bundled_checkpoint_is() -> None:
    recommended = [entry.name for entry in ENTRIES if entry.source == "bundled" and entry.status == "recommended"]
    assert not recommended or DEFAULT in recommended


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_entry_is_complete(entry: Entry) -> None:
    assert entry.use_case
    assert entry.status != "not measured"
    assert bool(entry.measured) == (entry.source == "bundled")
    assert entry.architecture
    assert entry.title.startswith(f"{entry.name} - {entry.status}, ")
    euclidean = entry.architecture.startswith("Euclidean") or entry.status == "another model"
    assert (entry.max_radius is None) == euclidean
    for numbers in (entry.claimed, entry.stored):
        for hierarchy in (numbers.hierarchy, numbers.hierarchy_a, numbers.hierarchy_b):
            assert hierarchy is None or -0.8325 <= hierarchy <= 0.8325
        assert numbers.coverage is None or 0.9 < numbers.coverage <= 1
        assert numbers.norm_v0 is None or 0 < numbers.norm_v9 < numbers.norm_v0 < entry.max_radius  # type: ignore


def test_claimed_and_stored_numbers() -> None:
    rich = BY_NAME["homeostatic_rich/best.pt"]
    assert (rich.claimed.coverage, rich.claimed.hierarchy, rich.claimed.richness) == (1.0, -0.8321, 0.00787)
    assert (rich.stored.hierarchy_a, rich.stored.richness) == (-0.6944, 0.00662)
    assert rich.max_radius == 0.99
    structural = BY_NAME["v5_11_structural/best.pt"]
    assert (structural.claimed.hierarchy, structural.claimed.richness) == (-0.40, 0.00304)
    assert (structural.stored.hierarchy_a, structural.stored.hierarchy_b) == (-0.7303, -0.8320)
    assert "H128 L2" in structural.architecture
    progressive = BY_NAME["v5_11_progressive/best.pt"]
    assert (progressive.claimed.hierarchy_b, progressive.stored.hierarchy_b) == (0.78, -0.8299)


def test_published_warnings_stay_visible() -> None:
    overnight = BY_NAME["v5_11_overnight/best.pt"]
    assert overnight.status == "do not use"
    assert "training collapsed" in overnight.warning
    assert "+0.78" in BY_NAME["v5_11_progressive/best.pt"].warning


def test_a_bundled_checkpoint_has_its_own_status_and_names_the_published_one() -> None:
    bundled, other = BY_NAME["v5_11_overnight"], published("v5_11_overnight")
    assert other is BY_NAME["v5_11_overnight/best.pt"]
    assert (bundled.status, other.status) == ("good", "do not use")
    assert bundled.warning == "Published warning for this recipe: training collapsed."
    assert distinction(bundled) == (
        'Trained for this app; not the published v5_11_overnight/best.pt, whose status is "do not use".'
    )
    assert distinction(other) == ""


def test_a_status_has_its_reason_in_short() -> None:
    for entry in ENTRIES:
        assert in_short(entry), entry.name
    assert in_short(BY_NAME["rich_tree"]) == BY_NAME["rich_tree"].reason
    assert in_short(BY_NAME["v5_11_overnight/best.pt"]) == "Published warning: training collapsed."
    assert in_short(BY_NAME["v5_11/best.pt"]) == 'Published as "experimental": The first dual-encoder run.'
    overnight = BY_NAME["v5_11_overnight"]
    other = "Published warning: training collapsed. It concerns v5_11_overnight/best.pt, not this file."
    assert in_short(overnight) == f"{overnight.reason} {other}"


def test_published_checkpoints_of_recipes() -> None:
    assert published("v5_5") is BY_NAME["v5_5/latest.pt"]  # the trained one of two
    assert published("tree") is None
    assert distinction(BY_NAME["tree"]) == "Trained for this app."


def test_what_a_checkpoint_is_good_for_and_what_not_is_said() -> None:
    rich = BY_NAME["homeostatic_rich"]
    assert description(rich) == f"{rich.use_case}. {rich.measured}"
    good, _, bad = rich.measured.partition(", but not for ")
    assert good.startswith("Encoder A is good for spread within the levels (richness 0.012")
    assert "the order of distances (tree fidelity 0.1" in bad
    assert "nearest neighbours (map 3 0." in bad
