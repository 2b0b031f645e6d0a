// The legend below a plot: a button for each category, or a bar with two handles. Both set the filter.

import {tag} from '../ui/canvas/pointer.js';
import {change, operationOf, state as shared, written} from './columns.js';

/** @typedef {import('./columns.js').State} State */
/** @typedef {import('./values.js').Values} Values */
/** @typedef {Extract<Values, {low: number}>} Range */

const STEPS = 1000; // of a handle
const DIGITS = 1e4; // of a limit

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
export function chips({choice}) {
  return choice.column.categories.map((label, code) => {
    const chip = Object.assign(document.createElement('button'), {type: 'button', className: 'chip'}),
      swatch = tag('i', '');
    swatch.style.background = choice.column.colours[code];
    chip.append(swatch, label);
    chip.addEventListener('click', () => toggle(code));
    return chip;
  });
}

/**
 * Filter by one category more or less. Without any, or with all of them, there is no filter.
 * @param {number} code
 */
function toggle(code) {
  if (!shared) return;
  const choice = fixed(shared.choice),
    before = ownFilter(shared)?.codes ?? [];
  const codes = before.includes(code) ? before.filter((one) => one !== code) : [...before, code].sort((a, b) => a - b);
  const none = codes.length === 0 || codes.length === choice.column.categories.length;
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
export function handles({say, choice: {column}}, values) {
  const ramp = tag('span', '', 'columns-ramp');
  ramp.style.background = `linear-gradient(90deg,${column.colours.join(', ')})`;
  const [low, high] = ['low', 'high'].map((end) => {
    const handle = document.createElement('input');
    Object.assign(handle, {
      type: 'range',
      min: '0',
      max: String(STEPS),
      step: '1',
      ariaLabel: end === 'low' ? say('lowest') : say('highest'),
    });
    return handle;
  });
  /** @param {HTMLInputElement} moved @param {HTMLInputElement} other */
  function move(moved, other) {
    const at = Number(moved.value),
      limit = Number(other.value);
    if (moved === low ? at > limit : at < limit) moved.value = other.value;
    const ends = [low, high].map(({value}) => limitAt(values, Number(value)));
    // A handle at its end of the bar is no limit.
    const choice = fixed(/** @type {State} */ (shared).choice);
    const filter = {
      ...choice,
      codes: null,
      low: low.value === '0' ? null : ends[0],
      high: high.value === String(STEPS) ? null : ends[1],
    };
    change({choice, filter: filter.low === null && filter.high === null ? null : filter}, true);
  }
  low.addEventListener('input', () => move(low, high));
  high.addEventListener('input', () => move(high, low));
  const bar = tag('span', '', 'columns-handles');
  bar.append(ramp, low, high);
  return [tag('span', '', 'columns-end'), bar, tag('span', '', 'columns-end')];
}

/** @param {Range} values @param {number} step */
const limitAt = ({low, high}, step) => Math.round((low + (step / STEPS) * (high - low)) * DIGITS) / DIGITS;

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
    said = legend.querySelectorAll('.columns-end');
  legend.querySelectorAll('input').forEach((handle, k) => {
    const share = values.high > values.low ? (ends[k] - values.low) / (values.high - values.low) : k;
    const step = String(Math.round(Math.min(1, Math.max(0, share)) * STEPS));
    if (handle.value !== step) handle.value = step;
    if (k === 0) handle.style.zIndex = Number(step) > STEPS / 2 ? '1' : ''; // so that it can always be moved back
    handle.setAttribute('aria-valuetext', written(ends[k]));
    said[k].textContent = written(ends[k]);
  });
}
