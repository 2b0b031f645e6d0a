// The script of a stand-alone plot. `html.js` writes the text of these functions into the file, so they may use nothing
// but each other and the browser.

import {valuation} from '../operations.js';

/**
 * What the file has of the dots. A place is two steps: (pixels + `edge`) / `unit`.
 * @typedef {object} Data
 * @property {number} width of the picture, in CSS pixels like all lengths
 * @property {number} height
 * @property {number} edge
 * @property {number} unit
 * @property {number} nowhere the steps of an operation that is not in the picture
 * @property {import('../elements.js').Box} frame at which dots are cut
 * @property {string[]} colours
 * @property {[colour: number, radius: number, opacity: number, count: number][]} layers of one look, lowest first
 * @property {string} dots the places of these dots, in base64
 * @property {string} places of all operations, in base64
 * @property {string} heights what is measured of each operation, with spaces between
 * @property {Record<number, string>} names
 * @property {{dot: string, named: string, facts: string, none: string}} said
 */

/**
 * Steps from base64.
 * @param {string} text
 */
export function stepsOf(text) {
  return new Uint16Array(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
}

/**
 * The operation nearest to a place, -1 if none is within `reach`.
 * @param {Data} data
 * @param {Uint16Array} places
 * @param {[x: number, y: number]} at
 * @param {number} reach
 */
export function operationAt({unit, edge, nowhere}, places, [x, y], reach) {
  let best = -1,
    least = reach ** 2;
  for (let k = 0; k < places.length; k += 2) {
    const gap = (places[k] * unit - edge - x) ** 2 + (places[k + 1] * unit - edge - y) ** 2;
    if (gap >= least || places[k] === nowhere) continue;
    least = gap;
    best = k / 2;
  }
  return best;
}

/**
 * What is said about an operation: its number and name, its trits, its valuation and what is measured.
 * @param {Data} data
 * @param {string[]} heights
 * @param {number} n
 */
export function linesOf({names, said}, heights, n) {
  const trits = Array.from({length: 9}, (_, k) => '\u22120+'[Math.floor(n / 3 ** k) % 3]);
  /** @type {Record<string, string | number>} */
  const values = {n, name: names[n], valuation: valuation(n), height: heights[n]};
  const filled = [names[n] ? said.named : said.dot, trits.join(' '), said.facts];
  return filled.map((line) => line.replace(/\{(\w+)\}/g, (_, key) => String(values[key])));
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Data} data
 * @param {Uint16Array} dots
 */
export function drawDots(canvas, {width, height, edge, unit, frame, colours, layers}, dots) {
  const q = (canvas.clientWidth / width) * devicePixelRatio,
    g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  Object.assign(canvas, {width: Math.round(width * q), height: Math.round(height * q)});
  g.scale(q, q);
  g.beginPath();
  g.rect(frame.left, frame.top, frame.width, frame.height);
  g.clip();
  let at = 0;
  for (const [colour, radius, opacity, count] of layers) {
    Object.assign(g, {fillStyle: colours[colour], globalAlpha: opacity});
    for (const end = at + 2 * count; at < end; at += 2) {
      g.beginPath();
      g.arc(dots[at] * unit - edge, dots[at + 1] * unit - edge, radius, 0, 2 * Math.PI);
      g.fill();
    }
  }
}

/** @param {Document} page */
export function view(page) {
  /** @param {string} id */
  const part = (id) => /** @type {HTMLElement} */ (page.getElementById(id));
  const [plot, mark, tip, find, status] = ['plot', 'mark', 'tip', 'find', 'status'].map(part),
    canvas = /** @type {HTMLCanvasElement} */ (page.getElementById('dots'));
  /** @type {Data} */
  const data = JSON.parse(part('data').textContent ?? '');
  const dots = stepsOf(data.dots),
    places = stepsOf(data.places),
    heights = data.heights.split(' ');
  /** @param {number} n the operation to point out, -1 for none */
  function show(n) {
    mark.hidden = n < 0;
    tip.hidden = n < 0;
    if (n < 0) return;
    const scale = plot.clientWidth / data.width,
      [x, y] = [places[2 * n], places[2 * n + 1]].map((step) => (step * data.unit - data.edge) * scale);
    mark.style.translate = `${x}px ${y}px`;
    tip.replaceChildren(
      ...linesOf(data, heights, n).map((line) => Object.assign(page.createElement('div'), {textContent: line})),
    );
    const left = x + 14 + tip.offsetWidth < plot.clientWidth ? x + 14 : Math.max(0, x - 14 - tip.offsetWidth);
    tip.style.translate = `${left}px ${Math.max(0, y - tip.offsetHeight - 10)}px`;
  }
  /** @param {PointerEvent} event */
  function point({clientX, clientY, pointerType}) {
    const {left, top, width} = plot.getBoundingClientRect(),
      scale = width / data.width;
    const reach = (pointerType === 'touch' ? 18 : 9) / scale;
    show(operationAt(data, places, [(clientX - left) / scale, (clientY - top) / scale], reach));
  }
  plot.addEventListener('pointerdown', point);
  plot.addEventListener('pointermove', point);
  plot.addEventListener('pointerleave', ({pointerType}) => {
    if (pointerType !== 'touch') show(-1); // a finger leaves when it is lifted
  });
  const hint = status.textContent ?? '';
  find.addEventListener('input', () => {
    const {value} = /** @type {HTMLInputElement} */ (find),
      n = /^\d{1,5}$/.test(value) ? Number(value) : -1;
    const there = n >= 0 && n < heights.length && places[2 * n] !== data.nowhere;
    show(there ? n : -1);
    status.textContent = value === '' ? hint : data.said.none.replace('{n}', () => value);
    if (there) status.textContent = linesOf(data, heights, n).join(', ');
  });
  new ResizeObserver(() => drawDots(canvas, data, dots)).observe(plot);
}

/** All of it, in any order. */
export const VIEWER = [valuation, stepsOf, operationAt, linesOf, drawDots, view];
