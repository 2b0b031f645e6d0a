// The table of all checkpoints: its rows are sorted here, and its buttons trigger events.
//   data-sort      no event: sorts by this column, the best first; pressed again, the other way round
//   data-open      open {checkpoint}
//   data-compare   compare {checkpoint}, and the tab's top comes into view

/**
 * A cell as it is sorted: what was measured, else what was claimed, else nothing; texts by their letters.
 * @typedef {{measured: number | null, claimed: number | null, text: string}} Key
 */

/**
 * The order of rows by the cells of one column. What was measured comes before what is claimed alone, and that before
 * what is unknown, both ways round; equal rows keep their order.
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
 * @param {HTMLTableCellElement} cell
 * @returns {Key}
 */
function keyOf(cell) {
  const {value, claim} = cell.dataset;
  /** @param {string | undefined} text */
  const number = (text) => (text === undefined ? null : Number(text));
  const text = (cell.querySelector('.open') ?? cell).textContent ?? '';
  return {measured: number(value), claimed: number(claim), text: text.toLowerCase()};
}

/**
 * Sort the rows of a table, and say so in its heading.
 * @param {HTMLElement} element
 * @param {{column: string, descending: boolean}} sort
 */
function apply(element, {column, descending}) {
  const body = element.querySelector('tbody');
  const button = /** @type {HTMLElement | null} */ (element.querySelector(`[data-sort="${column}"]`));
  const head = /** @type {HTMLTableCellElement | null | undefined} */ (button?.closest('th'));
  if (!body || !head) return;
  const rows = [...body.rows];
  const keys = rows.map((row) => keyOf(/** @type {HTMLTableCellElement} */ (row.cells[head.cellIndex])));
  body.append(...order(keys, descending).map((k) => rows[k]));
  for (const other of element.querySelectorAll('th[aria-sort]')) other.removeAttribute('aria-sort');
  head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
}

/** @param {import('../../../ui/scripts/component.js').Component<{}, {}>} component */
export function mount({element, trigger, watch}) {
  /** @type {{column: string, descending: boolean} | null} */
  let sort = null;
  element.addEventListener('click', (event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest('button'));
    const {sort: column, best, open, compare} = button?.dataset ?? {};
    if (column) {
      sort = {column, descending: sort?.column === column ? !sort.descending : best === 'high'};
      apply(element, sort);
    } else if (open) trigger('open', {checkpoint: open});
    else if (compare) {
      trigger('compare', {checkpoint: compare});
      document.getElementById('compare-lead')?.scrollIntoView();
    }
  });
  watch('value', () => sort && apply(element, sort));
}
