"""What of an open page is cut, outside the window, or scrolls without saying so: `cuts(page)`."""

from typing import Any, Final

from playwright.sync_api import Page

_FIND: Final = """() => {
    const found = [], wide = document.documentElement.clientWidth;
    const name = (one) => {
        const place = one.closest('[id]')?.id ?? '';
        const words = (one.textContent || one.value || one.ariaLabel || '').trim().replace(/\\s+/g, ' ').slice(0, 50);
        return `${one.tagName.toLowerCase()}.${one.getAttribute('class') ?? ''} in #${place}: ${words}`;
    };
    const cut = (one, why) => found.push(`${why}: ${name(one)}`);
    const hasText = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const scrolls = (style) => /auto|scroll/.test(style.overflowX);
    if (document.documentElement.scrollWidth > wide) cut(document.documentElement, 'the page scrolls sideways');
    for (const one of document.body.querySelectorAll('*')) {
        if (!one.checkVisibility({visibilityProperty: true})) continue;
        const box = one.getBoundingClientRect(), style = getComputedStyle(one);
        if (box.width <= 1 || box.height <= 1) continue; // for screen readers only
        if (one.closest('svg')) {
            if (getComputedStyle(one.closest('svg')).overflow === 'visible') continue;
            const frame = one.closest('svg').getBoundingClientRect();
            const out = box.left < frame.left - 1 || box.right > frame.right + 1;
            if (one.tagName === 'text' && (out || box.top < frame.top - 2 || box.bottom > frame.bottom + 2)) {
                cut(one, 'outside its picture');
            }
            continue;
        }
        const region = one.parentElement.closest('.scroll, .disk-tools, [role=tablist]');
        const matters = one.matches('button, a, input, select, textarea, summary, [role=button]') || hasText(one);
        if (matters && !region && (box.left < -1 || box.right > wide + 1)) cut(one, 'outside the window');
        if (one.matches('input, textarea')) continue; // their text moves under the caret
        const over = one.clientWidth && one.scrollWidth > one.clientWidth + 1;
        if (over && /hidden|clip/.test(style.overflowX)) cut(one, 'cut');
        if (over && style.overflowX === 'visible' && hasText(one)) cut(one, 'spills over');
        if (/hidden|clip/.test(style.overflowY) && hasText(one) && one.scrollHeight > one.clientHeight + 2) {
            cut(one, 'cut below');
        }
        if (over && scrolls(style)) {
            const shown = /gradient/.test(style.backgroundImage) && /local/.test(style.backgroundAttachment);
            // Each tab of the strip comes into view when it has the focus.
            const reached = (one.tabIndex === 0 && one.ariaLabel) || one.querySelector('[role=tab]');
            if (!shown || !reached) cut(one, shown ? 'scrolls without focus or name' : 'scrolls without a sign');
        }
    }
    return found;
}"""


def cuts(page: Page) -> list[str]:
    """What is cut at the page's present size, one line each; everything that opens in place should be open."""
    found: list[Any] = page.evaluate(_FIND)
    return list(map(str, found))


def open_details(page: Page) -> None:
    """Open all explanations that are in view or would be if one scrolled there."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
