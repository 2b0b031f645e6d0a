// The values of columns: Python is asked once for each column of a checkpoint.

import {sources} from '../ui/canvas/sources.js';
import {valuesIn} from '../ui/links/address.js';
import {keptAnswers} from '../ui/scripts/connection/answers.js';
import {unpack, valuations} from './values.js';

/** @typedef {import('./link.js').Choice} Choice */
/** @typedef {import('./values.js').Values} Values */
/** @typedef {(asked: object) => Promise<any>} Ask */

const LONGEST = 300; // characters of the name of a checkpoint
const KEPT = 24; // columns whose values are cached; each takes at most 160 kB

/** @type {Ask} */
let ask = async () => null;
let start = 0; // the operation that the page shows while none is selected
/** @type {import('../ui/scripts/connection/answers.js').Kept<Values>} */
let kept = keptAnswers(KEPT, '');

/**
 * @param {Ask} column asks Python for values
 * @param {number} example
 * @param {string} cut the sentence for no answer
 */
export function askWith(column, example, cut) {
  ask = column;
  start = example;
  kept = keptAnswers(KEPT, cut);
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
  const {key, needs, group} = choice.column;
  return key === 'valuation' || group
    ? key
    : [sources.loaded, key, operationOf(choice), needs === 'other' && otherName()].join(' ');
}

/** @param {Choice} choice @returns {Values | undefined} */
export const known = (choice) => (choice.column.key === 'valuation' ? valuations() : kept.get(keyOf(choice)));

/** The second checkpoint that Compare shows or will show; '' lets Python choose it, as Compare does. */
const otherName = () => nameIn(sources.other) || String(valuesIn(location.search, [['with', '']])[0]).slice(0, LONGEST);

/** @param {string} key */
const nameIn = (key) => key.slice(0, key.lastIndexOf(' '));

/**
 * Get the values of a column.
 * @param {Choice} choice
 * @returns {Promise<string>} the sentence of an error, or ''
 */
export async function fetched(choice) {
  if (known(choice)) return '';
  const [checkpoint, column, operation] = [nameIn(sources.loaded), choice.column.key, operationOf(choice)],
    asked = {checkpoint, column, operation, other: otherName()};
  return kept.fetch(keyOf(choice), () => ask(asked), unpack);
}
