// The width of words, and places of labels, in all plots. Lengths are CSS pixels.

import {fontOf} from './elements.js';

/** @typedef {import('./elements.js').Place} Place */
/** @typedef {(words: string, look: {size?: number, weight?: number}) => number} Measure */

const FARTHER = [0, 12, 24]; // pixels

/**
 * The width of words in a font that may change.
 * @param {() => string} font
 * @returns {Measure}
 */
export function ruler(font) {
  const g = /** @type {CanvasRenderingContext2D} */ (document.createElement('canvas').getContext('2d'));
  return (words, look) => {
    g.font = fontOf(look, font());
    return g.measureText(words).width;
  };
}

/**
 * The names of operations that have one, from "index:name" with spaces between.
 * @param {string} names
 * @returns {Map<number, string>}
 */
export const namesIn = (names) => new Map(names.split(' ').map((one) => [parseInt(one, 10), one.split(':')[1]]));

/**
 * Place labels to the right, left, above or below their dot, in this order of preference, or a little farther away; null
 * if there is no room.
 * @param {{at: Place, gap: number, width: number, covers?: boolean}[]} labels `gap`: distance from the centre of the dot;
 *   `covers`: whether it may cover dots
 * @param {number} width of the plot
 * @param {{left?: number, top?: number, dots?: [x: number, y: number, radius: number][]}} [free] where labels may begin,
 *   and dots that none may cover
 * @returns {(Place | null)[]}
 */
export function placeLabels(labels, width, {left = 2, top = -Infinity, dots = []} = {}) {
  /** @type {[x: number, y: number, width: number][]} */
  const taken = [];
  return labels.map(({at: [x, y], gap, width: own, covers}) => {
    /** @param {number} away @returns {Place[]} */
    const around = (away) => [
      [x + away, y + 4],
      [x - away - own, y + 4],
      [x - own / 2, y - away - 3],
      [x - own / 2, y + away + 11],
    ];
    const places = FARTHER.flatMap((more) => around(gap + more));
    const free = places.find(
      ([u, v]) =>
        u > left &&
        v > top &&
        u + own < width - 2 &&
        taken.every(([s, t, w]) => u > s + w + 3 || s > u + own + 3 || Math.abs(v - t) > 14) &&
        (covers || dots.every(([s, t, r]) => u > s + r || s - r > u + own || v - 10 > t + r || t - r > v + 3)),
    );
    if (free) taken.push([...free, own]);
    return free ?? null;
  });
}
