// The code table and the disk: one amino acid is highlighted in both, and arrow keys move in the table.

const CELLS = 64; // of the code table
const COLUMNS = 4;
const STOPS = 'button[data-cell], button[data-pin]'; // the buttons of the table and the letters below it

/**
 * Where a key moves the focus from one of `size` places in rows of `columns`.
 * @param {string} key
 * @param {number} place
 * @param {number} size
 * @param {number} columns
 * @returns {number | null | undefined} null at the border, undefined for a key that does not move
 */
export function moved(key, place, size, columns) {
  const column = place % columns;
  switch (key) {
    case 'ArrowRight':
      return column + 1 < columns ? place + 1 : null;
    case 'ArrowLeft':
      return column > 0 ? place - 1 : null;
    case 'ArrowDown':
      return place + columns < size ? place + columns : null;
    case 'ArrowUp':
      return place >= columns ? place - columns : null;
    case 'Home':
      return place - column;
    case 'End':
      return place - column + columns - 1;
    default:
      return undefined;
  }
}

/** @param {import('../../ui/scripts/component.js').Component<{}, {}>} component */
export function mount({element, trigger, watch}) {
  let hovered = '';
  let focused = '';
  let pinned = '';
  /** @type {string | null} */
  let usual = null; // the sentence while nothing is highlighted

  /** @param {string} selector */
  const all = (selector) => /** @type {HTMLElement[]} */ ([...element.querySelectorAll(selector)]);
  /** @param {EventTarget | null} target */
  const family = (target) => {
    const node = target instanceof Element ? target.closest('[data-family]') : null;
    return /** @type {HTMLElement | null} */ (node)?.dataset.family ?? '';
  };
  /**
   * The button of the table or of the letters that is the target of an event.
   * @param {EventTarget | null} target
   */
  const stop = (target) => {
    const button = target instanceof Element ? target.closest(STOPS) : null;
    return /** @type {HTMLElement | null} */ (button);
  };
  /** @param {HTMLElement} button */
  const kind = (button) => (button.dataset.cell ? 'cell' : 'pin');

  function highlight() {
    const family = hovered || focused || pinned;
    const sentence = element.querySelector('.code-said');
    if (!sentence) return;
    element.querySelector('.code')?.classList.toggle('lighting', Boolean(family));
    for (const node of all('[data-family]')) node.classList.toggle('lit', node.dataset.family === family);
    const letters = all('[data-pin]');
    for (const letter of letters) letter.setAttribute('aria-pressed', String(letter.dataset.family === pinned));
    const text = letters.find((letter) => letter.dataset.family === family)?.getAttribute('aria-label') ?? usual;
    if (sentence.textContent !== text) sentence.textContent = text;
  }
  /**
   * Keep one Tab stop in the table and one among the letters: the button that last had the focus.
   * @param {HTMLElement | null} button
   */
  function rove(button) {
    if (!button) return;
    for (const other of all(`button[data-${kind(button)}]`)) other.tabIndex = other === button ? 0 : -1;
  }

  element.addEventListener('pointerover', (event) => {
    hovered = family(event.target);
    highlight();
  });
  element.addEventListener('pointerleave', () => {
    hovered = '';
    highlight();
  });
  element.addEventListener('focusin', (event) => {
    focused = family(event.target);
    rove(stop(event.target));
    highlight();
  });
  element.addEventListener('focusout', () => {
    focused = '';
    highlight();
  });
  element.addEventListener('click', (event) => {
    const target = /** @type {Element} */ (event.target);
    const pin = target.closest('[data-pin]');
    const dot = /** @type {SVGElement | null} */ (target.closest('g[data-operation]'));
    if (pin) {
      pinned = pinned === family(pin) ? '' : family(pin);
      highlight();
    }
    if (dot) {
      const add = event.ctrlKey || event.metaKey || event.shiftKey;
      trigger('pick', {ids: [Number(dot.dataset.operation)], add});
    }
  });
  element.addEventListener('keydown', (event) => {
    const button = stop(event.target);
    if (!button || event.ctrlKey || event.metaKey || event.altKey) return;
    const {cell, pin} = button.dataset;
    const letters = all('button[data-pin]').length;
    const place = cell
      ? moved(event.key, Number(cell), CELLS, COLUMNS)
      : moved(event.key, Number(pin), letters, letters);
    if (place === undefined) return;
    event.preventDefault();
    if (place !== null) all(`button[data-${kind(button)}="${place}"]`)[0].focus();
  });
  // When Python renders the HTML again, Gradio resets what was changed here.
  function restore() {
    const sentence = element.querySelector('.code-said');
    usual = sentence && (usual ?? sentence.textContent);
    rove(stop(document.activeElement));
    highlight();
  }
  watch('value', restore);
  restore();
}
