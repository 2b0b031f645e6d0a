// The script of a page that stands alone: a click on the name of a column sorts its table, and a second one turns the
// order round. Cells without a value stay last.

/**
 * What a row is sorted by.
 * @param {HTMLTableRowElement} row @param {number} column
 */
function sortedBy(row, column) {
  const cell = row.cells[column],
    number = cell.dataset.number;
  return number === undefined ? (cell.textContent ?? '').trim() : Number(number);
}

/** @param {string | number} value */
const isMissing = (value) => value === '' || value === '\u2013';

/**
 * The order of two values: numbers by size and before texts, what is missing last in either direction.
 * @param {string | number} one @param {string | number} other @param {number} sign 1 or -1
 */
function order(one, other, sign) {
  if (isMissing(one) || isMissing(other)) return Number(isMissing(one)) - Number(isMissing(other));
  if (typeof one === 'number' && typeof other === 'number') return sign * (one - other);
  if (typeof one !== typeof other) return typeof one === 'number' ? -1 : 1;
  return sign * String(one).localeCompare(String(other), 'en', {numeric: true});
}

/** @param {HTMLTableCellElement} head of the column */
function sortBy(head) {
  const table = /** @type {HTMLTableElement} */ (head.closest('table')),
    body = table.tBodies[0],
    falls = head.getAttribute('aria-sort') === 'ascending';
  for (const other of table.querySelectorAll('thead th')) other.removeAttribute('aria-sort');
  head.setAttribute('aria-sort', falls ? 'descending' : 'ascending');
  const rows = [...body.rows].map((row) => ({row, value: sortedBy(row, head.cellIndex)}));
  rows.sort((one, other) => order(one.value, other.value, falls ? -1 : 1));
  body.append(...rows.map(({row}) => row));
}

for (const button of document.querySelectorAll('thead button'))
  button.addEventListener('click', () => sortBy(/** @type {HTMLTableCellElement} */ (button.closest('th'))));
