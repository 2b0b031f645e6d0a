// Text, rings and labels of both plots. Lengths are CSS pixels.

import {fontOf} from './elements.js';

/** @typedef {import('./layers.js').Style} Style */
/** @typedef {[x: number, y: number]} Place */
/** @typedef {(words: string, look: {size?: number, weight?: number}) => number} Measure */
/** @typedef {{text: string, at: Place, gap: number}} Label `gap`: distance from the centre of the dot */

export const MAX_LABELS = 12; // with more selected points, none has a label
export const MAX_OUTLINES = 400; // and with more than this, none has an outline

/**
 * @param {CanvasRenderingContext2D} g
 * @param {Style} style
 * @param {string} words
 * @param {Place} at
 * @param {{size?: number, weight?: number, align?: CanvasTextAlign, alpha?: number, colour?: string}} look
 */
export function write(g, style, words, at, {size = 12, weight = 400, align = 'center', alpha = 1, colour} = {}) {
  const font = `${weight} ${size}px ${style.font}`;
  Object.assign(g, {font, textAlign: align, fillStyle: colour ?? style.ink, globalAlpha: alpha});
  g.fillText(words, ...at);
}

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

/** @param {Place[]} points */
export const polyline = (points) => new Path2D(`M${points.map((point) => point.join(' ')).join('L')}`);

/**
 * @param {Place} at
 * @param {number} radius
 */
export function circle([x, y], radius) {
  const path = new Path2D();
  path.arc(x, y, radius, 0, 2 * Math.PI);
  return path;
}

/**
 * A filled dot with an outline.
 * @param {CanvasRenderingContext2D} g
 * @param {Place} at
 * @param {number} radius
 * @param {string} colour
 */
export function ring(g, at, radius, colour) {
  g.fillStyle = colour;
  g.fill(circle(at, radius));
  g.stroke(circle(at, radius));
}

/**
 * Place labels to the right, left, above or below their dot, in this order of preference; null if there is no room.
 * @param {{at: Place, gap: number, width: number}[]} labels
 * @param {number} width of the plot
 * @param {{left?: number, top?: number, dots?: [x: number, y: number, radius: number][]}} [free] where labels may begin,
 *   and dots that none may cover
 * @returns {(Place | null)[]}
 */
export function placeLabels(labels, width, {left = 2, top = -Infinity, dots = []} = {}) {
  /** @type {[x: number, y: number, width: number][]} */
  const taken = [];
  return labels.map(({at: [x, y], gap, width: own}) => {
    /** @type {Place[]} */
    const places = [
      [x + gap, y + 4],
      [x - gap - own, y + 4],
      [x - own / 2, y - gap - 3],
      [x - own / 2, y + gap + 11],
    ];
    const free = places.find(
      ([u, v]) =>
        u > left &&
        v > top &&
        u + own < width - 2 &&
        taken.every(([s, t, w]) => u > s + w + 3 || s > u + own + 3 || Math.abs(v - t) > 14) &&
        dots.every(([s, t, r]) => u > s + r || s - r > u + own || v - 10 > t + r || t - r > v + 3),
    );
    if (free) taken.push([...free, own]);
    return free ?? null;
  });
}

/**
 * @param {CanvasRenderingContext2D} g
 * @param {Style} style
 * @param {Label[]} labels
 * @param {number} width of the plot
 */
export function drawLabels(g, style, labels, width) {
  Object.assign(g, {strokeStyle: style.back, fillStyle: style.ink, lineWidth: 4, lineJoin: 'round', globalAlpha: 1});
  Object.assign(g, {font: `600 12px ${style.font}`, textAlign: 'left'});
  const measured = labels.map((label) => ({...label, width: g.measureText(label.text).width}));
  placeLabels(measured, width).forEach((place, k) => {
    if (!place) return;
    g.strokeText(labels[k].text, ...place);
    g.fillText(labels[k].text, ...place);
  });
}
