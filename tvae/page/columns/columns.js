// The column by which all plots are coloured, and the filter: one state for all tabs, which is in the address. The plot
// of Explore leads: it is always on the page, and its component asks Python for values.

import {LEVELS, recolour} from '../ui/canvas/colouring.js';
import {LEVEL} from '../ui/canvas/operations.js';
import {sources, whenReplaced} from '../ui/canvas/sources.js';
import {valuesIn} from '../ui/links/address.js';
import {write} from '../ui/links/navigation.js';
import {sayer} from '../ui/scripts/component.js';
import {readChoice, readFilter, writeChoice, writeFilter} from './link.js';
import {askWith, fetched, keyOf, known} from './loading.js';
import {markRows} from './rows.js';
import {filterSaid, legendOf, saidOf} from './sentences.js';
import {coloured, outOf, valuations} from './values.js';

/** @typedef {import('./link.js').Choice} Choice */
/** @typedef {import('./link.js').Column} Column */
/** @typedef {import('./link.js').Filter} Filter */
/** @typedef {import('./values.js').Values} Values */

/**
 * What Python passes; `start` is the operation that the page shows while none is selected.
 * @typedef {{words: Record<string, string>, columns: Column[], start: number}} Data
 */

/**
 * @typedef {object} State
 * @property {(key: string, values?: Record<string, unknown>) => string} say
 * @property {Column[]} columns
 * @property {Choice} choice
 * @property {Filter | null} filter
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
export function begin({words, columns, start}, column) {
  if (state) return;
  const say = sayer(words),
    choice = {column: columns[0], operation: null},
    nothing = {filter: null, values: null, left: LEVEL.length, problem: '', failed: '', waiting: false};
  askWith(column, start, say('cut'));
  state = {say, columns, choice, ...nothing};
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
    [colour, filter] = valuesIn(location.search, FIELDS).map(String),
    choice = readChoice(colour, columns);
  state.choice = choice ?? {column: columns[0], operation: null};
  state.filter = readFilter(filter, columns);
  const wrong = [...(choice ? [] : [colour]), ...(filter && !state.filter ? [filter] : [])];
  state.problem = wrong.length ? say('bad_link', {part: wrong.map((part) => part.slice(0, 60)).join(', ')}) : '';
  apply();
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
 * Change the column or the filter, and remember it in the address; while a handle moves, when it has come to rest.
 * @param {Partial<Pick<State, 'choice' | 'filter'>>} change
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

function remember() {
  if (state) write(FIELDS, [writeChoice(state.choice), state.filter ? writeFilter(state.filter) : '']);
}

/** The columns whose values are needed. @returns {Choice[]} */
const wanted = () => (state ? [state.choice, ...(state.filter ? [state.filter] : [])] : []);

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
    const levels = {column: state.columns[0], operation: null};
    recolour({...LEVELS, out, legend: legendOf(state, levels, valuations(), words)});
  } else {
    const look = {legend: legendOf(state, choice, values, words), said: saidOf(state, values)};
    recolour({column: key, ...coloured(choice.column, values), out, crossed: key === CROSSED ? 0 : -1, ...look});
  }
  markRows(out, state.say('row_out'));
  for (const update of controls) update(state);
}
