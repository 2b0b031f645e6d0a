// Pointer gestures in a radius plot: click, lasso and box, pan, zoom by wheel, two fingers or along the axis.
//
// One finger that swipes scrolls the page, so a finger selects with a tap, or draws a box after it was held still.

import {isOut} from '../canvas/colouring.js';
import {COUNT} from '../canvas/operations.js';
import {held, nearest, placeIn, reach} from '../canvas/pointer.js';
import {between, encloses, magnification, moved, within, zoomed} from '../canvas/view.js';
import {drawOver} from './draw.js';
import {markAt} from './picture/marks.js';
import {at, hasPoints, inView} from './plot.js';

/** @typedef {import('./picture/marks.js').Mark} Mark */
/** @typedef {import('./plot.js').Drawn} Drawn */
/** @typedef {import('./plot.js').Gesture} Gesture */
/** @typedef {import('./plot.js').Place} Place */
/** @typedef {import('./plot.js').Plot} Plot */
/** @typedef {import('../canvas/view.js').View} View */

const CLICK = 4; // pixels that the pointer may move during a click
const TAP = 10; // and a finger during a tap or a long press
const LONG_PRESS = 400; // milliseconds
const WHEEL = 0.0022; // change of the view's size per pixel of the wheel
const LINE = 33; // pixels per line, for a wheel that reports lines

/**
 * @typedef {object} Actions
 * @property {(ids: number[], add: boolean, event: 'pick' | 'lasso') => void} choose
 * @property {(i: number, mark: Mark | null, place?: Place) => void} describe
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
    return within(plot.frame, u, v) && !isOut(i) ? (u - x) ** 2 + (v - y) ** 2 : Infinity;
  });
}

/**
 * The visible operations that a closed path encloses.
 * @param {Drawn} plot
 * @param {Place[]} path
 */
const enclosed = (plot, path) =>
  Array.from({length: COUNT}, (_, i) => i).filter((i) => !isOut(i) && inView(plot, i) && encloses(path, at(plot, i)));

/**
 * The middle of two fingers and the distance between them.
 * @param {Iterable<Place>} fingers
 */
function spread(fingers) {
  const [[a, b], [c, d]] = fingers;
  return {middle: (b + d) / 2, apart: Math.hypot(a - c, b - d)};
}

/** @param {Place} one @param {Place} other @returns {Place[]} */
const corners = ([a, b], [x, y]) => [
  [a, b],
  [x, b],
  [x, y],
  [a, y],
];

/**
 * What a drag from here does.
 * @param {Plot} plot
 * @param {PointerEvent} event
 * @param {Place} start
 * @returns {import('./plot.js').Drawing}
 */
function drawingFrom({area, frame}, event, [x]) {
  if (area.classList.contains('pan')) return 'pan';
  if (event.pointerType === 'touch') return 'wait';
  if (x < frame.left) return 'interval';
  return event.shiftKey ? 'box' : 'lasso';
}

/**
 * @param {Plot} plot
 * @param {Actions} actions
 */
