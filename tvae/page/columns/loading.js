// The values of columns: Python is asked once for each column of a checkpoint.

import {sources} from '../ui/canvas/sources.js';
import {valuesIn} from '../ui/links/address.js';
import {answer} from '../ui/scripts/component.js';
import {unpack, valuations} from './values.js';

/** @typedef {import('./link.js').Choice} Choice */
/** @typedef {import('./values.js').Values} Values */
/** @typedef {(asked: object) => Promise<any>} Ask */

const LONGEST = 300; // characters of the name of a checkpoint
const KEPT = 24; // columns whose values are cached; each takes at most 160 kB

/** @type {Ask | undefined} */
let ask;
let start = 0; // the operation that the page shows while none is selected
/** @type {Map<string, Values>} */
const cache = new Map();
/** @type {Map<string, Promise<string>>} */
const coming = new Map();

/**
 * @param {Ask} column asks Python for values
 * @param {number} example
 */
export function askWith(column, example) {
  ask = column;
  start = example;
}

/**
 * The operation that a column measures from, null if it does not.
 * @param {Choice} choice
 */
export const operationOf = ({column, operation}) =>
  column.needs === 'operation' ? (operation ?? sources.operation ?? start) : null;

/**
 * What the values of a column depend on; two choices with the same key have the same values.
 * @param {Choice} choice
 */
export function keyOf(choice) {
  const {key, needs} = choice.column;
  return key === 'valuation'
    ? key
    : [sources.loaded, key, operationOf(choice), needs === 'other' && otherName()].join(' ');
}

/** @param {Choice} choice @returns {Values | undefined} */
export const known = (choice) => (choice.column.key === 'valuation' ? valuations() : cache.get(keyOf(choice)));

/** The second checkpoint that Compare shows or will show; '' lets Python choose it, as Compare does. */
const otherName = () => nameIn(sources.other) || String(valuesIn(location.search, [['with', '']])[0]).slice(0, LONGEST);

/** @param {string} key */
const nameIn = (key) => key.slice(0, key.lastIndexOf(' '));

/**
 * Get the values of a column.
 * @param {Choice} choice
 * @param {string} cut the sentence for no answer
 * @returns {Promise<string>} the sentence of an error, or ''
 */
export async function fetched(choice, cut) {
  if (known(choice)) return '';
  const key = keyOf(choice),
    request = coming.get(key) ?? requested(choice, key, cut);
  coming.set(key, request);
  return request.finally(() => coming.delete(key));
}

/** @param {Choice} choice @param {string} key @param {string} cut */
async function requested(choice, key, cut) {
  const [checkpoint, column, operation] = [nameIn(sources.loaded), choice.column.key, operationOf(choice)],
    asked = {checkpoint, column, operation, other: otherName()};
  const found = await answer(() => /** @type {Ask} */ (ask)(asked), cut);
  if (found.error) return String(found.error);
  cache.set(key, unpack(found));
  if (cache.size > KEPT) cache.delete([...cache.keys()][0]);
  return '';
}
