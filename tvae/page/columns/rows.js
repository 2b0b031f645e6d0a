// What the room adds to tables of operations: marks on the rows whose operation is filtered out, with a class, and with
// words for those who do not see it; and columns of the table of selected operations.

import {writeListed} from './link.js';

/**
 * A column of the table.
 * @typedef {object} Cells
 * @property {string} key
 * @property {string} label
 * @property {string} removal the label of the button that removes it
 * @property {(n: number) => string} textOf the cell of an operation
 * @property {() => void} remove
 */

const RESULTS = 'results'; // the element with the table of the selected operations, in Explore

/** @type {Uint8Array | null} */
let left = null;
let words = '';
/** @type {Cells[]} */
let columns = [];
/** @type {MutationObserver | null} */
let observer = null;

/**
 * @param {Uint8Array | null} out 1 for each operation that is filtered out
 * @param {string} said the mark in words
 * @param {Cells[]} listed columns of the table of selected operations
 */
export function markRows(out, said, listed) {
  const before = left || columns.length;
  if (!out && !listed.length && !before) return;
  left = out;
  words = said;
  columns = listed;
  mark();
  // Python renders tables again, and Gradio changes rows in place.
  observer ??= new MutationObserver((changes) => changes.some(isOfTable) && mark());
  const attributeFilter = ['data-row', 'data-columns'];
  if (out || listed.length) observer.observe(document.body, {childList: true, subtree: true, attributeFilter});
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
    const isOut = left?.[numberOf(row)] === 1,
      said = row.querySelector('.filtered-said');
    row.classList.toggle('filtered-out', isOut);
    if (!isOut) said?.remove();
    else if (!said) {
      const note = Object.assign(document.createElement('span'), {className: 'filtered-said', textContent: words});
      row.firstElementChild?.append(note);
    }
  }
  const table = document.getElementById(RESULTS)?.querySelector('table');
  if (table) fill(table);
}

/** @param {Element} row */
const numberOf = (row) => Number(/** @type {HTMLElement} */ (row).dataset.row);

/**
 * Add the columns to the table, and say on it which they are, for its exports. Whatever is right already is not touched,
 * because each change would call `mark` again.
 * @param {HTMLTableElement} table
 */
function fill(table) {
  const keys = writeListed(columns);
  for (const row of table.rows) {
    const isHead = row.parentElement === table.tHead,
      own = [...row.querySelectorAll('.column-listed')];
    if (own.map((cell) => /** @type {HTMLElement} */ (cell).dataset.column).join(';') !== keys) {
      for (const cell of own) cell.remove();
      row.append(...columns.map((column) => (isHead ? heading(column, table) : cellFor(column))));
    }
    if (!isHead) write(row);
  }
  if (keys !== (table.dataset.columns ?? '')) {
    if (keys) table.dataset.columns = keys;
    else delete table.dataset.columns;
  }
}

/** @param {HTMLTableRowElement} row */
function write(row) {
  row.querySelectorAll('.column-listed').forEach((cell, k) => {
    const text = columns[k].textOf(numberOf(row));
    if (cell.textContent !== text) cell.textContent = text;
  });
}

/** @param {Cells} column */
function cellFor({key}) {
  const cell = Object.assign(document.createElement('td'), {className: 'column-listed'});
  cell.dataset.column = key;
  return cell;
}

/** @param {Cells} column @param {HTMLTableElement} table */
function heading({key, label, removal, remove}, table) {
  const cell = Object.assign(document.createElement('th'), {className: 'column-listed', scope: 'col'}),
    button = Object.assign(document.createElement('button'), {type: 'button', ariaLabel: removal});
  cell.dataset.column = key;
  cell.append(label, button);
  button.addEventListener('click', () => {
    remove();
    /** @type {HTMLElement | null} */ (table.closest('.scroll'))?.focus(); // the button is gone
  });
  return cell;
}
