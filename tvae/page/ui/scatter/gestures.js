// Pointer gestures in a radius plot: click, lasso and box, pan, pinch, and the wheel.

import {COUNT} from '../canvas/operations.js';
import {held, nearest, placeIn, reach} from '../canvas/pointer.js';
import {encloses, magnification, moved, within, zoomed} from '../canvas/view.js';
import {drawOver} from './over.js';
import {at, hasPoints, inView} from './plot.js';

/** @typedef {import('./plot.js').Drawn} Drawn */
/** @typedef {import('./plot.js').Place} Place */
/** @typedef {import('./plot.js').Plot} Plot */
/** @typedef {import('../canvas/view.js').View} View */

const CLICK = 4; // pixels that the pointer may move during a click
const WHEEL = 0.0022; // change of the view's size per pixel of the wheel
const LINE = 33; // pixels per line, for a wheel that reports lines

/**
 * @typedef {object} Actions
 * @property {(ids: number[], add: boolean, event: 'pick' | 'lasso') => void} choose
 * @property {(i: number) => void} describe
 * @property {(view: View) => void} setView
 */

/**
 * The operation under the pointer, -1 for none.
 * @param {Drawn} plot
 * @param {PointerEvent} event
 */
function pointed(plot, event) {
  const [x, y] = placeIn(plot.area, event);
  return nearest(COUNT, reach(event), (i) => {
    const [u, v] = at(plot, i);
    return within(plot.frame, u, v) ? (u - x) ** 2 + (v - y) ** 2 : Infinity;
  });
}

/**
 * The visible operations that a closed path encloses.
 * @param {Drawn} plot
 * @param {Place[]} path
 */
const enclosed = (plot, path) =>
  Array.from({length: COUNT}, (_, i) => i).filter((i) => inView(plot, i) && encloses(path, at(plot, i)));

/**
 * The middle of two fingers and the distance between them.
 * @param {Iterable<Place>} fingers
 */
function spread(fingers) {
  const [[a, b], [c, d]] = fingers;
  return {middle: /** @type {Place} */ ([(a + c) / 2, (b + d) / 2]), apart: Math.hypot(a - c, b - d)};
}

/**
 * @param {Plot} plot
 * @param {Actions} actions
 */
export function listen(plot, {choose, describe, setView}) {
  const {area} = plot;
  /** @type {Map<number, Place>} */
  const pointers = new Map();

  /** @param {PointerEvent} event */
  function pinch(event) {
    const before = spread(pointers.values());
    pointers.set(event.pointerId, placeIn(area, event));
    const after = spread(pointers.values());
    setView(zoomed(plot, before.apart / Math.max(1, after.apart), before.middle));
    setView(moved(plot, after.middle[0] - before.middle[0], after.middle[1] - before.middle[1]));
  }
  /** @param {import('./plot.js').Gesture} gesture @param {Place} to */
  function drag(gesture, [x, y]) {
    const [a, b] = gesture.start;
    gesture.moved ||= Math.hypot(x - a, y - b) > CLICK;
    if (!gesture.moved) return;
    if (!gesture.lasso) {
      setView(moved({frame: plot.frame, view: gesture.view}, x - a, y - b));
      return;
    }
    if (gesture.box)
      gesture.path = [
        [a, b],
        [x, b],
        [x, y],
        [a, y],
      ];
    else gesture.path.push([x, y]);
    drawOver(plot);
  }

  area.addEventListener('pointerdown', (event) => {
    if (!hasPoints(plot) || event.button) return;
    const start = placeIn(area, event),
      lasso = !area.classList.contains('pan');
    pointers.set(event.pointerId, start);
    area.setPointerCapture(event.pointerId);
    describe(-1);
    plot.cursor = -1;
    const gesture = {start, path: [start], lasso, box: event.shiftKey, view: plot.view, moved: false};
    plot.gesture = pointers.size > 1 ? null : gesture;
    drawOver(plot);
  });
  area.addEventListener('pointermove', (event) => {
    if (!hasPoints(plot)) return;
    if (pointers.size > 1 && pointers.has(event.pointerId)) pinch(event);
    else if (plot.gesture) drag(plot.gesture, placeIn(area, event));
    else if (!pointers.size) describe(pointed(plot, event));
  });
  area.addEventListener('pointerup', (event) => {
    const done = plot.gesture;
    pointers.delete(event.pointerId);
    plot.gesture = null;
    if (!done || !hasPoints(plot)) return;
    drawOver(plot);
    if (done.moved && done.lasso) choose(enclosed(plot, done.path), event.ctrlKey || event.metaKey, 'lasso');
    if (done.moved) return;
    const i = pointed(plot, event);
    choose(i < 0 ? [] : [i], held(event), 'pick');
  });
  area.addEventListener('pointercancel', (event) => {
    pointers.delete(event.pointerId);
    plot.gesture = null;
    drawOver(plot);
  });
  area.addEventListener('pointerleave', () => describe(-1));
  area.addEventListener('dblclick', () => {
    if (hasPoints(plot)) setView(plot.home);
  });
  area.addEventListener('wheel', (event) => turn(event), {passive: false});

  /** @param {WheelEvent} event */
  function turn(event) {
    const wanted = event.ctrlKey || event.metaKey || document.activeElement === area;
    // At the full view the page scrolls, because there is nothing to zoom out of.
    const done = event.deltaY > 0 && !event.ctrlKey && magnification(plot.view, plot.home) < 1.001;
    if (!hasPoints(plot) || !wanted || !event.deltaY || done) return;
    event.preventDefault();
    const turned = Math.min(100, Math.max(-100, event.deltaY * (event.deltaMode ? LINE : 1)));
    setView(zoomed(plot, Math.exp(WHEEL * turned), placeIn(area, event)));
    describe(-1);
  }
}
