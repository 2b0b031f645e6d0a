// The column by which all plots are coloured, and the filter: one state for all tabs, which is in the address. The plot
// of Explore leads: it is always on the page, and its component asks Python for values.

import {LEVELS, recolour} from '../ui/canvas/colouring.js';
import {LEVEL} from '../ui/canvas/operations.js';
import {sources, whenReplaced} from '../ui/canvas/sources.js';
import {valuesIn} from '../ui/links/address.js';
import {write} from '../ui/links/navigation.js';
import {sayer} from '../ui/scripts/component.js';
import {columnsOf, readChoice, readFilter, readListed, toggled, writeChoice, writeFilter, writeListed} from './link.js';
import {askWith, fetched, keyOf, known} from './loading.js';
import {markRows} from './rows.js';
import {filterSaid, legendOf, saidOf, writtenValue} from './sentences.js';
import {coloured, outOf, valuations} from './values.js';

/** @typedef {import('./link.js').Choice} Choice */
/** @typedef {import('./link.js').Column} Column */
/** @typedef {import('./link.js').Filter} Filter */
/** @typedef {import('./values.js').Values} Values */

/**
 * What Python passes; `start` is the operation that the page shows while none is selected.
 * @typedef {import('./link.js').Sent & {words: Record<string, string>, groups: Record<string, string>, start: number}} Data
 */

/**
 * @typedef {object} State
 * @property {(key: string, values?: Record<string, unknown>) => string} say
 * @property {Column[]} columns
 * @property {Record<string, string>} groups their names
 * @property {Choice} choice
 * @property {Filter | null} filter
 * @property {Column[]} listed in the table of selected operations
 * @property {Values | null} values of the chosen column, once they are there
 * @property {number} left operations that the filter leaves
 * @property {string} problem what could not be read, in the address or in the field
 * @property {string} failed why there are no values
 * @property {boolean} waiting for values
 */

const REST = 400; // ms
const CROSSED = 'exactness'; // the column whose first category, no, has crosses in the ball
const FIELDS = /** @type {import('../ui/links/address.js').Field[]} */ ([
  ['colour', 'valuation'],
  ['filter', ''],
  ['columns', ''],
]);

/** @type {State | null} */
export let state = null;
/** @type {Set<(state: State) => void>} */
const controls = new Set();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let resting; // until the address is written
let turn = 0; // a later change of column, filter or checkpoint ends an earlier one
let applied = ''; // the keys of what `apply` showed last

/**
 * Begin, with the `Data` of Python, and a function that asks it for values.
 * @param {Data} data
 * @param {import('./loading.js').Ask} column
 */
export function begin({words, groups, start, ...sent}, column) {
  if (state) return;
  const columns = columnsOf(sent),
    say = sayer(words),
    choice = plain(columns[0]),
    nothing = {filter: null, listed: [], values: null, left: LEVEL.length, problem: '', failed: '', waiting: false};
  askWith(column, start, say('cut'));
  state = {say, columns, groups, choice, ...nothing};
  followAddress();
  document.addEventListener('tvae-address', followAddress);
  whenReplaced(() => {
    if (keys() !== applied) apply();
  });
}

/**
 * Call a function with the state, now and after each change.
 * @param {(state: State) => void} update
 */
export function follow(update) {
  controls.add(update);
  if (state) update(state);
}

/** Read the address; what cannot be read there is named and ignored. */
function followAddress() {
  if (!state) return;
  clearTimeout(resting);
  const {columns, say} = state,
    [colour, filter, table] = valuesIn(location.search, FIELDS).map(String),
    choice = readChoice(colour, columns),
    {listed, wrong: unknown} = readListed(table, columns);
  state.choice = choice ?? plain(columns[0]);
  state.filter = readFilter(filter, columns);
  state.listed = listed;
  const wrong = [...(choice ? [] : [colour]), ...(filter && !state.filter ? [filter] : []), ...unknown.slice(0, 1)];
  state.problem = wrong.length ? say('bad_link', {part: wrong.map((part) => part.slice(0, 60)).join(', ')}) : '';
  apply();
  if (wrong.length) void nameNearest(wrong, state.problem);
}

/**
 * Name the nearest known columns in a problem of the address.
 * @param {string[]} wrong
 * @param {string} problem
 */
