// Where the pointer is in a plot, what it means, and what is shown beside it.

import {SIGN_CLASSES, SIGNS, trits} from './operations.js';

/** @typedef {[x: number, y: number]} Place in CSS pixels */

/**
 * Whether a click adds to what is selected.
 * @param {{ctrlKey: boolean, metaKey: boolean, shiftKey: boolean}} event
 */
export const held = (event) => event.ctrlKey || event.metaKey || event.shiftKey;

/**
 * How far from a dot one may be to mean it.
 * @param {PointerEvent | MouseEvent} event
 */
export const reach = (event) => ('pointerType' in event && event.pointerType === 'touch' ? 18 : 9);

/**
 * The corner of the plot on the page.
 * @param {Element} plot
 * @returns {Place}
 */
export function corner(plot) {
  const {left, top} = plot.getBoundingClientRect();
  return [left, top];
}

/**
 * The pointer's place in the plot.
 * @param {Element} plot
 * @param {MouseEvent} event
 * @returns {Place}
 */
export function placeIn(plot, event) {
  const [left, top] = corner(plot);
  return [event.clientX - left, event.clientY - top];
}

/**
 * Of `count` points the one with the least square of the distance that is below reach^2, else -1.
 * @param {number} count
 * @param {number} reach
 * @param {(i: number) => number} square
 */
export function nearest(count, reach, square) {
  let best = -1,
    least = reach ** 2;
  for (let i = 0; i < count; i++) {
    const gap = square(i);
    if (gap < least) {
      least = gap;
      best = i;
    }
  }
  return best;
}

/**
 * An element with text.
 * @param {string} name
 * @param {string} text
 * @param {string} css
 */
export const tag = (name, text, css = '') =>
  Object.assign(document.createElement(name), {textContent: text, className: css});

/**
 * The nine trits of an operation as tiles.
 * @param {number} n
 */
export function tritTiles(n) {
  const row = tag('div', '', 'point-trits');
  row.append(...trits(n).map((t) => tag('span', SIGNS[t + 1], SIGN_CLASSES[t + 1])));
  return row;
}

/**
 * Show lines about the point at a place, next to it and inside the plot.
 * @param {HTMLElement} tip
 * @param {Element} plot
 * @param {Place} at
 * @param {HTMLElement[]} lines
 */
export function showTip(tip, plot, [x, y], lines) {
  tip.hidden = false;
  tip.replaceChildren(...lines);
  const left = x + 14 + tip.offsetWidth < plot.clientWidth ? x + 14 : x - 14 - tip.offsetWidth;
  const top = Math.min(Math.max(4, y - tip.offsetHeight - 10), plot.clientHeight - tip.offsetHeight - 4);
  tip.style.transform = `translate(${Math.max(4, left)}px, ${top}px)`;
}
