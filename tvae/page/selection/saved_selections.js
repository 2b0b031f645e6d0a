// Named selections, which this browser keeps. A selection is kept as it is in the address, so each is a link to the
// current view with these operations.

import {LONGEST, WHOLE} from '../ui/links/address.js';
import {OWN} from '../ui/scripts/component.js';

/** @typedef {{name: string, query: string}} Saved `query`: `operations=...` or `selected=...` */

export const MOST = 50;
export const LONGEST_NAME = 60; // characters
export const KEY = 'tvae-selections'; // in the browser's storage
export const PARAMETERS = ['operations', 'selected']; // as in selection_link.py
const CHECKPOINTS = ['checkpoint', 'with']; // the parameters that name one

/**
 * A name as it is kept; '' for none.
 * @param {unknown} name
 */
export const named = (name) =>
  typeof name === 'string' ? [...name.trim().replace(/\s+/g, ' ')].slice(0, LONGEST_NAME).join('') : '';

/**
 * The part of a query that is the selection, '' if it has none that an address may have.
 * @param {unknown} query
 */
export function selectionIn(query) {
  if (typeof query !== 'string' || query.length > WHOLE + 1) return ''; // which may begin with a question mark
  const view = new URLSearchParams(query),
    parameter = PARAMETERS.find((name) => view.get(name)?.trim()),
    value = parameter ? String(view.get(parameter)) : '';
  return parameter && value.length <= LONGEST ? new URLSearchParams([[parameter, value]]).toString() : '';
}

/**
 * A query with another selection.
 * @param {string} query
 * @param {string} selection
 */
export function withSelection(query, selection) {
  const view = new URLSearchParams(query);
  for (const name of PARAMETERS) view.delete(name);
  for (const [name, value] of new URLSearchParams(selection)) view.set(name, value);
  return `?${view}`;
}

/**
 * A query that may be passed on: without the names of the visitor's own checkpoints, which would open them.
 * @param {string} query
 */
export function withoutOwn(query) {
  const view = new URLSearchParams(query);
  for (const name of CHECKPOINTS) {
    if (view.getAll(name).some((value) => value.startsWith(OWN))) view.delete(name);
  }
  return `?${view}`;
}

/**
 * The stored list without invalid entries: anyone can edit local storage.
 * @param {string | null} text
 * @returns {Saved[]}
 */
export function read(text) {
  /** @type {unknown} */
  let kept = null;
  try {
    kept = JSON.parse(text ?? '[]');
  } catch {
    // The stored text is broken: begin again.
  }
  /** @type {Saved[]} */
  const found = [];
  for (const one of Array.isArray(kept) ? kept : []) {
    const name = named(one?.name),
      query = selectionIn(one?.query);
    if (name && query && found.length < MOST) found.push({name, query});
  }
  return found.filter(({name}, k) => found.findIndex((other) => other.name === name) === k);
}

/**
 * The list with one more selection, or another one under a name that it has; null if there are too many.
 * @param {Saved[]} list
 * @param {string} name
 * @param {string} query
 */
export function saved(list, name, query) {
  const others = list.filter((one) => one.name !== name);
  return others.length < MOST ? [...others, {name, query}] : null;
}

/**
 * The list with another name for a selection, which replaces a selection that already has this name. Another tab of the
 * browser may have deleted the selection meanwhile; then nothing changes.
 * @param {Saved[]} list
 * @param {string} from
 * @param {string} to
 */
export function renamed(list, from, to) {
  if (from === to || !list.some(({name}) => name === from)) return list;
  return list.filter(({name}) => name !== to).map((one) => (one.name === from ? {...one, name: to} : one));
}

/** The list that this browser keeps; empty if it keeps nothing. */
export function stored() {
  try {
    return read(localStorage.getItem(KEY));
  } catch {
    return [];
  }
}

/**
 * Keep a list; whether the browser does.
 * @param {Saved[]} list
 */
export function store(list) {
  try {
    localStorage.setItem(KEY, JSON.stringify(list));
    return true;
  } catch {
    return false;
  }
}
