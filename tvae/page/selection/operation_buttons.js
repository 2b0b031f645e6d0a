// Buttons in HTML that Python renders: truth table, facts, tables, examples. The listener is on the element, so it
// survives each rendering. A button's data attributes say which event it triggers:
//   data-position, data-trit   edit {trits}: the next trit at this position of the truth table
//   data-index                 pick {ids, add}
//   data-show                  show {id}
//   data-text                  example {text}
//   data-export                no event: saves a file from Python's `export`

import {download} from '../ui/canvas/files/saving.js';
import {SIGN_CLASSES, SIGNS} from '../ui/canvas/operations.js';

/**
 * The component of every table: `data` has the words of its downloads; `context` is sent with each request for one.
 * @typedef {import('../ui/scripts/component.js').Component<{files: import('../ui/canvas/files/saving.js').FileWords}, {context?: object}>} Table
 */

/** @type {Record<string, number>} */
const KEYS = {'-': -1, 0: 0, '+': 1, '=': 1};
const PATIENCE = 5000; // ms to wait for the answer to an edit before the next one is sent anyway

/**
 * The trit that replaces another on a click, in the cycle -1, 0, 1.
 * @param {number} trit
 */
export function nextTrit(trit) {
  return ((trit + 2) % 3) - 1;
}

/**
 * The label of an entry of the truth table, `... = 0, ...` as Python wrote it, with another trit.
 * @param {string} label
 * @param {number} trit
 */
export function labelWith(label, trit) {
  return label.replace(/= .,/, `= ${SIGNS[trit + 1]},`);
}

/**
 * Send edits of the truth table one at a time, because Python applies each to the operation of its last answer. Edits
 * made meanwhile are sent as one after the answer.
 * @param {(trits: number[]) => void} send
 * @param {() => number} now time in ms
 */
export function editQueue(send, now = Date.now) {
  /** @type {{table: string, at: number} | null} */
  let sent = null;
  /** @type {number[] | null} */
  let later = null;

  /** @param {number[]} trits */
  function start(trits) {
    sent = {table: trits.join(), at: now()};
    send(trits);
  }
  return {
    /** @param {number[]} trits the whole table after an edit */
    edit(trits) {
      if (sent && now() - sent.at < PATIENCE) later = trits;
      else start(trits);
    },
    /**
     * Python rendered a table. If it answers the pending edit, send the edits made meanwhile.
     * @param {number[]} trits the rendered table
     * @returns {number[] | null} the table to show in its place
     */
    rendered(trits) {
      const answered = sent?.table === trits.join();
      const next = later;
      sent = null;
      later = null;
      if (!answered || !next || next.join() === trits.join()) return null;
      start(next);
      return next;
    },
  };
}

/**
 * @param {HTMLElement} button of a truth table
 * @param {number} trit
 */
function paint(button, trit) {
  button.dataset.trit = String(trit);
  button.textContent = SIGNS[trit + 1];
  button.className = `trit ${SIGN_CLASSES[trit + 1]}`;
  button.setAttribute('aria-label', labelWith(button.getAttribute('aria-label') ?? '', trit));
}

/**
 * Trigger the event of a button that names operations; nothing for any other button.
 * @param {HTMLElement} button
 * @param {MouseEvent} event
 * @param {(event: string, data: object) => void} trigger
 */
export function chooseBy({dataset: {index, show, text}}, event, trigger) {
  if (index) trigger('pick', {ids: [Number(index)], add: event.ctrlKey || event.metaKey || event.shiftKey});
  else if (show) trigger('show', {id: Number(show)});
  else if (text) trigger('example', {text});
}

/** @param {Table} component */
export function mount({element, trigger, props, watch, server, data}) {
  const edits = editQueue((trits) => trigger('edit', {trits}));
  const tableButtons = () => /** @type {HTMLElement[]} */ ([...element.querySelectorAll('button[data-position]')]);
  const trits = () => tableButtons().map((button) => Number(button.dataset.trit));

  /**
   * Show the trit at once; Python's answer renders it again, with everything that depends on it.
   * @param {HTMLElement} button
   * @param {number} trit
   */
  function setTrit(button, trit) {
    if (Number(button.dataset.trit) === trit) return; // an edit that changes nothing would have no answer to wait for
    paint(button, trit);
    edits.edit(trits());
  }
  /** @param {HTMLElement} button */
  function saveTable(button) {
    /** @type {Record<string, string | undefined>} */
    const {table = 'operations', checkpoint, export: kind} = {...props.context, ...button.dataset};
    const status = /** @type {Element} */ (button.closest('.exports')?.querySelector('.status')),
      listed = /** @type {HTMLElement | null} */ (element.querySelector('table[data-columns]'));
    const columns = listed?.dataset.columns ?? ''; // that the visitor added to the table
    download(() => server.export({...props.context, table, checkpoint, kind, columns}), status, data.files);
  }

  element.addEventListener('click', (event) => {
    const button = /** @type {Element} */ (event.target).closest('button');
    if (!button) return;
    if (button.dataset.position) setTrit(button, nextTrit(Number(button.dataset.trit)));
    else if (button.dataset.export) saveTable(button);
    else chooseBy(button, event, trigger);
  });
  element.addEventListener('keydown', (event) => {
    const target = /** @type {Element} */ (event.target);
    const button = /** @type {HTMLElement | null} */ (target.closest?.('button[data-position]'));
    const trit = KEYS[event.key];
    if (!button || trit === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    setTrit(button, trit);
  });
  // Gradio changes the rendered HTML in place, so a button keeps the focus while Python's answer arrives.
  watch('value', () => {
    const next = edits.rendered(trits());
    if (!next) return;
    tableButtons().forEach((button, k) => {
      paint(button, next[k]);
    });
  });
}
