import assert from 'node:assert/strict';
import {test} from 'node:test';
import {orienter} from '../../../tvae/page/tabs/ball/disk/directions/orient.js';
import {loader} from '../../../tvae/page/tabs/ball/disk/loading.js';
import {animate} from '../../../tvae/page/tabs/ball/disk/moving.js';
import {COUNT} from '../../../tvae/page/ui/canvas/operations.js';

/** @typedef {import('../../../tvae/page/tabs/ball/disk/state.js').Disk} Disk */
/** @typedef {{html: Record<string, string>, axes: number[][], shares: number[]}} Answer */

const AXES = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];
const BALL = {
  key: 'tree 00 A',
  c: 0,
  dimensions: 3,
  points: new Float64Array(3 * COUNT),
  squares: new Float64Array(COUNT),
  exact: new Uint8Array(),
};
const HTML = {'2d': 'how faithful two are', '3d': 'how faithful three are'};

// Frames of the browser, which the tests let pass.
/** @type {{waiting: ((now: number) => void)[], isStill: boolean}} */
const frames = {waiting: [], isStill: false};
Object.assign(globalThis, {
  requestAnimationFrame: (/** @type {(now: number) => void} */ act) => frames.waiting.push(act),
  matchMedia: () => ({matches: frames.isStill}),
});
/** @param {number} later in milliseconds from now */
const frame = (later) => {
  for (const act of frames.waiting.splice(0)) act(performance.now() + later);
};
const settled = () => new Promise((resolve) => setTimeout(resolve));

/** A disk with points and measured directions, without a size on the page: nothing is drawn. */
function diskWith() {
  return /** @type {Disk} */ (
    /** @type {unknown} */ ({
      ball: BALL,
      centre: -1,
      seat: [0, 0, 0],
      radii: new Float64Array(COUNT),
      directions: null,
      moving: false,
      frames: 0,
      busy: '',
      decoding: false,
      root: {dataset: {}, hidden: false},
      area: {clientWidth: 0},
      status: {textContent: ''},
      faithful: {innerHTML: '', hidden: false},
      props: {view: '2d', source: {checkpoint: 'tree', encoder: 'A', key: BALL.key, ball: true}},
      say: (/** @type {string} */ key) => key,
    })
  );
}

/** @param {Disk} disk */
function orientation(disk) {
  /** @type {{centre: number, answer: (found: object) => void}[]} */
  const asked = [];
  /** @type {number[]} */
  const told = [];
  let drawn = 0;
  const orient = orienter(disk, {
    ask: ({centre}) =>
      new Promise((resolve) => asked.push({centre, answer: /** @type {(found: object) => void} */ (resolve)})),
    redraw: () => (drawn += 1),
    tell: (centre) => told.push(centre),
  });
  return {orient, asked, told, drawn: () => drawn};
}

test('a move begins and ends slowly, takes the same time at any rate of frames, and can be ended', () => {
  /** @type {number[]} */
  const shares = [];
  const stop = animate((share) => shares.push(share));
  assert.deepEqual(shares, []);
  frame(0);
  frame(225);
  assert.ok(shares[0] < 0.01 && Math.abs(shares[1] - 0.5) < 0.05);
  frame(999);
  assert.equal(shares[2], 1);
  assert.equal(frames.waiting.length, 0);
  stop();
  const other = animate((share) => shares.push(share));
  frame(100);
  other();
  frame(200);
  assert.equal(shares.length, 4);
});

test('with reduced motion, or where there is nothing to move, a move is over at once', () => {
  /** @type {number[]} */
  const shares = [];
  frames.isStill = true;
  animate((share) => shares.push(share));
  frames.isStill = false;
  animate((share) => shares.push(share), true);
  assert.deepEqual(shares, [1, 1]);
  assert.equal(frames.waiting.length, 0);
});

test('directions that arrive after a change to the digits leave the disk alone, and are there afterwards', async () => {
  const disk = diskWith(),
    {orient, asked, told, drawn} = orientation(disk);
  orient();
  assert.deepEqual([disk.busy, asked.length], ['computing', 1]);
  disk.props.view = 'digits';
  disk.busy = '';
  disk.status.textContent = '';
  const before = drawn();
  asked[0].answer({axes: AXES, shares: [1, 0, 0], html: HTML});
  await settled();
  frame(100);
  assert.deepEqual([drawn(), disk.moving, disk.directions, disk.faithful.innerHTML], [before, false, null, '']);
  disk.props.view = '3d';
  orient();
  assert.deepEqual([asked.length, told, disk.faithful.innerHTML], [1, [], HTML['3d']]);
  assert.equal(disk.directions?.key, `${BALL.key} -1`);
});

test('an error that arrives after a change to the digits does not move the centre back', async () => {
  const disk = diskWith(),
    {orient, asked, told} = orientation(disk);
  orient();
  asked[0].answer({axes: AXES, shares: [1, 0, 0], html: HTML});
  await settled();
  disk.centre = 7;
  orient();
  disk.props.view = 'digits';
  asked[1].answer({error: 'too busy'});
  await settled();
  assert.deepEqual([disk.centre, told, disk.status.textContent], [7, [], 'computing']);
  disk.props.view = '2d';
  orient();
  asked[2].answer({error: 'too busy'});
  await settled();
  assert.deepEqual([disk.centre, told, disk.status.textContent], [-1, [-1], 'too busy']); // in the same view it does
});

test('directions from one centre are asked for once, and the last centre counts', async () => {
  const disk = diskWith(),
    {orient, asked} = orientation(disk);
  orient();
  disk.props.view = '3d';
  orient();
  assert.equal(asked.length, 1);
  disk.centre = 4;
  orient();
  asked[1].answer({axes: AXES, shares: [1, 0, 0], html: HTML});
  await settled();
  asked[0].answer({axes: AXES, shares: [1, 0, 0], html: HTML});
  await settled();
  assert.deepEqual([asked.length, disk.directions?.key], [2, `${BALL.key} 4`]);
  assert.deepEqual([disk.busy, disk.status.textContent], ['', '']);
});

test('points are asked for once while the view changes, and an error is said until others are asked for', async () => {
  const disk = diskWith();
  disk.ball = null;
  /** @type {((found: object) => void)[]} */
  const asked = [];
  /** @type {string[]} */
  const shown = [];
  let greeted = 0;
  const load = loader(disk, {
    ask: () => new Promise((resolve) => asked.push(resolve)),
    show: ({key}) => shown.push(key),
    endDecoding: () => 0,
    greet: () => (greeted += 1),
  });
  load();
  disk.props.view = 'digits';
  load();
  assert.deepEqual([asked.length, disk.busy], [1, 'loading']);
  asked[0]({error: 'no such checkpoint'});
  await settled();
  assert.deepEqual([disk.status.textContent, shown, greeted], ['no such checkpoint', [], 0]);
  load();
  const bytes = new Uint8Array(4 * COUNT + 4 + 2 * COUNT);
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  asked[1]({points: btoa(text), curvature: 1, exact: ''});
  await settled();
  load();
  assert.deepEqual([asked.length, shown, disk.status.textContent], [2, [BALL.key, BALL.key], '']);
  assert.equal(greeted, 2);
});
