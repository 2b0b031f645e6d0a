"""The smallest pieces of the page's HTML: numbers, trits, buttons. Texts from outside are escaped by the caller."""

import re
from collections.abc import Iterable, Sequence
from html import escape

from tvae.page.ui import texts
from tvae.reports.palette import TRIT_SIGNS

_CLASSES = {-1: "minus", 0: "zero", 1: "plus"}
_KINDS = (("csv", "CSV"), ("json", "JSON"), ("parquet", "Parquet"))


def number(value: float | None, digits: int) -> str:
    """A number with a true minus sign and commas between thousands; a dash where it is undefined."""
    return "\u2013" if value is None else f"{value:,.{digits}f}".replace("-", "\u2212")


def trit_tile(trit: int, right: int | None = None) -> str:
    """One trit; where it is wrong, framed, with the right sign beside it."""
    if right is None or right == trit:
        return f'<span class="trit {trit_class(trit)}">{TRIT_SIGNS[trit]}</span>'
    return (
        f'<span class="trit {trit_class(trit)} wrong">{TRIT_SIGNS[trit]}</span>'
        f'<sup class="should" title="{texts.SHOULD_BE.format(sign=TRIT_SIGNS[right])}">{TRIT_SIGNS[right]}</sup>'
    )


def trit_row(trits: Sequence[int], right: Sequence[int] | None = None) -> str:
    """Nine trits in a row, position 0 first."""
    pairs = zip(trits, right or trits, strict=True)
    return f'<span class="trits">{"".join(trit_tile(trit, wanted) for trit, wanted in pairs)}</span>'


def as_files(table: str, title: str, checkpoint: str) -> str:
    """Buttons that save a table of a checkpoint, for `operation_buttons.js`."""
    buttons = "".join(
        f'<button type="button" class="chip" data-export="{kind}" data-table="{table}" '
        f'data-checkpoint="{escape(checkpoint)}" '
        f'aria-label="{texts.AS_FILE.format(title=escape(title), kind=name)}">{name}</button>'
        for kind, name in _KINDS
    )
    return f'<div class="exports"><span>{escape(title)}</span>{buttons}<span class="status" role="status"></span></div>'


def table_export_buttons() -> str:
    """Buttons that save the table below them, and where `operation_buttons.js` says how that goes."""
    buttons = "".join(
        f'<button type="button" class="chip" data-export="{kind}">{texts.EXPORT.format(kind=name)}</button>'
        for kind, name in _KINDS
    )
    return f'{buttons}<span class="status" role="status"></span>'


def alert(sentence: str) -> str:
    """An error or a warning that a screen reader announces; empty for an empty sentence."""
    return f'<p class="alert" role="alert">{escape(sentence)}</p>' if sentence else ""


def trit_class(trit: int) -> str:
    """The style class of a trit."""
    return _CLASSES[trit]


def bar(share: float, good: bool = True) -> str:
    """A bar for a share in 0..1 of a limit; the number beside it says the same in words."""
    width = max(0.0, min(1.0, share)) * 100
    kind = "bar" if good else "bar over"
    return f'<span class="{kind}" aria-hidden="true"><span style="width:{width:.4f}%"></span></span>'


def scrolling(label: str, inside: str) -> str:
    """What is wide or long, in a region that scrolls, also by keyboard."""
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(label)}">{inside}</div>'


def chips(indices: Iterable[int]) -> str:
    """Operations as buttons that choose them."""
    return " ".join(f'<button type="button" class="chip" data-index="{i}">{i}</button>' for i in indices)


def prose(text: str) -> str:
    """Plain text as HTML: blank lines part paragraphs, "- " begins an item of a list, `code` is code."""
    blocks: list[str] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        first, *items = re.split(r"^- ", block, flags=re.MULTILINE)
        blocks.append(f"<p>{escape(first.strip())}</p>" if first.strip() else "")
        # a line that follows an item and is indented less ends the list only in Markdown; here it goes with the item
        blocks.append("<ul>" + "".join(f"<li>{escape(item.strip())}</li>" for item in items) + "</ul>" if items else "")
    return re.sub(r"`([^`\n]+)`", r"<code>\1</code>", "".join(blocks))


def metric_tile(
    key: str, label: str, value: str, more: str, sentence: str, share: float | None = None, good: bool = True
) -> str:
    """A tile: a number under its label, a bar for its share of a limit, and the sentence that explains it on demand."""
    filled = "" if share is None else bar(share, good)
    return (
        f'<details class="tile" data-tile="{key}-{escape(label)}"><summary><span class="label">{escape(label)}</span>'
        f'<span class="value">{value}</span>{filled}<span class="more">{more}</span></summary>'
        f"<p>{escape(sentence)}</p></details>"
    )
