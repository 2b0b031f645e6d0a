// The values of a column, and what follows from them: the colour of each operation, and whether a filter leaves it out.

import {COUNT, LEVEL} from '../ui/canvas/operations.js';
import {bytes} from '../ui/scripts/component.js';

/** @typedef {import('./link.js').Column} Column */
/** @typedef {import('./link.js').Filter} Filter */
/** @typedef {{codes: Uint8Array, meaning?: string} | {values: Float64Array, low: number, high: number}} Values of all
 *   operations; `meaning` as Python has it in columns.py */

const STEPS = 65535; // as in tvae/reports/columns.py
const HUES = 32; // of a continuous column
const DECIMALS = [4, 9]; // at least and at most; `link.js` reads no more

/**
 * Unpack the values of a column (`packed` in Python).
 * @param {{codes: string, meaning?: string} | {steps: string, low: number, high: number}} sent
 * @returns {Values}
 */
export function unpack(sent) {
  if ('codes' in sent) return {...sent, codes: bytes(sent.codes)};
  const steps = new Uint16Array(bytes(sent.steps).buffer),
    {low, high} = sent;
  return {values: Float64Array.from(steps, (step) => low + (step / STEPS) * (high - low)), low, high};
}

/** Valuations are known without asking Python. @returns {Values} */
export const valuations = () => ({codes: LEVEL});

/**
 * The decimals that tell a thousandth of the range of a column apart.
 * @param {Values | undefined} values
 */
export function decimalsOf(values) {
  const [least, most] = DECIMALS,
    range = values && 'low' in values ? values.high - values.low : 0;
  return range > 0 ? Math.min(most, Math.max(least, 3 - Math.floor(Math.log10(range)))) : least;
}

/**
 * Colours along a range that follow given ones.
 * @param {string[]} colours #rrggbb
 * @param {number} count
 */
export function ramp(colours, count) {
  return Array.from({length: count}, (_, k) => {
    const place = (k / (count - 1)) * (colours.length - 1),
      first = Math.min(Math.floor(place), colours.length - 2);
    const mixed = [1, 3, 5].map((at) => {
      const [from, to] = [first, first + 1].map((one) => parseInt(colours[one].slice(at, at + 2), 16));
      return Math.round(from + (place - first) * (to - from));
    });
    return `#${mixed.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
  });
}

/**
 * The hues of a column, and which of them each operation has.
 * @param {Column} column
 * @param {Values} values
 * @returns {{hues: string[], tone: Uint8Array}}
 */
export function coloured(column, values) {
  if ('codes' in values) return {hues: column.colours, tone: values.codes};
  const {low, high} = values,
    scale = high > low ? HUES / (high - low) : 0;
  const tone = Uint8Array.from(values.values, (value) => Math.min(HUES - 1, Math.floor((value - low) * scale)));
  return {hues: ramp(column.colours, HUES), tone};
}

/**
 * 1 for each operation that a filter leaves out; null if it leaves out none.
 * @param {Filter} filter
 * @param {Values} values of its column
 */
export function outOf(filter, values) {
  const {codes, low, high} = filter,
    out = new Uint8Array(COUNT);
  for (let n = 0; n < COUNT; n++) {
    if ('codes' in values) out[n] = Number(codes !== null && !codes.includes(values.codes[n]));
    else out[n] = Number(values.values[n] < (low ?? -Infinity) || values.values[n] > (high ?? Infinity));
  }
  return out.includes(1) ? out : null;
}
