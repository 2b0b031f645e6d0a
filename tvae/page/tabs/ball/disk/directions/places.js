// Where directions are in the picture: places of all operations and of single points, and the axes. CSS pixels.

import {ticks} from '../../../../ui/canvas/view.js';
import {hasDirections, viewOf} from '../state.js';
import {along, tangent} from './projection.js';
import {FLAT, rotation} from './rotation.js';

/** @typedef {import('../state.js').Directed} Directed */
/** @typedef {import('../state.js').Place} Place */
/** @typedef {{x: number, y: number, r: number}} Frame */
/** @typedef {import('./rotation.js').Rotation & {frame: Frame, scales: number[]}} Camera pixels a unit of each component */

/**
 * An axis: its line, its name next to the positive end, and round values along it.
 * @typedef {object} Axis
 * @property {[Place, Place]} ends
 * @property {string} name
 * @property {Place} at
 * @property {'left' | 'center' | 'right'} align
 * @property {number} strength opacity of line and name
 * @property {{at: Place, align: 'center' | 'right', text: string}[]} marks
 */

const MARGIN = 0.9; // share of an axis that has marks; its name is beyond
const THIN = 0.25; // of the longest extent; an axis with less could hardly be read at the scale of the longest

/** @param {Directed} disk */
const shown = (disk) => (viewOf(disk) === '3d' ? 3 : 2);

/**
 * Whether each axis has its own scale.
 * @param {Directed} disk
 */
export function hasOwnScales(disk) {
  const {scales} = disk.props,
    extents = disk.directions.extent.slice(0, shown(disk));
  return scales === 'own' || (scales !== 'equal' && Math.min(...extents) < THIN * Math.max(...extents));
}

/**
 * In two dimensions the longest extent reaches the edge, or each; in three the farthest operation stays inside at any turn.
 * @param {Directed} disk
 * @returns {Camera}
 */
export function camera(disk) {
  const {frame, turn, directions} = disk,
    {extent, reach} = directions,
    deep = shown(disk) === 3,
    size = frame.r * turn.zoom;
  const longest = deep ? reach.equal : Math.max(...extent.slice(0, 2)),
    far = deep ? reach.own : 1;
  return {
    ...rotation(deep ? turn : FLAT),
    frame,
    scales: extent.map((own) => size / (hasOwnScales(disk) ? own * far : longest)),
  };
}

/**
 * @param {Camera} camera
 * @param {number[]} components
 * @returns {Place}
 */
export const placeOf = ({right, up, frame, scales: [a, b, c]}, [u, v, w]) => [
  frame.x + a * u * right[0] + b * v * right[1] + c * w * right[2],
  frame.y - a * u * up[0] - b * v * up[1] - c * w * up[2],
];

/**
 * Find the places of all operations, and their depth in -1..1 if the picture has one.
 * @param {Directed} disk
 */
export function locateDirections(disk) {
  const {x, y, depth} = disk,
    {right, up, toward, frame, scales} = camera(disk),
    [us, vs, ws] = disk.directions.along,
    deepest = shown(disk) === 3 ? frame.r * disk.turn.zoom : Infinity;
  for (let n = 0; n < x.length; n++) {
    const u = scales[0] * us[n],
      v = scales[1] * vs[n],
      w = scales[2] * ws[n];
    x[n] = frame.x + u * right[0] + v * right[1] + w * right[2];
    y[n] = frame.y - u * up[0] - v * up[1] - w * up[2];
    depth[n] = (u * toward[0] + v * toward[1] + w * toward[2]) / deepest;
  }
}

/**
 * The place of a point of the ball.
 * @param {Directed} disk
 * @param {number[]} point
 */
export function placeOfPoint(disk, point) {
  const {seat, ball, components} = disk.directions;
  return placeOf(camera(disk), along(components.axes, tangent(ball.c, seat, point)));
}

/**
 * The name of a component with its share of the variance.
 * @param {Directed} disk
 * @param {number} k
 */
export function axisName({say, directions}, k) {
  const share = directions.components.shares[k];
  return say('component', {k: k + 1, share: (100 * share).toFixed(share < 0.0995 ? 1 : 0)});
}

/**
 * The axes of the picture; none if it shows no directions.
 * @param {import('../state.js').Drawn} disk
 * @returns {Axis[]}
 */
export function axesOf(disk) {
  if (!hasDirections(disk)) return [];
  const {frame} = disk,
    {right, up, scales} = camera(disk);
  return Array.from({length: shown(disk)}, (_, k) => {
    const [dx, dy] = [right[k] * frame.r, -up[k] * frame.r],
      below = dy > 1,
      scale = scales[k],
      longest = frame.r / scale;
    /** @type {Place} */
    const end = [frame.x + dx, frame.y + dy];
    const values = shown(disk) === 3 ? [] : ticks(-longest, longest, 2 * frame.r);
    return {
      ends: [[frame.x - dx, frame.y - dy], end],
      name: axisName(disk, k),
      at: [end[0], end[1] + (below ? 16 : -6)],
      align: Math.abs(dx) < 60 ? 'center' : dx > 0 ? 'right' : 'left',
      strength: 0.35 + 0.65 * Math.hypot(right[k], up[k]),
      marks: values
        .filter(([value]) => value && Math.abs(value) < MARGIN * longest)
        .map(([value, text]) =>
          k
            ? {at: [frame.x - 5, frame.y - scale * value + 4], align: 'right', text}
            : {at: [frame.x + scale * value, frame.y + 14], align: 'center', text},
        ),
    };
  });
}
