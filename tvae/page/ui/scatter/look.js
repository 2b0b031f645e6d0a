// Sizes, opacities and places of marks of a radius plot, on the canvas and in a file.

import {LEVELS} from '../canvas/operations.js';
import {polyline} from '../canvas/pen.js';
import {magnification, ticks, xAt, yAt} from '../canvas/view.js';

/** @typedef {import('./plot.js').Drawn} Drawn */
/** @typedef {import('./plot.js').Plot} Plot */

const DENSE = 100; // points of a level from which they would hide the bar of its mean

/**
 * The radius of a level's dots.
 * @param {Plot} plot
 * @param {number} v
 */
export const dotSize = ({view, home}, v) => (1.05 + 0.24 * v) * Math.min(2.6, magnification(view, home) ** 0.4);

/**
 * The opacity of a level's dots; `others`: of the unselected ones while some are selected.
 * @param {number} v
 * @param {boolean} others
 */
export const opacity = (v, others) => (others ? 0.3 + 0.05 * v : Math.min(1, 0.62 + 0.05 * v));

/** @param {number} v */
export const isDense = (v) => LEVELS[v].length > DENSE;

/**
 * Half the length of the bar at a level's mean, in columns.
 * @param {number} v
 */
export const meanReach = (v) => (isDense(v) ? 0.2 : 0.4);

/** @param {Plot} plot */
export const yTicks = ({view, frame}) => ticks(view[2], view[3], frame.height);

/**
 * The area where level v overlaps the next: from the minimum of v to the maximum of v + 1, over both columns.
 * @param {Drawn} plot
 * @param {number} v
 */
export function overlapBox(plot, v) {
  const {stats} = plot.series;
  return {
    left: xAt(plot, v - 0.47),
    right: xAt(plot, v + 1.47),
    top: yAt(plot, stats[v + 1][2]),
    bottom: yAt(plot, stats[v][0]),
  };
}

/** @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 */
export const box = (x0, y0, x1, y1) => new Path2D(`M${x0} ${y0}H${x1}V${y1}H${x0}Z`);

/** @param {Plot} plot */
export const inset = ({frame}) => box(frame.left, frame.top, frame.left + frame.width, frame.top + frame.height);

/** @param {CanvasRenderingContext2D} g @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 */
export const line = (g, x0, y0, x1, y1) =>
  g.stroke(
    polyline([
      [x0, y0],
      [x1, y1],
    ]),
  );
