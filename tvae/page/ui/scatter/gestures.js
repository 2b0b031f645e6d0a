// Pointer gestures in a radius plot: click, lasso and box, pan, zoom by wheel, two fingers or along the axis.
//
// One finger that swipes scrolls the page, so a finger selects with a tap, or draws a box after it was held still.

import {isOut} from '../canvas/colouring.js';
import {COUNT} from '../canvas/operations.js';
import {CLICK, held, nearest, placeIn, reach, rolled, spread} from '../canvas/pointer.js';
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

const TAP = 10; // pixels that a finger may move during a tap or a long press
const LONG_PRESS = 400; // milliseconds

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
 * What the pointers do that are down on the plot.
 * @param {Plot} plot
 * @param {Actions} actions
 */
function tracker(plot, {choose, describe, setView}) {
  const {area} = plot;
  /** @type {Map<number, Place>} */
  const pointers = new Map();
  let pressing = 0; // the timer of a long press

  function end() {
    clearTimeout(pressing);
    plot.gesture = null;
    drawOver(plot);
  }
  /** @param {Gesture} gesture */
  function press(gesture) {
    const [x, y] = gesture.start;
    Object.assign(gesture, {drawing: 'box', moved: true, path: corners([x - TAP, y - TAP], [x + TAP, y + TAP])});
    drawOver(plot);
  }
  /** @param {PointerEvent} event */
  function begin(event) {
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
  }
  /** @param {PointerEvent} event */
  function pinch(event) {
    const before = spread(pointers.values());
    pointers.set(event.pointerId, placeIn(area, event));
    const after = spread(pointers.values());
    setView(zoomed(plot, before.apart / after.apart, before.y));
    setView(moved(plot, after.y - before.y));
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
  /** @param {Drawn} drawn @param {PointerEvent} event @param {Place} to */
  function move(drawn, event, to) {
    if (pointers.size > 1 && pointers.has(event.pointerId)) pinch(event);
    else if (plot.gesture) drag(plot.gesture, to);
    else if (!pointers.size) describe(pointed(drawn, event), markAt(drawn, to), to);
  }
  /** @param {PointerEvent} event */
  function lift(event) {
    pointers.delete(event.pointerId);
    end();
  }
  /** @param {Drawn} drawn @param {Gesture} done @param {PointerEvent} event */
  function finish(drawn, {drawing, moved, path, start}, event) {
    if (!moved) {
      const i = pointed(drawn, event);
      choose(i < 0 ? [] : [i], held(event), 'pick');
      if (event.pointerType === 'touch') describe(i, markAt(drawn, start), start);
    } else if (drawing === 'interval') {
      const to = placeIn(area, event)[1];
      if (Math.abs(to - start[1]) > CLICK) setView(between(drawn, start[1], to)); // else it went sideways
    } else if (drawing !== 'pan') choose(enclosed(drawn, path), event.ctrlKey || event.metaKey, 'lasso');
  }
  return {begin, move, lift, finish, isDown: () => pointers.size > 0};
}

/**
 * @param {Plot} plot
 * @param {Actions} actions
 */
export function listen(plot, actions) {
  const {area} = plot,
    {describe, setView} = actions,
    {begin, move, lift, finish, isDown} = tracker(plot, actions);

  area.addEventListener('pointerdown', (event) => {
    if (hasPoints(plot) && !event.button) begin(event);
  });
  area.addEventListener('pointermove', (event) => {
    if (!hasPoints(plot)) return;
    const to = placeIn(area, event);
    move(plot, event, to);
    area.classList.toggle('along', to[0] < plot.frame.left);
  });
  area.addEventListener('pointerup', (event) => {
    const done = plot.gesture;
    lift(event);
    if (done && hasPoints(plot)) finish(plot, done, event);
  });
  area.addEventListener('pointercancel', lift);
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
  area.addEventListener('contextmenu', (event) => isDown() && event.preventDefault());
  area.addEventListener('wheel', (event) => turn(event), {passive: false});

  /** @param {WheelEvent} event */
  function turn(event) {
    const factor = hasPoints(plot) ? rolled(event, area, magnification(plot.view, plot.scale.home)) : null;
    if (factor === null) return;
    setView(zoomed(plot, factor, placeIn(area, event)[1]));
    describe(-1, null);
  }
}
