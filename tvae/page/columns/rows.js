// Mark the rows of tables whose operation is filtered out: with a class, and with words for those who do not see it.

/** @type {Uint8Array | null} */
let left = null;
let words = '';
/** @type {MutationObserver | null} */
let observer = null;

/**
 * @param {Uint8Array | null} out 1 for each operation that is filtered out
 * @param {string} said the mark in words
 */
export function markRows(out, said) {
  if (!out && !left) return;
  left = out;
  words = said;
  mark();
  // Python renders tables again, and Gradio changes rows in place.
  observer ??= new MutationObserver((changes) => changes.some(isOfTable) && mark());
  if (out) observer.observe(document.body, {childList: true, subtree: true, attributeFilter: ['data-row']});
  else observer.disconnect();
}

/**
 * Whether a change of the page is of a table or adds one; most are not, such as those of a tooltip.
 * @param {MutationRecord} change
 */
export function isOfTable({target, addedNodes}) {
  const [at, ...added] = /** @type {Element[]} */ ([target, ...addedNodes]);
  return (
    Boolean(at.closest?.('table')) || added.some((one) => one.matches?.('table,tr') || one.querySelector?.('table'))
  );
}

function mark() {
  for (const row of document.querySelectorAll('tr[data-row]')) {
    const isOut = left?.[Number(/** @type {HTMLElement} */ (row).dataset.row)] === 1,
      said = row.querySelector('.filtered-said');
    row.classList.toggle('filtered-out', isOut);
    if (!isOut) said?.remove();
    else if (!said) {
      const note = Object.assign(document.createElement('span'), {className: 'filtered-said', textContent: words});
      row.firstElementChild?.append(note);
    }
  }
}
