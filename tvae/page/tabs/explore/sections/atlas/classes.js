// The browser of classes within the card: Python renders one page of the list at a time.

/** @typedef {{kind: string, show: string, property: string, page: number}} Asked */

const FIRST = {kind: 'isomorphism', show: 'named', property: 'any', page: 0};

/**
 * What to ask for after one of the fields was changed. Classes of another kind have other sizes and properties, and
 * those with a property have not all sizes.
 * @param {Asked} asked
 * @param {string} name of the field
 * @param {string} value
 * @returns {Asked}
 */
export function changed(asked, name, value) {
  if (name === 'kind') return {...FIRST, kind: value};
  return name === 'property' ? {...asked, property: value, show: 'all', page: 0} : {...asked, show: value, page: 0};
}

/**
 * @param {{details: HTMLDetailsElement, body: HTMLElement}} section
 * @param {(asked: Asked) => Promise<{html?: string, error?: string}>} ask
 * @param {string} loading
 * @param {(body: HTMLElement, html: string) => void} refill
 */
export function browse({details, body}, ask, loading, refill) {
  /** @type {Asked} */
  let shown = FIRST;
  let count = 0; // of requests; the answer to an earlier one is dropped

  /** @param {Asked} asked */
  async function turnTo(asked) {
    count += 1;
    const own = count,
      {html, error} = await ask(asked);
    if (own !== count) return;
    if (error) body.textContent = error;
    else {
      shown = asked;
      refill(body, html ?? '');
    }
  }
  details.addEventListener('toggle', () => {
    if (!details.open || body.childElementCount) return;
    body.textContent = loading;
    turnTo(shown);
  });
  body.addEventListener('change', (event) => {
    const field = /** @type {HTMLSelectElement} */ (event.target);
    turnTo(changed(shown, field.dataset.key ?? '', field.value));
  });
  body.addEventListener('click', (event) => {
    const button = /** @type {Element} */ (event.target).closest('button');
    if (button?.dataset.page) turnTo({...shown, page: Number(button.dataset.page)});
  });
}
