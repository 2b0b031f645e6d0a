"""HTML about a checkpoint says which one it is, for the names of files that are saved of its figures."""

from xml.etree import ElementTree

from markupsafe import Markup

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.page.selection.checkpoint.checkpoints import figures_of


def test_it_has_the_name_the_digest_and_the_title(rich: EvaluatedCheckpoint) -> None:
    root = ElementTree.fromstring(figures_of(Markup("<figure>a</figure>"), rich))
    assert root.get("class") == "figures-of"
    assert root.get("data-of") == root.get("data-titled") == rich.location.name
    assert root.get("data-digest") == rich.checkpoint.sha256[:12]
    assert [child.tag for child in root] == ["figure"]


def test_what_is_inside_and_is_text_is_escaped(rich: EvaluatedCheckpoint) -> None:
    assert "<b>" not in figures_of("<b>", rich)  # type: ignore[arg-type]
