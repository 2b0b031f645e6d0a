// Sizes and circles of a disk, on the canvas and in a file.

import {byDepth} from '../directions/rotation.js';
import {BY_ANGLE} from '../points/angles.js';
import {isEven, viewOf} from '../state.js';

/** @typedef {import('../state.js').Drawn} Drawn */

// Each frame writes pixels on the CPU; this keeps the canvas in its memory instead of the GPU's.
export const SETTINGS = {willReadFrequently: true};

export const MAX_LABELS = 12; // with more selected operations, none has a label

/**
 * The radius of a level's dots.
 * @param {number} v
 */
export const dotSize = (v) => 1 + 0.32 * v;

const SLICES = 12; // of a picture with depth
const BY_LEVEL = Uint16Array.from(BY_ANGLE.flat());

/**
 * Operations that are drawn one after another, the lowest first: by level, or by depth in a picture that has one, the
 * farthest first, and then by level. `grow` multiplies the size of their dots.
 * @param {Drawn} disk
 * @returns {{ids: ArrayLike<number> & Iterable<number>, grow: number, opacity: number}[]}
 */
export function layersOf(disk) {
  if (viewOf(disk) !== '3d') return BY_ANGLE.map((ids) => ({ids, grow: 1, opacity: 0.75}));
  return byDepth(disk.depth, SLICES, BY_LEVEL).map((ids, k) => {
    const near = (k + 0.5) / SLICES;
    return {ids, grow: 0.7 + 0.7 * near, opacity: 0.35 + 0.6 * near};
  });
}

/**
 * Circles at round distances, the smallest first.
 * @param {Drawn} disk
 * @returns {[radius: number, text: string][]}
 */
export function rings(disk) {
  const most = isEven(disk) ? disk.rim : 6 / Math.sqrt(disk.ball.c);
  const step = [0.1, 0.2, 0.5, 1, 2, 5].find((size) => most / size <= 7) ?? 10;
  return Array.from({length: Math.floor(most / step)}, (_, k) => {
    const radius = (k + 1) * step;
    return [radius, radius.toFixed(step < 1 ? 1 : 0)];
  });
}
