// The column by which all plots are coloured, and the filter: one state for all tabs, which is in the address. The plot
// of Explore leads: it is always on the page, and its component asks Python for values.

import {LEVELS, recolour, sources, whenReplaced} from '../ui/canvas/colouring.js';
import {LEVEL} from '../ui/canvas/operations.js';
import {write} from '../ui/links/navigation.js';
import {answer, sayer} from '../ui/scripts/component.js';
import {readChoice, readFilter, writeChoice, writeFilter} from './link.js';
import {markRows} from './rows.js';
import {coloured, outOf, unpack, valuations} from './values.js';

/** @typedef {import('./link.js').Choice} Choice */
/** @typedef {import('./link.js').Column} Column */
/** @typedef {import('./link.js').Filter} Filter */
/** @typedef {import('./values.js').Values} Values */

/** @typedef {(asked: object) => Promise<any>} Ask */
/** @typedef {{words: Record<string, string>, columns: Column[]}} Data what Python passes as JSON */

/**
 * @typedef {object} State
 * @property {(key: string, values?: Record<string, unknown>) => string} say
 * @property {Column[]} columns
 * @property {Choice} choice
 * @property {Filter | null} filter
 * @property {Values | null} values of the chosen column, once they are there
 * @property {number} left operations that the filter leaves
 * @property {string} problem what could not be read or computed
 * @property {boolean} waiting for values
 */

const REST = 400; // ms
const LONGEST = 300; // characters of the name of a checkpoint
const CROSSED = 'exactness'; // the column whose first category, no, has crosses in the ball
const KEPT = 24; // columns whose values are cached; each takes at most 160 kB
const FIELDS = /** @type {import('../ui/links/address.js').Field[]} */ ([
  ['colour', 'valuation'],
  ['filter', ''],
]);

/** @type {State | null} */
export let state = null;
/** @type {Ask | undefined} */
let ask;
/** @type {Map<string, Values>} */
const cache = new Map();
/** @type {Set<(state: State) => void>} */
const controls = new Set();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let resting; // until the address is written
let turn = 0; // a later change of column, filter or checkpoint ends an earlier one

/**
 * Begin, with the `Data` of Python, and a function that asks it for values.
 * @param {string} data
 * @param {Ask} column
 */
export function begin(data, column) {
  if (state) return;
  /** @type {Data} */
  const {words, columns} = JSON.parse(data);
  ask = column;
  const choice = {column: columns[0], operation: null};
  const say = sayer(words);
  state = {say, columns, choice, filter: null, values: null, left: LEVEL.length, problem: '', waiting: false};
  followAddress();
  document.addEventListener('tvae-address', followAddress);
  whenReplaced(apply);
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
    view = new URLSearchParams(location.search),
    [colour, filter] = FIELDS.map(([name]) => view.getAll(String(name)).at(-1) ?? null);
  const choice = colour === null ? null : readChoice(colour, columns),
    wanted = filter === null ? null : readFilter(filter, columns);
  state.choice = choice ?? {column: columns[0], operation: null};
  state.filter = wanted;
  const wrong = [...(colour !== null && !choice ? [colour] : []), ...(filter && !wanted ? [filter] : [])];
  state.problem = wrong.length ? say('bad_link', {part: wrong.map((part) => part.slice(0, 60)).join(', ')}) : '';
  apply();
}

/**
 * Colour by a column.
 * @param {string} key
 * @param {string} operation as it was typed; '' for the one that was selected last
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

/**
 * The operation that a column measures from, null if it does not.
 * @param {Choice} choice
 */
export const operationOf = ({column, operation}) =>
  column.needs === 'operation' ? (operation ?? sources.operation) : null;

/** @param {Choice} choice */
const keyOf = (choice) =>
  [sources.loaded, choice.column.key, operationOf(choice), choice.column.needs === 'other' && otherName()].join(' ');

