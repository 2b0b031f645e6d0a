// Where the pointer is in a plot, what it points at, and the tooltip next to it.

import {SIGN_CLASSES, SIGNS, trits} from './operations.js';

/** @typedef {[x: number, y: number]} Place in CSS pixels */

export const CLICK = 4; // pixels that the pointer may move during a click
const WHEEL = 0.0022; // change of a view's size per pixel of the wheel
const LINE = 33; // pixels per line, for a wheel that reports lines

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
 * The middle of two fingers, and the distance between them.
 * @param {Iterable<Place>} fingers
 */
export function spread(fingers) {
  const [[a, b], [c, d]] = fingers;
  return {x: (a + c) / 2, y: (b + d) / 2, apart: Math.max(1, Math.hypot(a - c, b - d))};
}

/**
 * How a turn of the wheel changes the size of the view. The page scrolls instead while the plot has neither the focus nor
 * a modifier key, and at the full view, because there is nothing to zoom out of.
 * @param {WheelEvent} event
 * @param {Element} area
 * @param {number} magnification 1 at the full view
 * @returns {number | null} a factor, null if the page scrolls
 */
export function rolled(event, area, magnification) {
  const {deltaY, deltaMode, ctrlKey, metaKey} = event,
    isWanted = ctrlKey || metaKey || document.activeElement === area,
    isWhole = deltaY > 0 && !ctrlKey && magnification < 1.001;
  if (!isWanted || !deltaY || isWhole) return null;
  event.preventDefault();
  return Math.exp(WHEEL * Math.min(100, Math.max(-100, deltaY * (deltaMode ? LINE : 1))));
}

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
