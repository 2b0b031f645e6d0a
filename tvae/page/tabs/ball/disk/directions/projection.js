// Places of all operations along the principal components, as seen from a centre.
// `tvae/analysis/views/directions.py` computes the components, and says why.

import {COUNT} from '../../../../ui/canvas/operations.js';
import {add, distance, dot, pointOf} from '../points/ball.js';

/** @typedef {import('../points/ball.js').Ball} Ball */
/** @typedef {{axes: number[][], shares: number[], html: Record<string, string>}} Components what Python computes */

/**
 * @typedef {object} Directions
 * @property {string} key names the ball and the centre
 * @property {Ball} ball
 * @property {number[]} seat the point of the ball from which they are seen
 * @property {Components} components
 * @property {Float64Array[]} along places of all operations along each of the three components; the centre is at 0
 * @property {number[]} mid of the range of each component, which includes the centre
 * @property {number[]} half the length of that range
 * @property {{equal: number, own: number}} reach farthest from the mids, as a length and in units of the halves
 */

/**
 * The tangent vector of a point at the seat, whose length is the distance between them.
 * @param {number} c
 * @param {number[]} seat
 * @param {number[]} point
 */
export function tangent(c, seat, point) {
  const moved = add(
      c,
      seat.map((value) => -value),
      point,
    ),
    length = Math.sqrt(dot(moved, moved)),
    far = distance(c, point, 0, dot(point, point), seat, dot(seat, seat));
  return moved.map((value) => (length < 1e-15 ? 0 : (value / length) * far));
}

/**
 * Where a vector is along each component.
 * @param {number[][]} axes
 * @param {number[]} vector
 */
export const along = (axes, vector) => axes.map((axis) => dot(axis, vector));

/**
 * @param {string} key
 * @param {Ball} ball
 * @param {number[]} seat
 * @param {Components} components
 * @returns {Directions}
 */
export function seenFrom(key, ball, seat, components) {
  const {axes} = components,
    places = axes.map(() => new Float64Array(COUNT));
  const low = axes.map(() => 0),
    high = axes.map(() => 0);
  for (let n = 0; n < COUNT; n++) {
    const place = along(axes, tangent(ball.c, seat, pointOf(ball, n)));
    for (const [k, value] of place.entries()) {
      places[k][n] = value;
      low[k] = Math.min(low[k], value);
      high[k] = Math.max(high[k], value);
    }
  }
  const mid = low.map((value, k) => (value + high[k]) / 2),
    half = low.map((value, k) => Math.max((high[k] - value) / 2, 1e-9)),
    reach = {equal: 1e-9, own: 1e-9};
  for (let n = 0; n < COUNT; n++) {
    const away = places.map((values, k) => values[n] - mid[k]);
    reach.equal = Math.max(reach.equal, Math.hypot(...away));
    reach.own = Math.max(reach.own, Math.hypot(...away.map((value, k) => value / half[k])));
  }
  return {key, ball, seat, components, along: places, mid, half, reach};
}

/**
 * Directions between those from one centre and those from another: each place, and what the scale is made of, is moved in
 * a straight line.
 * @param {Directions} from
 * @param {Directions} to
 * @param {number} t in 0..1
 * @returns {Directions} with the axes of `to`
 */
export function onTheWay(from, to, t) {
  /** @param {number} a @param {number} b */
  const mix = (a, b) => a + t * (b - a);
  return {
    ...to,
    along: to.along.map((values, k) => values.map((value, n) => mix(from.along[k][n], value))),
    mid: to.mid.map((value, k) => mix(from.mid[k], value)),
    half: to.half.map((value, k) => mix(from.half[k], value)),
    reach: {equal: mix(from.reach.equal, to.reach.equal), own: mix(from.reach.own, to.reach.own)},
  };
}
