// The marks of the axis of heights on each scale, and the ends of the columns where each level has its own.

import {ticks} from '../../canvas/view.js';
import {heightOn} from './scale.js';

/** @typedef {import('./scale.js').Scale} Scale */
/** @typedef {import('../../canvas/view.js').View} View */
/** @typedef {[place: number, text: string]} Tick */

const NEAREST = 20; // pixels between two marks of a logarithmic axis
const FEW = 4; // with fewer round powers than this in view, its marks are those of a linear axis
const DIGITS = 4; // decimals of a height at most, as everywhere on the page
const FEW_DIGITS = 3; // and in narrow columns

/**
 * @param {Scale} scale
 * @param {View} view
 * @param {number} length of the axis in pixels
 * @returns {Tick[]}
 */
export function axisTicks(scale, [, , bottom, top], length) {
  if (scale.kind === 'linear') return ticks(bottom, top, length);
  if (scale.kind === 'levels')
    return [0, 0.5, 1].filter((place) => place >= bottom && place <= top).map((place) => [place, '']);
  const least = scale.gap === null ? bottom : Math.max(bottom, scale.gap);
  const found = logTicks(least, top, length * ((top - least) / (top - bottom)));
  return scale.gap !== null && bottom <= scale.floor && scale.floor <= top ? [[scale.floor, '0'], ...found] : found;
}

/**
 * Marks from 10^low to 10^high: powers of ten, and 2 and 5 times these where there is room.
 * @param {number} low
 * @param {number} high
 * @param {number} length
 * @returns {Tick[]}
 */
function logTicks(low, high, length) {
  if (!(high > low)) return [];
  const decade = length / (high - low),
    every = Math.max(1, Math.ceil((2 * NEAREST) / decade));
  /** @type {Tick[]} */
  const powers = [];
  for (let k = Math.ceil(low / every) * every; k <= high; k += every) powers.push([k, written(10 ** k)]);
  if (decade < 3.5 * NEAREST) return powers;
  /** @type {Tick[]} */
  const finer = [];
  for (let k = Math.floor(low); k <= high; k++) {
    for (const part of [1, 2, 5]) {
      const place = k + Math.log10(part);
      if (place >= low && place <= high) finer.push([place, written(part * 10 ** k)]);
    }
  }
  return finer.length < FEW ? spaced(ticks(10 ** low, 10 ** high, length), decade) : finer;
}

/**
 * Marks of a linear axis at their places on a logarithmic one, without those too near to the one above.
 * @param {[height: number, text: string][]} marks
 * @param {number} decade length of a decade in pixels
 * @returns {Tick[]}
 */
function spaced(marks, decade) {
  /** @type {Tick[]} */
  const kept = [];
  for (const [height, text] of marks.reverse()) {
    const place = Math.log10(height);
    if (height > 0 && (!kept.length || (kept[0][0] - place) * decade >= NEAREST)) kept.unshift([place, text]);
  }
  return kept;
}

/** @param {number} height a round one */
const written = (height) => String(Number(height.toPrecision(6)));

/**
 * The heights at the lower and upper end of a level's column, with the decimals that tell them apart.
 * @param {import('../points.js').Range} range of the level, which has its own scale
 * @param {View} view
 * @param {boolean} narrow whether there is little room
 * @returns {[low: string, high: string]}
 */
export function columnEnds(range, [, , bottom, top], narrow) {
  const low = heightOn(range, bottom),
    high = heightOn(range, top);
  const most = narrow ? FEW_DIGITS : DIGITS,
    digits = high > low ? Math.min(most, Math.max(0, 1 - Math.floor(Math.log10(high - low)))) : most;
  return [low.toFixed(digits), high.toFixed(digits)];
}
