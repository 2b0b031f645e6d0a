import assert from 'node:assert/strict';
import {test} from 'node:test';
import {asFigure} from '../../../tvae/page/tabs/ball/disk/drawing/files.js';
import {picture, selectionMarks} from '../../../tvae/page/tabs/ball/disk/drawing/picture.js';
import {stepped} from '../../../tvae/page/tabs/ball/disk/gestures.js';
import {ANGLE, BY_ANGLE, reversed, TURN, turnBetween} from '../../../tvae/page/tabs/ball/disk/points/angles.js';
import {add, between, distance, dot, pointOf, unpack} from '../../../tvae/page/tabs/ball/disk/points/ball.js';
import {at, radiusAt, share} from '../../../tvae/page/tabs/ball/disk/state.js';
import {LEVELS, recolour} from '../../../tvae/page/ui/canvas/colouring.js';
import {COUNT, isExact, LEVEL} from '../../../tvae/page/ui/canvas/operations.js';

/** @typedef {import('../../../tvae/page/tabs/ball/disk/state.js').Drawn} Drawn */

/** @param {number} a @param {number} b @param {number} within */
const close = (a, b, within = 1e-9) => assert.ok(Math.abs(a - b) <= within);
const A = [0.3, -0.2, 0.1],
  B = [-0.4, 0.1, 0.35],
  ORIGIN = [0, 0, 0];

/** @param {number[]} a @param {number[]} b @param {number} c */
const gap = (a, b, c) => distance(c, b, 0, dot(b, b), a, dot(a, a));

/** Two dimensions: operation n is at the distance n / COUNT, in the direction (1, 0). */
function packed() {
  const buffer = new ArrayBuffer(4 * COUNT + 8 + 4 * COUNT),
    radius = new Float32Array(buffer, 0, COUNT);
  radius.forEach((_, n) => {
    radius[n] = n / COUNT;
  });
  new Float32Array(buffer, 4 * COUNT, 2).fill(0.5);
  new Int16Array(buffer, 4 * COUNT + 8).forEach((_, k, steps) => {
    steps[k] = k % 2 ? 0 : 32767;
  });
  let text = '';
  for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
  return {points: btoa(text), curvature: 1, exact: btoa(String.fromCharCode(0b110))};
}

test('the angle of an operation has its digits in reverse, and every angle is taken once', () => {
  assert.equal(reversed(1), 6561);
  assert.equal(reversed(5), 2 * 6561 + 2187);
  assert.equal(new Set(Array.from({length: COUNT}, (_, n) => reversed(n))).size, COUNT);
  close(ANGLE[0], TURN / COUNT / 2);
  for (const n of [0, 1, 2]) assert.equal(Math.floor((3 * ANGLE[n + 3]) / TURN), n); // the first digit is the sector
  for (const ids of BY_ANGLE) assert.ok(ids.every((n, k) => !k || ANGLE[n] > ANGLE[ids[k - 1]]));
});

test('the way from an angle to another is the shorter one', () => {
  close(turnBetween(0.1, 0.4), 0.3);
  close(turnBetween(0.1, TURN - 0.1), -0.2);
  close(turnBetween(TURN - 0.1, 0.1), 0.2);
});

test('Moebius addition: the origin adds nothing, and a point is undone by its negative', () => {
  for (const c of [0.5, 1]) {
    const there = add(c, A, B),
      back = add(
        c,
        A.map((value) => -value),
        there,
      );
    B.forEach((value, k) => {
      close(back[k], value, 1e-12);
      close(add(c, ORIGIN, B)[k], value);
    });
  }
});

test('distances: from the origin 2 artanh, symmetric, and kept by a translation', () => {
  const norm = Math.sqrt(dot(A, A));
  close(gap(ORIGIN, A, 1), 2 * Math.atanh(norm));
  close(gap(A, B, 0.7), gap(B, A, 0.7));
  close(gap(add(1, B, A), add(1, B, ORIGIN), 1), gap(A, ORIGIN, 1), 1e-12);
});

test('a geodesic begins and ends at its ends, and is walked evenly', () => {
  for (const c of [0.5, 1]) {
    const whole = gap(A, B, c);
    for (const t of [0, 0.25, 0.5, 1]) close(gap(A, between(c, A, B, t), c), t * whole, 1e-7);
    close(gap(between(c, A, B, 0.3), B, c), 0.7 * whole, 1e-7);
  }
  assert.deepEqual(between(1, A, A, 0.5), A);
});

test('unpacked points are as far from the origin as Python says', () => {
  const ball = unpack('key', packed());
  assert.equal(ball.dimensions, 2);
  for (const n of [1, 100, COUNT - 1]) {
    const point = pointOf(ball, n);
    close(gap([0, 0], point, 1), Math.fround(n / COUNT));
    close(point[1], 0);
  }
  assert.deepEqual(pointOf(ball, -1), [0, 0]);
  assert.deepEqual(
    [0, 1, 2, 3].map((n) => isExact(ball, n)),
    [false, true, true, false],
  );
});