export function listen(plot, {choose, describe, setView}) {
  const {area} = plot;
  /** @type {Map<number, Place>} */
  const pointers = new Map();
  let pressing = 0; // the timer of a long press

  /** @param {PointerEvent} event */
  function pinch(event) {
    const before = spread(pointers.values());
    pointers.set(event.pointerId, placeIn(area, event));
    const after = spread(pointers.values());
    setView(zoomed(plot, before.apart / Math.max(1, after.apart), before.middle));
    setView(moved(plot, after.middle - before.middle));
  }
  /** @param {Gesture} gesture @param {Place} to */
  function drag(gesture, to) {
    const {start, drawing, view} = gesture,
      far = Math.hypot(to[0] - start[0], to[1] - start[1]);
    if (drawing === 'wait') {
      if (far > TAP) end(); // a swipe
      return;
    }
    gesture.moved ||= far > CLICK;
    if (!gesture.moved) return;
    if (drawing === 'pan') {
      setView(moved({frame: plot.frame, view}, to[1] - start[1]));
      return;
    }
    const {left, width} = plot.frame;
    if (drawing === 'box') gesture.path = corners(start, to);
    else if (drawing === 'interval') gesture.path = corners([left, start[1]], [left + width, to[1]]);
    else gesture.path.push(to);
    drawOver(plot);
  }
  /** @param {Gesture} gesture */
  function press(gesture) {
    const [x, y] = gesture.start;
    Object.assign(gesture, {drawing: 'box', moved: true, path: corners([x - TAP, y - TAP], [x + TAP, y + TAP])});
    drawOver(plot);
  }
  function end() {
    clearTimeout(pressing);
    plot.gesture = null;
    drawOver(plot);
  }
  /** @param {Drawn} drawn @param {Gesture} done @param {PointerEvent} event */
  function finish(drawn, done, event) {
    if (!done.moved) {
      const i = pointed(drawn, event);
      choose(i < 0 ? [] : [i], held(event), 'pick');
      if (event.pointerType === 'touch') describe(i, markAt(drawn, done.start), done.start);
    } else if (done.drawing === 'interval') setView(between(drawn, done.start[1], placeIn(area, event)[1]));
    else if (done.drawing !== 'pan') choose(enclosed(drawn, done.path), event.ctrlKey || event.metaKey, 'lasso');
  }

  area.addEventListener('pointerdown', (event) => {
    if (!hasPoints(plot) || event.button) return;
    const start = placeIn(area, event);
    pointers.set(event.pointerId, start);
    area.setPointerCapture(event.pointerId);
    describe(-1, null);
    plot.cursor = -1;
    end();
    if (pointers.size > 1) return;
    /** @type {Gesture} */
    const gesture = {start, path: [start], drawing: drawingFrom(plot, event, start), view: plot.view, moved: false};
    plot.gesture = gesture;
    if (gesture.drawing === 'wait') pressing = setTimeout(() => press(gesture), LONG_PRESS);
  });
  area.addEventListener('pointermove', (event) => {
    if (!hasPoints(plot)) return;
    const to = placeIn(area, event);
    if (pointers.size > 1 && pointers.has(event.pointerId)) pinch(event);
    else if (plot.gesture) drag(plot.gesture, to);
    else if (!pointers.size) describe(pointed(plot, event), markAt(plot, to), to);
    area.classList.toggle('along', to[0] < plot.frame.left);
  });
  area.addEventListener('pointerup', (event) => {
    const done = plot.gesture;
    pointers.delete(event.pointerId);
    end();
    if (done && hasPoints(plot)) finish(plot, done, event);
  });
  area.addEventListener('pointercancel', (event) => {
    pointers.delete(event.pointerId);
    end();
  });
  area.addEventListener('pointerleave', (event) => {
    if (event.pointerType !== 'touch') describe(-1, null);
  });
  area.addEventListener('dblclick', () => {
    if (hasPoints(plot)) setView(plot.scale.home);
  });
  // `touch-action` lets the browser scroll with one finger. These two keep it from doing so with two fingers, and after
  // a long press.
  area.addEventListener('touchstart', (event) => event.touches.length > 1 && event.preventDefault(), {passive: false});
  area.addEventListener('touchmove', (event) => plot.gesture?.drawing === 'box' && event.preventDefault(), {
    passive: false,
  });
  area.addEventListener('contextmenu', (event) => pointers.size && event.preventDefault());
  area.addEventListener('wheel', (event) => turn(event), {passive: false});

  /** @param {WheelEvent} event */
  function turn(event) {
    const wanted = event.ctrlKey || event.metaKey || document.activeElement === area;
    // At the full view the page scrolls, because there is nothing to zoom out of.
    const done = event.deltaY > 0 && !event.ctrlKey && magnification(plot.view, plot.scale.home) < 1.001;
    if (!hasPoints(plot) || !wanted || !event.deltaY || done) return;
    event.preventDefault();
    const turned = Math.min(100, Math.max(-100, event.deltaY * (event.deltaMode ? LINE : 1)));
    setView(zoomed(plot, Math.exp(WHEEL * turned), placeIn(area, event)[1]));
    describe(-1, null);
  }
}
