// The scales of the axis of heights: linear, logarithmic, or each level on its own. A scale turns the height of an
// operation into a place on the axis, which zooming and panning then show a part of.

import {wholeView} from '../../canvas/view.js';

/** @typedef {'linear' | 'log' | 'levels'} Kind */
/** @typedef {'auto' | Kind} Choice */
/** @typedef {import('../points.js').Range} Range */

/**
 * The axis of one plot, or of plots that share it, and how many of its levels each scale shows well.
 * `tvae/reports/plots/radius_plot.py` has the rule.
 * @typedef {object} Axis
 * @property {number} low
 * @property {number} positive least height that has a logarithm
 * @property {number} high
 * @property {number} linear
 * @property {number} log
 * @property {number} levels all of them
 * @property {Kind} scale which follows from these
 */

/** @typedef {{zero: number, below: number}} Floor heights up to `zero` lie `below` a logarithmic axis, as a share of it */

/**
 * @typedef {object} Scale
 * @property {Kind} kind
 * @property {(height: number, v: number) => number} place on the axis, of a height in level v
 * @property {import('../../canvas/view.js').View} home the whole axes
 * @property {number | null} gap the place of the break above the heights without a logarithm, if there are any
 * @property {number} floor the place of these heights
 */

/**
 * @param {Kind} kind
 * @param {Axis} axis
 * @param {Range[]} stats of the levels
 * @param {Floor} floor
 * @returns {Scale}
 */
export function scaleOf(kind, axis, stats, floor) {
  if (kind === 'log') return logarithmic(axis, floor);
  if (kind === 'levels') return ofLevels(stats);
  const same = (/** @type {number} */ height) => height;
  return {kind, place: same, home: wholeView(axis.low, axis.high), gap: null, floor: axis.low};
}

/**
 * Decades: log10(height).
 * @param {Axis} axis
 * @param {Floor} limits
 * @returns {Scale}
 */
function logarithmic({low, positive, high}, {zero, below}) {
  const least = Math.log10(positive),
    most = Math.log10(Math.max(high, positive)),
    floor = least - below * (most - least || 1),
    broken = low <= zero;
  return {
    kind: 'log',
    place: (height) => (height > zero ? Math.log10(height) : floor),
    home: wholeView(broken ? floor : least, most),
    gap: broken ? (floor + least) / 2 : null,
    floor,
  };
}

/**
 * The height at a place of a level's own scale.
 * @param {Range} range of the level
 * @param {number} place
 */
export const heightOn = ([low, , high], place) => low + (high - low) * Math.min(1, Math.max(0, place));

/**
 * Shares of the range of each level; the middle in a level without a range.
 * @param {Range[]} stats
 * @returns {Scale}
 */
const ofLevels = (stats) => ({
  kind: 'levels',
  place: (height, v) => {
    const [low, , high] = stats[v];
    return high > low ? (height - low) / (high - low) : 0.5;
  },
  home: wholeView(0, 1),
  gap: null,
  floor: 0,
});