/** @param {'poincare' | 'even'} rule */
function diskWith(rule) {
  const ones = new Float32Array(COUNT).fill(110);
  return /** @type {Drawn} */ (
    /** @type {unknown} */ ({
      ball: {c: 0.5, key: 'k'},
      props: {rule, source: {encoder: 'A'}},
      rim: 4,
      frame: {x: 100, y: 100, r: 80},
      x: ones,
      y: ones,
      palette: {levels: Array(10).fill('#123456')},
      radii: new Float64Array(COUNT),
      selected: new Set(),
      names: new Map([[13, 'min']]),
      area: {clientWidth: 200, clientHeight: 200},
      style: {ink: '#000', back: 'rgb(255, 255, 255)', accent: '#f00', font: 'serif'},
      measure: (/** @type {string} */ words) => 7 * words.length,
      centre: -1,
      say: (/** @type {string} */ key) => `${key}. more`,
    })
  );
}

test('both rules draw the origin in the middle and are undone by their inverse', () => {
  for (const disk of [diskWith('poincare'), diskWith('even')]) {
    assert.deepEqual(at(disk, 0, 1), [100, 100]);
    for (const radius of [0.1, 1, 3]) close(radiusAt(disk, share(disk, radius)), radius);
  }
  close(share(diskWith('even'), 4), 1);
  close(share(diskWith('poincare'), 2), Math.tanh(Math.sqrt(0.5)));
});

test('arrow keys go along a level by angle, and to the nearest angle in or out', () => {
  const next = stepped(1, 'ArrowLeft');
  assert.ok(LEVEL[next] === 0 && ANGLE[next] > ANGLE[1]);
  assert.equal(stepped(next, 'ArrowRight'), 1);
  assert.equal(stepped(0, 'ArrowLeft'), 0); // alone in its level
  assert.equal(LEVEL[stepped(1, 'ArrowDown')], 1);
  assert.equal(stepped(1, 'ArrowUp'), 1); // level 0 is the outermost
  assert.equal(LEVEL[stepped(0, 'ArrowUp')], 8);
});

test('a Plotly figure has a trace for each level, in units of the radius', () => {
  const {data, layout} = /** @type {{data: any[], layout: any}} */ (asFigure(diskWith('poincare')));
  assert.equal(data.length, 10);
  assert.deepEqual([data[9].text, data[9].x, data[9].y], [['0'], [0.125], [-0.125]]);
  assert.equal(layout.title.text, 'titled_digits. more');
});

test('a Plotly figure has only what the filter leaves', () => {
  const legend = {title: '', categories: [], swatches: [], words: [], filter: 'one', sentences: 'One is left.'};
  recolour({...LEVELS, out: Uint8Array.from({length: COUNT}, (_, n) => Number(n !== 3)), legend});
  const {data, layout} = /** @type {{data: any[], layout: any}} */ (asFigure(diskWith('poincare')));
  recolour(LEVELS);
  assert.equal(layout.title.text, 'titled_digits. more<br>One is left.');
  assert.deepEqual(
    data.flatMap(({text}) => text),
    ['3'],
  );
});

test('what is not reconstructed has a cross and lies on top, unless it is filtered out; without that column nothing has', () => {
  const disk = diskWith('poincare');
  Object.assign(disk, {
    area: {clientWidth: 200, clientHeight: 200},
    depth: new Float32Array(COUNT),
    style: {ink: '#000', back: 'rgb(255, 255, 255)', accent: '#f00', font: 'A'},
    palette: {levels: Array(10).fill('#123456'), trits: ['#111111', '#222222', '#333333']},
    seat: [0, 0],
  });
  const tone = new Uint8Array(COUNT).fill(1);
  tone[1] = tone[2] = 0;
  const exactness = {...LEVELS, column: 'exactness', hues: ['#b80000', '#0000b8'], tone, crossed: 0};
  recolour(exactness);
  const marks = selectionMarks(disk),
    cloud = picture(disk).find(({kind}) => kind === 'cloud');
  recolour({...exactness, out: Uint8Array.from({length: COUNT}, (_, n) => Number(n === 2))});
  const filtered = selectionMarks(disk);
  recolour({...exactness, tone: new Uint8Array(COUNT)});
  const tooMany = selectionMarks(disk);
  recolour(LEVELS);
  assert.deepEqual([marks.length, filtered.length, tooMany.length, selectionMarks(disk).length], [2, 1, 0, 0]);
  assert.ok(marks.every((mark) => mark.kind === 'path' && mark.d === 'M106 106L114 114M106 114L114 106'));
  const level = (cloud?.kind === 'cloud' ? cloud.layers : []).slice(0, 2);
  assert.deepEqual(
    level.map(({colour, places}) => [colour, places.length]),
    [
      ['#0000b8', 13120],
      ['#b80000', 2],
    ],
  );
});

test('selected operations have their names, which cover neither each other nor the dots', () => {
  const disk = diskWith('poincare');
  disk.selected = new Set([5, 13, 14]); // all at one place
  const labels = selectionMarks(disk).filter((one) => one.kind === 'text');
  assert.deepEqual(labels.map(({words}) => words).sort(), ['14', '5', 'min']);
  assert.equal(labels[0].words, 'min'); // a name has the first choice of the places
  labels.forEach(({at: [x, y]}, k) => {
    assert.ok(labels.slice(0, k).every(({at: [u, v]}) => Math.abs(v - y) > 14 || Math.abs(u - x) > 14));
  });
});
