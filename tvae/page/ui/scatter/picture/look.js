// Sizes, opacities and places of the parts of a radius plot.

import {LEVELS} from '../../canvas/operations.js';
import {magnification} from '../../canvas/view.js';

/** @typedef {import('../plot.js').Plot} Plot */

export const MAX_LABELS = 24; // as many selected operations have their name, if it fits

export const QUIET = 0.8; // opacity of words that are not the point

const DENSE = 100; // points of a level from which they would hide the bar of its mean
const NARROW = 660; // pixels
const TOOLS = 240; // pixels that the tools take on the right, also with the larger buttons of touch screens

/**
 * Whether the plot is too narrow for its words next to the tools, and for the legend next to the axis title.
 * @param {Plot} plot
 */
export const isNarrow = ({area}) => area.clientWidth < NARROW;

/**
 * The width for words that begin at `start` and end before the tools.
 * @param {Plot} plot
 * @param {number} start
 */
export const roomBesideTools = ({area}, start) => area.clientWidth - TOOLS - start;

/**
 * Where the axes are in the plot: below the tools, the verdict and the scale, above the columns' words and the legend.
 * @param {Plot} plot
 * @returns {import('../../canvas/view.js').Frame}
 */
export function frameOf(plot) {
  const {clientWidth: width, clientHeight: height} = plot.area,
    narrow = isNarrow(plot),
    own = plot.scale.kind === 'levels';
  const left = own ? 30 : narrow ? 50 : 62,
    top = (narrow ? 68 : 54) + (own ? 12 : 0),
    bottom = (narrow ? 70 : 54) + (own ? 13 : 0);
  return {left, top, width: width - left - (narrow ? 8 : 14), height: height - top - bottom};
}

/**
 * The radius of a level's dots.
 * @param {Plot} plot
 * @param {number} v
 */
export const dotSize = ({view, scale}, v) => (1.05 + 0.24 * v) * Math.min(2.6, magnification(view, scale.home) ** 0.2);

/**
 * The opacity of a level's dots.
 * @param {number} v
 */
export const opacity = (v) => Math.min(1, 0.62 + 0.05 * v);

/** @param {number} v */
export const isDense = (v) => LEVELS[v].length > DENSE;

/**
 * Half the length of the bar at a level's mean, in columns.
 * @param {number} v
 */
export const meanReach = (v) => (isDense(v) ? 0.2 : 0.4);

export const RANGE_AT = 0.43; // how far left of the middle of its column the range of a level is drawn