async function nameNearest(wrong, problem) {
  const {nearest} = await import('../ui/scripts/nearest.js');
  if (state?.problem !== problem) return;
  const keys = state.columns.map(({key}) => key),
    near = wrong.map((part) => nearest(part.split(/[.:]/)[0], keys)),
    names = near.filter((name, k) => name && !wrong[k].startsWith(name));
  if (!names.length) return;
  state.problem += ` ${state.say('near_link', {names: [...new Set(names)].join(', ')})}`;
  for (const update of controls) update(state);
}

/**
 * Colour by a column.
 * @param {string} key
 * @param {string} operation as it was typed; '' for the one that the page shows
 */
export function choose(key, operation = '') {
  if (!state) return;
  const {columns, say} = state,
    choice = readChoice(operation.trim() ? `${key}.${operation.trim()}` : key, columns);
  if (choice) change({choice});
  else {
    state.problem = say('no_operation', {text: operation.slice(0, 20), last: LEVEL.length - 1});
    for (const update of controls) update(state);
  }
}

/**
 * Change the column, the filter or the columns of the table, and remember it in the address; while a handle moves, when
 * it has come to rest.
 * @param {Partial<Pick<State, 'choice' | 'filter' | 'listed'>>} change
 * @param {boolean} moving
 */
export function change(change, moving = false) {
  if (!state) return;
  Object.assign(state, change, {problem: ''});
  clearTimeout(resting);
  if (moving) resting = setTimeout(remember, REST);
  else remember();
  apply();
}

/**
 * Add a column to the table of selected operations, or remove it.
 * @param {Column} column
 */
export function list(column) {
  if (state) change({listed: toggled(state.listed, column)});
}

function remember() {
  if (!state) return;
  const {choice, filter, listed} = state;
  write(FIELDS, [writeChoice(choice), filter ? writeFilter(filter) : '', writeListed(listed)]);
}

/** @param {Column} column @returns {Choice} */
const plain = (column) => ({column, operation: null});

/** The columns whose values are needed. @returns {Choice[]} */
const wanted = () => (state ? [state.choice, ...(state.filter ? [state.filter] : []), ...state.listed.map(plain)] : []);

const keys = () => wanted().map(keyOf).join('\n');

/** Colour and filter by what is chosen, as soon as the values are there; until then, plots have the colours of levels. */
export async function apply() {
  if (!state || !sources.loaded) return;
  const mine = ++turn;
  applied = keys();
  state.failed = '';
  if (!wanted().every(known)) {
    show(state, true);
    const problems = await Promise.all(wanted().map(fetched));
    if (mine !== turn) return;
    state.failed = problems.find(Boolean) ?? '';
  }
  show(state, false);
}

/** @param {State} state @param {boolean} waiting */
function show(state, waiting) {
  const {choice, filter} = state,
    values = known(choice) ?? null,
    filtered = filter && known(filter),
    out = filter && filtered ? outOf(filter, filtered) : null;
  Object.assign(state, {waiting, values, left: LEVEL.length - (out?.reduce((sum, one) => sum + one, 0) ?? 0)});
  const {key} = choice.column,
    words = filter && out ? filterSaid(state, filter) : '';
  if (!values || key === 'valuation') {
    const levels = plain(state.columns[0]);
    recolour({...LEVELS, out, legend: legendOf(state, levels, valuations(), words)});
  } else {
    const look = {legend: legendOf(state, choice, values, words), said: saidOf(state, values)};
    recolour({column: key, ...coloured(choice.column, values), out, crossed: key === CROSSED ? 0 : -1, ...look});
  }
  markRows(out, state.say('row_out'), cellsOf(state));
  for (const update of controls) update(state);
}

/**
 * The columns of the table of selected operations: what to write in each row, '' until the values are there.
 * @param {State} state
 * @returns {import('./rows.js').Cells[]}
 */
function cellsOf({listed, say}) {
  return listed.map((column) => {
    const values = known(plain(column)),
      {key, label} = column;
    const textOf = (/** @type {number} */ n) => (values ? writtenValue(column, values, n) : '');
    return {key, label, removal: say('unlist_one', {column: label}), textOf, remove: () => list(column)};
  });
}
