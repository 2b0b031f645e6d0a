import assert from 'node:assert/strict';
import {test} from 'node:test';
import {heightOn, scaleOf} from '../../../tvae/page/ui/scatter/picture/scale.js';
import {axisTicks, columnEnds} from '../../../tvae/page/ui/scatter/picture/ticks.js';

/** @typedef {import('../../../tvae/page/ui/scatter/picture/scale.js').Axis} Axis */
/** @typedef {import('../../../tvae/page/ui/scatter/points.js').Range} Range */
/** @typedef {import('../../../tvae/page/ui/canvas/view.js').View} View */

const FLOOR = {zero: 0.00005, below: 0.08};
/** @type {Range[]} */
const STATS = Array.from({length: 10}, (_, v) => [10 / 2 ** v, 12 / 2 ** v, 14 / 2 ** v]);
STATS[9] = [0.02, 0.02, 0.02];
/** @type {Axis} */
const AXIS = {low: 0.01, positive: 0.01, high: 10, linear: 3, log: 10, levels: 10, scale: 'log'};

/** @param {number} a @param {number} b */
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a}, not ${b}`);

test('on the linear scale a height is its place', () => {
  const scale = scaleOf('linear', AXIS, STATS, FLOOR);
  assert.equal(scale.place(3.5, 4), 3.5);
  assert.ok(scale.home[2] < 0.01 && scale.home[3] > 10 && scale.home[3] < 11);
});

test('on the logarithmic scale a place is in decades, and equal factors are equally far apart', () => {
  const scale = scaleOf('log', AXIS, STATS, FLOOR);
  near(scale.place(0.1, 0), -1);
  near(scale.place(8, 0) - scale.place(4, 0), scale.place(0.2, 0) - scale.place(0.1, 0));
  assert.equal(scale.gap, null);
  near(scale.home[2], -2 - 0.04 * 3);
});

test('heights without a logarithm lie below a break', () => {
  const scale = scaleOf('log', {...AXIS, low: 0}, STATS, FLOOR);
  near(scale.place(0, 9), -2 - 0.08 * 3);
  assert.equal(scale.place(0.00005, 9), scale.place(0, 9)); // 0.0000 to four decimals, or the most that is
  assert.ok(scale.place(0.01, 9) > Number(scale.gap) && Number(scale.gap) > scale.place(0, 9));
  assert.ok(scale.home[2] < scale.place(0, 9));
  const alone = scaleOf('log', {...AXIS, low: 0, positive: 1, high: 0}, STATS, FLOOR); // all of them are 0
  assert.ok(alone.home.every(Number.isFinite) && alone.home[3] > alone.home[2]);
});

test('on their own scales, the levels reach from the bottom to the top', () => {
  const scale = scaleOf('levels', AXIS, STATS, FLOOR);
  for (const [v, [low, , high]] of STATS.slice(0, 9).entries()) {
    near(scale.place(low, v), 0);
    near(scale.place(high, v), 1);
    near(heightOn(STATS[v], 0.25), low + 0.25 * (high - low));
    near(scale.place(heightOn(STATS[v], 0.25), v), 0.25);
  }
  assert.equal(scale.place(0.02, 9), 0.5);
  assert.equal(heightOn(STATS[9], 0.9), 0.02);
});

/** @param {number} bottom @param {number} top @returns {View} */
const view = (bottom, top) => [-0.5, 9.5, bottom, top];

test('marks of a logarithmic axis are powers of ten, with 2 and 5 times them where there is room', () => {
  const scale = scaleOf('log', AXIS, STATS, FLOOR);
  const words = axisTicks(scale, view(-2, 1), 150).map(([, text]) => text);
  assert.deepEqual(words, ['0.01', '0.1', '1', '10']);
  const more = axisTicks(scale, view(-1.05, 1), 400).map(([, text]) => text);
  assert.deepEqual(more, ['0.1', '0.2', '0.5', '1', '2', '5', '10']);
  const many = axisTicks(scale, view(-9, 9), 100).map(([, text]) => text);
  assert.deepEqual(many.length, 3);
  for (const [place, text] of axisTicks(scale, view(-1.05, 1), 400)) near(10 ** place, Number(text));
});

test('a logarithmic axis that is zoomed in has marks of equal steps, none too near to another', () => {
  const scale = scaleOf('log', AXIS, STATS, FLOOR);
  const found = axisTicks(scale, view(Math.log10(3), Math.log10(4)), 400);
  assert.ok(found.length >= 4);
  const heights = found.map(([, text]) => Number(text));
  found.forEach(([place], k) => {
    near(10 ** place, heights[k]);
    if (k) assert.ok(((place - found[k - 1][0]) / Math.log10(4 / 3)) * 400 >= 20);
  });
});

test('the break has the mark 0 below it, and no mark of the axis', () => {
  const scale = scaleOf('log', {...AXIS, low: 0}, STATS, FLOOR);
  const found = axisTicks(scale, scale.home, 400);
  assert.deepEqual(found[0], [scale.floor, '0']);
  assert.ok(found.slice(1).every(([place]) => place > Number(scale.gap)));
  assert.equal(axisTicks(scale, view(-1, 1), 400)[0][1], '0.1'); // out of view after zooming
});

test('a column on its own scale has its ends, with the decimals that tell them apart, also under a zoom', () => {
  const scale = scaleOf('levels', AXIS, STATS, FLOOR);
  assert.deepEqual(columnEnds(STATS[0], scale.home, false), ['10.0', '14.0']);
  assert.deepEqual(columnEnds(STATS[6], scale.home, false), ['0.156', '0.219']);
  assert.deepEqual(columnEnds(STATS[0], view(0.5, 0.75), false), ['12.0', '13.0']);
  assert.deepEqual(columnEnds(STATS[9], scale.home, false), ['0.0200', '0.0200']);
  assert.deepEqual(columnEnds(STATS[9], scale.home, true), ['0.020', '0.020']);
  assert.deepEqual(axisTicks(scale, view(0.4, 1.04), 400), [
    [0.5, ''],
    [1, ''],
  ]);
});
