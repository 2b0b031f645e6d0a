// Close the list of a dropdown whenever the focus leaves it. In Gradio 6.31 it stays open after the Tab key: the handler
// of keys opens it for any key, and answers only after the one that closes it. The key also moves the focus into the
// list, if that scrolls, and so nowhere once it is closed. Where the focus stays in the field although the visitor
// presses elsewhere, as on some phones, the list stays open, too.

const ANSWERED = 100; // ms after which the handler of an earlier key has answered
const OPENS_NOTHING = ['Tab', 'Shift', 'Control', 'Alt', 'Meta'];

/** @param {unknown} element */
const isDropdown = (element) => element instanceof HTMLElement && element.getAttribute('role') === 'combobox';

/** Called when the page is there: dropdowns are components of Gradio. */
export const start = () => closeWhenLeft(document);

/** @param {Document} page */
function closeWhenLeft(page) {
  const early = {capture: true}; // before Gradio's own handlers
  page.addEventListener(
    'keydown',
    (event) => {
      if (!isDropdown(event.target) || !OPENS_NOTHING.includes(event.key)) return;
      const field = /** @type {HTMLElement} */ (event.target);
      page.getElementById(field.getAttribute('aria-controls') ?? '')?.setAttribute('tabindex', '-1');
      event.stopPropagation();
    },
    early,
  );
  page.addEventListener(
    'pointerdown',
    (event) => {
      const field = /** @type {HTMLElement} */ (page.activeElement);
      const inside = field?.closest('.block')?.contains(/** @type {Node} */ (event.target));
      if (isDropdown(field) && !inside) field.blur();
    },
    early,
  );
  // The handler of the key before, such as an arrow, may answer after the list has closed, and opens it again.
  page.addEventListener('focusout', ({target}) => {
    if (!isDropdown(target)) return;
    const field = /** @type {HTMLElement} */ (target);
    const close = () => {
      const open = field.ariaExpanded === 'true';
      if (open && page.activeElement !== field) field.dispatchEvent(new FocusEvent('blur'));
    };
    const late = new MutationObserver(close);
    late.observe(field, {attributeFilter: ['aria-expanded']});
    field.addEventListener('focus', () => late.disconnect(), {once: true});
    setTimeout(close, ANSWERED);
  });
}
