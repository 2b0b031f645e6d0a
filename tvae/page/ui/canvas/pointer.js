// Where the pointer is in a plot, what it points at, and the tooltip next to it.

import {SIGN_CLASSES, SIGNS, trits} from './operations.js';

/** @typedef {[x: number, y: number]} Place in CSS pixels */

/**
 * Whether a click adds to what is selected.
 * @param {{ctrlKey: boolean, metaKey: boolean, shiftKey: boolean}} event
 */
export const held = (event) => event.ctrlKey || event.metaKey || event.shiftKey;

/**
 * How far from a dot the pointer may be to select it.
 * @param {PointerEvent | MouseEvent} event
 */
export const reach = (event) => ('pointerType' in event && event.pointerType === 'touch' ? 18 : 9);

/**
 * The plot's upper left corner on the page.
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
 * Of `count` points the nearest one within `reach`, -1 if there is none; `square` gives squared distances.
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
 * Show a tooltip with these lines next to a place and inside the plot.
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
