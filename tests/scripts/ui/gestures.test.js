import assert from 'node:assert/strict';
import {afterEach, test} from 'node:test';
import {COUNT} from '../../../tvae/page/ui/canvas/operations.js';
import {CLICK, rolled, spread} from '../../../tvae/page/ui/canvas/pointer.js';
import {listen} from '../../../tvae/page/ui/scatter/gestures.js';
import {scaleOf} from '../../../tvae/page/ui/scatter/picture/scale.js';

/** @typedef {import('../../../tvae/page/ui/scatter/plot.js').Plot} Plot */

const AXIS = /** @type {import('../../../tvae/page/ui/scatter/picture/scale.js').Axis} */ ({low: 0, high: 10});
const pen = new Proxy({}, {get: () => () => 0, set: () => true});

Object.assign(globalThis, {devicePixelRatio: 1, Path2D: class {}});
afterEach(() => Reflect.deleteProperty(globalThis, 'document'));

/** A plot whose axes begin at x = 50, with all operations at its upper right corner, and what its pointers did. */
function plotWith() {
  /** @type {Record<string, (event: object) => void>} */
  const listeners = {};
  /** @type {unknown[][]} */
  const done = [];
  const scale = scaleOf('linear', AXIS, [], {zero: 0, below: 0});
  const area = {
    addEventListener: (/** @type {string} */ kind, /** @type {(event: object) => void} */ act) => {
      listeners[kind] = act;
    },
    setPointerCapture: () => 0,
    getBoundingClientRect: () => ({left: 0, top: 0}),
    classList: {contains: () => false, toggle: () => 0},
    clientWidth: 500,
    clientHeight: 400,
  };
  const plot = /** @type {Plot} */ (
    /** @type {unknown} */ ({
      area,
      over: {getContext: () => pen},
      series: {values: new Float64Array(COUNT).fill(10), stats: Array(10).fill([10, 10, 10]), overlaps: []},
      x: new Float64Array(COUNT).fill(9.5),
      scale,
      view: scale.home,
      frame: {left: 50, top: 0, width: 450, height: 400},
      style: {},
      names: new Map(),
      selected: new Set(),
      cursor: -1,
      gesture: null,
    })
  );
  listen(plot, {
    choose: (ids, add, event) => done.push(['choose', ids.length, add, event]),
    describe: () => 0,
    setView: (view) => done.push(['view', view[2], view[3]]),
  });
  /** @param {[x: number, y: number][]} path */
  function drag(...path) {
    const mouse = {pointerId: 1, pointerType: 'mouse', button: 0, ctrlKey: false, metaKey: false, shiftKey: false};
    const events = path.map(([clientX, clientY]) => ({...mouse, clientX, clientY}));
    listeners.pointerdown(events[0]);
    for (const event of events.slice(1)) listeners.pointermove(event);
    listeners.pointerup(events[events.length - 1]);
    return done.splice(0);
  }
  return {plot, drag, scale};
}

test('a drag along the axis shows what lies between its ends; sideways, or back to where it began, it does nothing', () => {
  const {drag, scale} = plotWith();
  const [[kind, low, high], ...more] = drag([20, 100], [20, 200], [20, 300]);
  assert.deepEqual([kind, more], ['view', []]);
  const [, , bottom, top] = scale.home;
  assert.ok(Math.abs(Number(low) - (bottom + 0.25 * (top - bottom))) < 1e-9);
  assert.ok(Math.abs(Number(high) - (bottom + 0.75 * (top - bottom))) < 1e-9);
  assert.deepEqual(drag([40, 100], [30, 100], [10, 100]), []);
  assert.deepEqual(drag([40, 100], [20, 100 + CLICK]), []);
  assert.deepEqual(drag([40, 100], [40, 300], [40, 101]), []);
});

test('a click on the axis selects nothing, as anywhere between the dots', () => {
  const {drag} = plotWith();
  assert.deepEqual(drag([20, 100], [21, 101]), [['choose', 0, false, 'pick']]);
});

test('two fingers have a middle and a distance, which is never 0', () => {
  assert.deepEqual(
    spread([
      [0, 10],
      [30, 50],
    ]),
    {x: 15, y: 30, apart: 50},
  );
  assert.equal(
    spread([
      [5, 5],
      [5, 5],
    ]).apart,
    1,
  );
});

test('the wheel enlarges a plot with the focus or with a key, and scrolls the page otherwise', () => {
  const area = /** @type {Element} */ (/** @type {unknown} */ ({}));
  let kept = 0;
  /** @param {Partial<WheelEvent>} changes @param {number} magnification */
  const roll = (changes, magnification = 2) => {
    const still = {deltaY: 0, deltaMode: 0, ctrlKey: false, metaKey: false, preventDefault: () => (kept += 1)};
    return rolled(/** @type {WheelEvent} */ (/** @type {unknown} */ ({...still, ...changes})), area, magnification);
  };
  Object.assign(globalThis, {document: {activeElement: null}});
  assert.equal(roll({deltaY: -10}), null);
  assert.equal(kept, 0);
  assert.ok(Number(roll({deltaY: -10, ctrlKey: true})) < 1);
  assert.equal(kept, 1);
  Object.assign(globalThis, {document: {activeElement: area}});
  assert.ok(Number(roll({deltaY: 10})) > 1);
  assert.equal(roll({deltaY: 10}, 1), null); // nothing to zoom out of
  assert.ok(Number(roll({deltaY: 10, ctrlKey: true}, 1)) > 1); // two fingers on a touch pad are no scrolling
  assert.equal(roll({deltaY: 5000}), roll({deltaY: 100}));
  assert.equal(roll({deltaY: 2, deltaMode: 1}), roll({deltaY: 66}));
  assert.equal(roll({}), null);
});
