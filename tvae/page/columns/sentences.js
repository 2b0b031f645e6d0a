// What the page and its pictures say about colours and filter.

import {LEVELS} from '../ui/canvas/colouring.js';
import {known, operationOf} from './loading.js';
import {decimalsOf} from './values.js';

/** @typedef {import('./columns.js').State} State */
/** @typedef {import('./link.js').Choice} Choice */
/** @typedef {import('./link.js').Filter} Filter */
/** @typedef {import('./values.js').Values} Values */

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

/** @param {number} value @param {number} decimals of `decimalsOf` */
export const written = (value, decimals = 4) => value.toFixed(decimals);

/**
 * @param {State} state
 * @param {Choice} choice what the colours show
 * @param {Values} values of its column
 * @param {string} filter in words
 * @returns {import('../ui/canvas/colouring.js').Legend}
 */
export function legendOf(state, choice, values, filter) {
  const {key, colours, categories} = choice.column,
    isCategorical = 'codes' in values,
    decimals = decimalsOf(values),
    title = titleOf(state, choice);
  const ends = isCategorical
    ? [categories.find(Boolean) ?? '', categories.at(-1) ?? '']
    : [values.low, values.high].map((end) => written(end, decimals));
  const range = state.say('range', {low: ends[0], high: ends[1]}),
    shown = key === LEVELS.column ? '' : state.say('colours', {column: title});
  return {
    title,
    categories: isCategorical
      ? categories.map((words, code) => ({words, colour: colours[code]})).filter(({words}) => words)
      : [],
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
    {codes, column, low, high} = filter,
    decimals = decimalsOf(known(filter));
  const ends = [low, high].map((end) => (end === null ? '' : written(end, decimals)));
  const range = codes
    ? codes.map((code) => column.categories[code]).join(', ')
    : low === null
      ? say('at_most', {high: ends[1]})
      : high === null
        ? say('at_least', {low: ends[0]})
        : say('range', {low: ends[0], high: ends[1]});
  return say('left', {count: left.toLocaleString('en'), column: titleOf(state, filter), range});
}

/**
 * What the values of the chosen column mean, '' for those that need no explanation.
 * @param {State} state
 */
export function meaningOf({say, choice, values}) {
  const {group, label} = choice.column,
    meaning = values && 'codes' in values && values.meaning;
  if (!meaning) return '';
  return group === 'quantity' ? say('counts', {column: label, meaning}) : say('about', {meaning});
}

/** @param {State} state @param {Values} values @returns {(n: number) => string} */
export function saidOf(state, values) {
  const title = titleOf(state, state.choice);
  return (n) => `${title}: ${writtenValue(state.choice.column, values, n)}`;
}

/**
 * The value of an operation.
 * @param {import('./link.js').Column} column
 * @param {Values} values
 * @param {number} n
 */
export const writtenValue = ({categories}, values, n) =>
  'codes' in values ? categories[values.codes[n]] : written(values.values[n], decimalsOf(values));
