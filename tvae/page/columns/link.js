// The colour and the filter as parameters of the address:
//   colour=nearness_a.13              a column, and the operation that it measures from; without it, the one shown
//   filter=confidence:0.98..          a column, and the least and the largest value
//   filter=valuation:7,8,9            a column, and the numbers of categories
//   columns=sheffer;keeps(-, 0)       columns of the table of selected operations

import {COUNT} from '../ui/canvas/operations.js';

/**
 * What Python says of a column; one of a group is of the atlas of operations, the same for every checkpoint.
 * @typedef {object} Column
 * @property {string} key
 * @property {string} label
 * @property {'continuous' | 'categorical'} kind
 * @property {'' | 'operation' | 'other'} needs
 * @property {string[]} categories
 * @property {string[]} colours
 * @property {string} group '' for none
 */

/**
 * The columns as Python sends them: those of `columns` without usual values, those of `alike` by their group.
 * @typedef {object} Sent
 * @property {(Partial<Column> & {key: string, label: string})[]} columns
 * @property {{categories: string[], colours: string[], keys: Record<string, string[]>}} alike
 * @property {string[]} colours that are usual
 */

/** @typedef {{column: Column, operation: number | null}} Choice a column, and the operation that it measures from; null
 *   for the one that the page shows, or none */
/** @typedef {Choice & {codes: number[] | null, low: number | null, high: number | null}} Filter */

const LONGEST = 120; // characters
const MOST = 6; // columns of the table
const BETWEEN = ';'; // keys, of which some have a comma
const OLDER = new Map([['nearness', 'nearness_a']]); // of links from when only the Ball tab had colours

/** @param {Sent} sent @returns {Column[]} */
export function columnsOf({columns, alike: {keys, ...shared}, colours}) {
  const same = Object.entries(keys).flatMap(([group, own]) => own.map((key) => ({key, label: key, group, ...shared})));
  return [...columns, ...same].map((column) => ({
    kind: column.categories?.length ? 'categorical' : 'continuous',
    needs: '',
    categories: [],
    colours,
    group: '',
    ...column,
  }));
}

/**
 * @param {string} text
 * @param {Column[]} columns
 * @returns {Choice | null} null for anything else
 */
export function readChoice(text, columns) {
  const [name, operation, ...more] = text.slice(0, LONGEST).split('.');
  const column = columns.find(({key}) => key === (OLDER.get(name) ?? name));
  if (!column || more.length) return null;
  if (operation === undefined) return {column, operation: null};
  const from = column.needs === 'operation' ? whole(operation, COUNT) : -1;
  return from < 0 ? null : {column, operation: from};
}

/** @param {Choice} choice */
export const writeChoice = ({column, operation}) => column.key + (operation === null ? '' : `.${operation}`);

/**
 * @param {string} text
 * @param {Column[]} columns
 * @returns {Filter | null} null for anything else
 */
export function readFilter(text, columns) {
  const at = text.indexOf(':'),
    choice = at < 0 || text.length > LONGEST ? null : readChoice(text.slice(0, at), columns);
  if (!choice) return null;
  const range = text.slice(at + 1);
  if (choice.column.kind === 'categorical') {
    const {categories} = choice.column,
      codes = range.split(',').map((code) => (categories[whole(code, categories.length)] ? Number(code) : -1));
    return codes.includes(-1) ? null : {...choice, codes: [...new Set(codes)].sort((a, b) => a - b), ...FREE};
  }
  const ends = range.split('..').map((end) => (end === '' ? null : number(end)));
  if (ends.length !== 2 || ends.some(Number.isNaN) || ends.every((end) => end === null)) return null;
  const [low, high] = ends;
  return low !== null && high !== null && low > high ? null : {...choice, codes: null, low, high};
}

/** @param {Filter} filter */
export const writeFilter = (filter) =>
  `${writeChoice(filter)}:${filter.codes ? filter.codes.join(',') : `${limit(filter.low)}..${limit(filter.high)}`}`;

/**
 * The columns of the table, at most `MOST`, and the parts that are none or have no room.
 * @param {string} text
 * @param {Column[]} columns
 */
export function readListed(text, columns) {
  const keys = text ? [...new Set(text.slice(0, MOST * LONGEST).split(BETWEEN))] : [],
    found = columns.filter(({key, group}) => group && keys.includes(key));
  const listed = found.sort((one, two) => keys.indexOf(one.key) - keys.indexOf(two.key)).slice(0, MOST);
  return {listed, wrong: keys.filter((key) => !listed.some((column) => column.key === key))};
}

/** @param {{key: string}[]} listed */
export const writeListed = (listed) => listed.map(({key}) => key).join(BETWEEN);

/**
 * The columns of the table with one more or less; the first one goes if there is no room.
 * @param {Column[]} listed
 * @param {Column} column
 */
export const toggled = (listed, column) =>
  listed.includes(column) ? listed.filter((one) => one !== column) : [...listed, column].slice(-MOST);

/**
 * A limit with as many decimals as it needs, never with an exponent.
 * @param {number | null} end
 */
const limit = (end) => end?.toFixed(9).replace(/\.?0+$/, '') ?? '';

const FREE = {low: null, high: null};

/** @param {string} text @param {number} count @returns {number} -1 for what is not one of the first whole numbers */
const whole = (text, count) => (/^\d{1,5}$/.test(text) && Number(text) < count ? Number(text) : -1);

/** @param {string} text */
const number = (text) => (/^-?\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN);
