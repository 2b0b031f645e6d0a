// Sizes and circles of a disk, on the canvas and in a file.

import {isEven} from './state.js';

/** @typedef {import('./state.js').Drawn} Drawn */

// Each frame writes pixels on the CPU; this keeps the canvas in its memory instead of the GPU's.
export const SETTINGS = {willReadFrequently: true};

/**
 * The radius of a level's dots.
 * @param {number} v
 */
export const dotSize = (v) => 1 + 0.32 * v;

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
