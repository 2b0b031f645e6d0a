// The table of all checkpoints: its rows are sorted here, and its buttons trigger events. A cell has its measured value,
// turned so that more is better, as data-gain, and its claimed one as data-claim.
//   data-sort      sorted: sorts by this column, the best first; pressed again, reversed
//   data-open      open {checkpoint}
//   data-compare   compare {checkpoint}, and the tab's top comes into view

/**
 * A cell as it is sorted: what was measured, else what was claimed, else nothing; texts by their letters.
 * @typedef {{measured: number | null, claimed: number | null, text: string}} Key
 */

/**
 * The order of rows by the cells of one column. What was measured comes before what is claimed alone, and that before
 * what is unknown, in either direction; equal rows keep their order.
 * @param {Key[]} keys
 * @param {boolean} descending
 * @returns {number[]} places of the rows
 */
export function order(keys, descending) {
  const sign = descending ? -1 : 1;
  /** @param {Key} key */
  const group = (key) => (key.measured !== null ? 0 : key.claimed !== null ? 1 : 2);
  /** @type {(one: Key, other: Key) => number} */
  const compare = (one, other) => {
    const apart = group(one) - group(other);
    if (apart) return apart;
    const [left, right] = [one, other].map((key) => key.measured ?? key.claimed);
    if (left !== null && right !== null) return sign * (left - right);
    return sign * (Number(one.text > other.text) - Number(one.text < other.text));
  };
  return keys.map((_, k) => k).sort((one, other) => compare(keys[one], keys[other]) || one - other);
}

/**
 * What the section should show, as a text that changes when the checkpoint does, and at each opening of the tab by a
 * visitor with files, who may have new ones.
 * @param {{tab: string}} data
 * @param {string} asked the current text
 * @param {string} open id of the open tab
 * @param {string} loaded checkpoint of the page
 * @param {string} visit key of the visit, empty without files
 * @returns {string}
 */
export function ask({tab}, asked, open, loaded, visit) {
  if (open !== tab) return asked;
  const times = asked ? JSON.parse(asked).times : 0;
  return JSON.stringify({loaded, times: visit ? times + 1 : times});
}

/** Bring the section into view, and the keyboard to it. */
export function jump() {
  const title = document.getElementById('compare-board-title');
  title?.scrollIntoView();
  /** @type {HTMLElement | null | undefined} */ (title?.querySelector('h2'))?.focus();
}

/**
 * What a gain is sorted as, so that a low value that is good comes before a high one, and a value that does not count,
 * whose gain is -inf, at the worse end.
 * @param {string} gain as Python writes it
 * @param {string | undefined} best the end that is good: low or high
 * @returns {number}
 */
export function sortValue(gain, best) {
  const number = gain === '-inf' ? -Number.MAX_VALUE : Number(gain);
  return best === 'low' ? -number : number;
}

/**
 * @param {HTMLTableCellElement} cell
 * @param {string | undefined} best
 * @returns {Key}
 */
function keyOf(cell, best) {
  const {gain, claim} = cell.dataset;
  const text = (cell.querySelector('.open') ?? cell).textContent ?? '';
  return {
    measured: gain === undefined ? null : sortValue(gain, best),
    claimed: claim === undefined ? null : Number(claim),
    text: text.toLowerCase(),
  };
}

/**
 * Sort the rows of a table, and say so in its heading; as Python listed them if the table has no such column.
 * @param {HTMLElement} element
 * @param {HTMLTableRowElement[]} listed the rows as Python listed them
 * @param {Sort} sort
 */
function apply(element, listed, {column, descending}) {
  /** @type {HTMLElement | null} */
  const button = column ? element.querySelector(`[data-sort="${column}"]`) : null;
  const head = /** @type {HTMLTableCellElement | null | undefined} */ (button?.closest('th'));
  const best = button?.dataset.best;
  for (const other of element.querySelectorAll('th[aria-sort]')) other.removeAttribute('aria-sort');
  head?.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
  const keys = listed.map((row) => keyOf(/** @type {HTMLTableCellElement} */ (row.cells[head?.cellIndex ?? 0]), best));
  const places = head ? order(keys, descending) : keys.keys();
  element.querySelector('tbody')?.append(...[...places].map((k) => listed[k]));
}

/**
 * A column, and which end comes first; without a column, the rows stay as they are listed.
 * @typedef {{column: string, descending: boolean}} Sort
 */

/**
 * The sort that a text names, such as `overlaps` or, reversed, `-richness`.
 * @param {string} text from the address, where anybody may have written it
 * @returns {Sort}
 */
export function parsedSort(text) {
  const [, sign, column = ''] = /^(-?)(\w+)$/.exec(text) ?? [];
  return {column, descending: sign === '-'};
}

let chosen = ''; // the visitor's sort, as `parsedSort` reads it

/** Event: the visitor has sorted the table. */
export const sorted = () => chosen;

/** @param {import('../../../ui/scripts/component.js').Component<{}, {sort: string}>} component */
export function mount({element, trigger, watch, props}) {
  /** @type {HTMLTableRowElement[]} */
  let listed = [];
  let sort = parsedSort(props.sort);
  const show = () => {
    listed = [...(element.querySelector('tbody')?.rows ?? [])];
    apply(element, listed, sort);
  };
  show();
  element.addEventListener('click', (event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest('button'));
    const {sort: column, best, open, compare} = button?.dataset ?? {};
    if (column) {
      sort = {column, descending: sort.column === column ? !sort.descending : best === 'high'};
      apply(element, listed, sort);
      chosen = (sort.descending ? '-' : '') + column;
      trigger('sorted', {});
    } else if (open) trigger('open', {checkpoint: open});
    else if (compare) {
      trigger('compare', {checkpoint: compare});
      document.getElementById('compare-lead')?.scrollIntoView();
    }
  });
  watch('value', show);
  watch('sort', () => {
    sort = parsedSort(props.sort);
    apply(element, listed, sort);
  });
}
