// The Poincare ball of curvature -c: the points of all operations, and distances from a movable centre. Without a ball,
// c is 0, points are latent means, and everything is Euclidean.

import {COUNT} from '../../../../ui/canvas/operations.js';
import {bytes} from '../../../../ui/scripts/component.js';

/**
 * @typedef {object} Ball
 * @property {string} key names checkpoint, file and encoder
 * @property {number} c
 * @property {number} dimensions
 * @property {Float64Array} points one operation after the other
 * @property {Float64Array} squares of their norms
 * @property {Uint8Array} exact one bit an operation
 */

/**
 * Unpack the points: float32 distances from the origin, then directions as 16-bit steps with one float32 scale per
 * dimension. Norms are computed from the distances, so distances from the origin are exact to float32.
 * @param {string} key
 * @param {{points: string, curvature: number | null, exact: string}} packed no curvature without a ball
 * @returns {Ball}
 */
export function unpack(key, {points: text, curvature, exact}) {
  const {buffer, length} = bytes(text),
    c = curvature ?? 0,
    dimensions = (length - 4 * COUNT) / (4 + 2 * COUNT);
  const radius = new Float32Array(buffer, 0, COUNT),
    scales = new Float32Array(buffer, 4 * COUNT, dimensions);
  const steps = new Int16Array(buffer, 4 * COUNT + 4 * dimensions);
  const points = new Float64Array(COUNT * dimensions),
    squares = new Float64Array(COUNT);
  for (let n = 0; n < COUNT; n++) {
    const first = n * dimensions;
    let square = 0;
    for (let k = 0; k < dimensions; k++) {
      points[first + k] = (scales[k] * steps[first + k]) / 32767;
      square += points[first + k] ** 2;
    }
    const norm = c ? Math.tanh((Math.sqrt(c) * radius[n]) / 2) / Math.sqrt(c) : radius[n];
    const scale = norm / Math.max(Math.sqrt(square), 1e-15);
    for (let k = 0; k < dimensions; k++) points[first + k] *= scale;
    squares[n] = norm * norm;
  }
  return {key, c, dimensions, points, squares, exact: bytes(exact)};
}

/**
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 */
export function dot(a, b) {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}

/**
 * Moebius addition a + b, as in `tvae/geometry`; adding -a on the left moves a to the origin.
 * @param {number} c
 * @param {number[]} a
 * @param {number[]} b
 */
export function add(c, a, b) {
  const ab = dot(a, b),
    aa = dot(a, a),
    bb = dot(b, b),
    below = 1 + 2 * c * ab + c * c * aa * bb;
  return a.map((value, k) => ((1 + 2 * c * ab + c * bb) * value + (1 - c * aa) * b[k]) / Math.max(below, 1e-15));
}

/**
 * The point at the share t of the geodesic from a to b.
 * @param {number} c
 * @param {number[]} a
 * @param {number[]} b
 * @param {number} t
 */
export function between(c, a, b, t) {
  const way = add(
      c,
      a.map((value) => -value),
      b,
    ),
    length = Math.sqrt(c * dot(way, way));
  if (length < 1e-15) return b;
  const part = Math.tanh(t * Math.atanh(Math.min(length, 1 - 1e-12))) / length;
  return add(
    c,
    a,
    way.map((value) => part * value),
  );
}

/**
 * The distance of the n-th of `points` from a place; the squares of both norms are known.
 * @param {number} c
 * @param {ArrayLike<number>} points
 * @param {number} n
 * @param {number} square
 * @param {number[]} from
 * @param {number} own
 */
export function distance(c, points, n, square, from, own) {
  let gap = 0;
  for (let k = 0, at = n * from.length; k < from.length; k++, at++) {
    const part = points[at] - from[k];
    gap += part * part;
  }
  if (!c) return Math.sqrt(gap);
  return (2 / Math.sqrt(c)) * Math.asinh(Math.sqrt((c * gap) / ((1 - c * square) * (1 - c * own))));
}

/**
 * Distances of all operations from a place.
 * @param {Ball} ball
 * @param {number[]} from
 * @param {Float64Array} into
 */
export function distancesFrom({c, points, squares}, from, into) {
  const own = dot(from, from);
  for (let n = 0; n < COUNT; n++) into[n] = distance(c, points, n, squares[n], from, own);
  return into;
}

/**
 * The point of an operation; of -1 the origin.
 * @param {Ball} ball
 * @param {number} n
 * @returns {number[]}
 */
export function pointOf({points, dimensions}, n) {
  if (n < 0) return Array(dimensions).fill(0);
  return Array.from(points.subarray(n * dimensions, (n + 1) * dimensions));
}
