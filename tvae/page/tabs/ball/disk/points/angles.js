// The angle of each operation, which depends only on its digits; the first digit is the most significant.

import {COUNT, LEVEL} from '../../../../ui/canvas/operations.js';

export const TURN = 2 * Math.PI;
const CELL = TURN / COUNT;

/**
 * The number that has the nine base-3 digits of n in reverse.
 * @param {number} n
 */
export function reversed(n) {
  let rest = n,
    turned = 0;
  for (let k = 0; k < 9; k++) {
    turned = 3 * turned + (rest % 3);
    rest = Math.floor(rest / 3);
  }
  return turned;
}

/** Angles in radians, counter-clockwise from the right: operations that share their first digits are neighbours. */
export const ANGLE = Float64Array.from({length: COUNT}, (_, n) => CELL * (reversed(n) + 0.5));
export const COS = ANGLE.map(Math.cos);
export const SIN = ANGLE.map(Math.sin);

/**
 * The operations of each level, in the order of their angles.
 * @type {number[][]}
 */
export const BY_ANGLE = Array.from({length: 10}, () => []);
for (let cell = 0; cell < COUNT; cell++) BY_ANGLE[LEVEL[reversed(cell)]].push(reversed(cell));

/**
 * The shorter way from one angle to another, in -pi..pi.
 * @param {number} from
 * @param {number} to
 */
export const turnBetween = (from, to) => ((to - from + 1.5 * TURN) % TURN) - TURN / 2;