/** @param {Choice} choice @returns {Values | undefined} */
const known = (choice) => (choice.column.key === 'valuation' ? valuations() : cache.get(keyOf(choice)));

/** The second checkpoint that Compare shows or will show; '' lets Python choose it, as Compare does. */
const otherName = () =>
  nameIn(sources.other) || (new URLSearchParams(location.search).getAll('with').at(-1) ?? '').slice(0, LONGEST);

/** @param {string} key */
const nameIn = (key) => key.slice(0, key.lastIndexOf(' '));

/**
 * Get the values of a column.
 * @param {Choice} choice
 * @param {State} state
 * @returns {Promise<string>} the sentence of an error, or ''
 */
async function fetched(choice, {say}) {
  if (known(choice)) return '';
  const key = keyOf(choice),
    [checkpoint, column, operation] = [nameIn(sources.loaded), choice.column.key, operationOf(choice)],
    asked = {checkpoint, column, operation, other: otherName()};
  const found = await answer(() => /** @type {Ask} */ (ask)(asked), say('cut'));
  if (found.error) return found.error;
  cache.set(key, unpack(found));
  if (cache.size > KEPT) cache.delete([...cache.keys()][0]);
  return '';
}

/** Colour and filter by what is chosen, as soon as the values are there; until then, plots have the colours of levels. */
async function apply() {
  if (!state || !sources.loaded) return;
  const mine = ++turn,
    wanted = [state.choice, ...(state.filter ? [state.filter] : [])];
  if (!wanted.every(known)) {
    show(state, true);
    const problems = await Promise.all(wanted.map((choice) => fetched(choice, /** @type {State} */ (state))));
    if (mine !== turn) return;
    state.problem = problems.find(Boolean) ?? state.problem;
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

/**
 * The name of a column, with the operation that it measures from.
 * @param {State} state
 * @param {Choice} choice
 */
export function titleOf({say}, choice) {
  const {label} = choice.column,
    n = operationOf(choice);
  return n === null ? label : say('measured_from', {column: label, n});
}

/** @param {number} value */
export const written = (value) => value.toFixed(4);

/**
 * @param {State} state
 * @param {Choice} choice what the colours show
 * @param {Values} values of its column
 * @param {string} filter in words
 * @returns {import('../ui/canvas/colouring.js').Legend}
 */
function legendOf(state, choice, values, filter) {
  const {key, colours, categories} = choice.column,
    isCategorical = 'codes' in values,
    title = titleOf(state, choice);
  const ends = isCategorical ? [categories[0], categories.at(-1)] : [values.low, values.high].map(written);
  const range = state.say('range', {low: ends[0], high: ends[1]}),
    shown = key === LEVELS.column ? '' : state.say('colours', {column: title});
  return {
    title,
    categories: isCategorical ? categories.map((words, code) => ({words, colour: colours[code]})) : [],
    swatches: colours,
    words: [`${title}, ${range}`, title, range],
    filter,
    sentences: [shown, filter && `${filter}.`].filter(Boolean).join(' '),
  };
}

/**
 * The filter in words.
 * @param {State} state
 * @param {Filter} filter
 */
export function filterSaid(state, filter) {
  const {say, left} = state,
    {codes, column, low, high} = filter;
  const ends = [low, high].map((end) => (end === null ? '' : written(end)));
  const range = codes
    ? codes.map((code) => column.categories[code]).join(', ')
    : low === null
      ? say('at_most', {high: ends[1]})
      : high === null
        ? say('at_least', {low: ends[0]})
        : say('range', {low: ends[0], high: ends[1]});
  return say('left', {count: left.toLocaleString('en'), column: titleOf(state, filter), range});
}

/** @param {State} state @param {Values} values @returns {(n: number) => string} */
function saidOf(state, values) {
  const {categories} = state.choice.column,
    title = titleOf(state, state.choice);
  return (n) => `${title}: ${'codes' in values ? categories[values.codes[n]] : written(values.values[n])}`;
}
