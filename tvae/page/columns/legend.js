// The legend below a plot: a button for each category, or a bar with two handles. Both set the filter.

import {tag} from '../ui/canvas/pointer.js';
import {change} from './columns.js';
import {operationOf} from './loading.js';
import {written} from './sentences.js';
import {decimalsOf} from './values.js';

/** @typedef {import('./columns.js').State} State */
/** @typedef {import('./values.js').Values} Values */
/** @typedef {Extract<Values, {low: number}>} Range */

const STEPS = 1000; // of a handle

/** @param {import('./link.js').Choice} one @param {import('./link.js').Choice} other */
const same = (one, other) => one.column === other.column && operationOf(one) === operationOf(other);

/**
 * The filter, if it is of the column that colours.
 * @param {State} state
 */
const ownFilter = ({choice, filter}) => (filter && same(filter, choice) ? filter : null);

/**
 * A button for each category.
 * @param {State} state
 */
export function chips(state) {
  const {choice} = state;
  return choice.column.categories.map((label, code) => {
    const chip = Object.assign(document.createElement('button'), {type: 'button', className: 'chip'}),
      swatch = tag('i', '');
    swatch.style.background = choice.column.colours[code];
    chip.append(swatch, label);
    chip.hidden = !label; // a number that is too small for its column
    chip.addEventListener('click', () => toggle(state, code));
    return chip;
  });
}

/**
 * Filter by one category more or less. Without any, or with all of them, there is no filter.
 * @param {State} state
 * @param {number} code
 */
function toggle(state, code) {
  const choice = fixed(state.choice),
    before = ownFilter(state)?.codes ?? [];
  const codes = before.includes(code) ? before.filter((one) => one !== code) : [...before, code].sort((a, b) => a - b);
  const none = codes.length === 0 || codes.length === choice.column.categories.filter(Boolean).length;
  change({choice, filter: none ? null : {...choice, codes, low: null, high: null}});
}

/**
 * A column that goes on measuring from the same operation whatever is selected, so that a filter stays.
 * @param {import('./link.js').Choice} choice
 */
const fixed = (choice) => ({...choice, operation: operationOf(choice)});

/**
 * A bar with two handles.
 * @param {State} state
 * @param {Range} values
 */
export function handles(state, values) {
  const {say, choice} = state,
    ramp = tag('span', '', 'columns-ramp');
  ramp.style.background = `linear-gradient(90deg,${choice.column.colours.join(', ')})`;
  const [low, high] = [say('lowest'), say('highest')].map(handle);
  low.addEventListener('input', () => {
    if (Number(low.value) > Number(high.value)) low.value = high.value;
    limitTo(state, values, low.value, high.value);
  });
  high.addEventListener('input', () => {
    if (Number(high.value) < Number(low.value)) high.value = low.value;
    limitTo(state, values, low.value, high.value);
  });
  const bar = tag('span', '', 'columns-handles');
  bar.append(ramp, low, high);
  return [tag('span', '', 'columns-end'), bar, tag('span', '', 'columns-end')];
}

/** @param {string} label */
function handle(label) {
  const input = document.createElement('input');
  return Object.assign(input, {type: 'range', min: '0', max: String(STEPS), step: '1', ariaLabel: label});
}

/**
 * Filter by a range; a handle at its end of the bar is no limit.
 * @param {State} state
 * @param {Range} values
 * @param {string} low step of a handle
 * @param {string} high
 */
function limitTo(state, values, low, high) {
  const choice = fixed(state.choice),
    ends = {
      low: low === '0' ? null : limitAt(values, Number(low)),
      high: high === String(STEPS) ? null : limitAt(values, Number(high)),
    };
  change({choice, filter: ends.low === null && ends.high === null ? null : {...choice, codes: null, ...ends}}, true);
}

/** @param {Range} values @param {number} step */
function limitAt(values, step) {
  const {low, high} = values;
  return Number(written(low + (step / STEPS) * (high - low), decimalsOf(values)));
}

/**
 * Show the filter in the legend.
 * @param {HTMLElement} legend
 * @param {State} state
 * @param {Values} values
 */
export function setLegend(legend, state, values) {
  const filter = ownFilter(state);
  legend.querySelectorAll('button').forEach((chip, code) => {
    chip.ariaPressed = String(filter?.codes?.includes(code) ?? false);
  });
  legend.classList.toggle('filtering', filter !== null);
  if (!('low' in values)) return;
  const ends = [filter?.low ?? values.low, filter?.high ?? values.high],
    decimals = decimalsOf(values),
    said = legend.querySelectorAll('.columns-end');
  legend.querySelectorAll('input').forEach((handle, k) => {
    const share = values.high > values.low ? (ends[k] - values.low) / (values.high - values.low) : k;
    const step = String(Math.round(Math.min(1, Math.max(0, share)) * STEPS));
    if (handle.value !== step) handle.value = step;
    if (k === 0) handle.style.zIndex = Number(step) > STEPS / 2 ? '1' : ''; // so that it can always be moved back
    const words = written(ends[k], decimals);
    handle.setAttribute('aria-valuetext', words);
    said[k].textContent = words;
  });
}
