// Unpack the points of a checkpoint (`pack_points` in Python), and spread them over the columns of their levels.

import {LEVEL, LEVELS} from '../canvas/operations.js';
import {bytes} from '../scripts/component.js';

/** @typedef {[least: number, mean: number, largest: number]} Range */
/** @typedef {import('./picture/scale.js').Axis} Axis */
/** @typedef {{q: string, start: number[], step: number[], stats: Range[], overlaps: number[], axis: Axis}} PackedSeries */
/** @typedef {{values: Float64Array, stats: Range[], overlaps: number[], axis: Axis}} Series by operation, by level, and
 *   the v whose level overlaps with that of v + 1 */
/** @typedef {{width: number, step: number}} Jitter */
/** @typedef {'A' | 'B'} Encoder */
/** @typedef {'radius' | 'norm'} Measure */

/**
 * @typedef {object} Points
 * @property {string} key names checkpoint and file
 * @property {[name: string, sha256: string]} file its first digits, '' if there is no file yet
 * @property {string} title the checkpoint as pictures name it
 * @property {string[]} colours of the levels
 * @property {Record<Measure, string>} titles
 * @property {Uint8Array} exact one bit an operation
 * @property {Record<Encoder, Partial<Record<Measure, Series>>>} encoders no `norm` without a ball
 */

/**
 * @param {string} text
 * @returns {Points}
 */
export function unpack(text) {
  const packed = JSON.parse(text);
  for (const measures of Object.values(packed.encoders)) {
    for (const [measure, series] of Object.entries(measures)) measures[measure] = unpackSeries(series);
  }
  return {...packed, exact: bytes(packed.exact)};
}

/**
 * Values are stored as cells of a grid of their level; each is the middle of its cell. They are unpacked when they are
 * first read: of its four series, a plot that opens shows one.
 * @param {PackedSeries} packed
 * @returns {Series}
 */
export function unpackSeries({q, start, step, stats, overlaps, axis}) {
  /** @type {Float64Array | undefined} */
  let values;
  const unpacked = () => {
    const cells = new Uint16Array(bytes(q).buffer);
    return Float64Array.from(cells, (cell, i) => start[LEVEL[i]] + (cell + 0.5) * step[LEVEL[i]]);
  };
  return {
    get values() {
      values ??= unpacked();
      return values;
    },
    stats,
    overlaps,
    axis,
  };
}

/**
 * Horizontal places of all operations: their valuation, spread evenly over its column in the order of indices.
 * `tvae/reports/plots/radius_plot.py` has the same formula and its two parameters.
 * @param {Jitter} jitter
 */
export function horizontalPlaces({width, step}) {
  const places = new Float64Array(LEVEL.length);
  LEVELS.forEach((ids, v) => {
    ids.forEach((i, rank) => {
      places[i] = v + width * (2 * ((0.5 + rank * step) % 1) - 1);
    });
  });
  return places;
}
