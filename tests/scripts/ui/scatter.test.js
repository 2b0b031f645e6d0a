import assert from 'node:assert/strict';
import {test} from 'node:test';
import {COUNT, LEVEL} from '../../../tvae/page/ui/canvas/operations.js';
import {stepped} from '../../../tvae/page/ui/scatter/plot.js';
import {horizontalPlaces, isExact, unpack, unpackSeries} from '../../../tvae/page/ui/scatter/points.js';
import {asSvg} from '../../../tvae/page/ui/scatter/svg.js';
import {sayer} from '../../../tvae/page/ui/scripts/component.js';

/** @typedef {import('../../../tvae/page/ui/scatter/plot.js').Drawn} Drawn */

const JITTER = {width: 0.37, step: 0.6180339887498949};
const stats = Array.from({length: 10}, (_, v) => [9 - v, 9.5 - v, 10 - v]);

/** @param {ArrayBufferView} array */
const base64 = (array) => btoa(String.fromCharCode(...new Uint8Array(array.buffer).subarray(0, array.byteLength)));

/** Cells 0, 1, 2, ... of each operation's number, modulo 1000. */
function packed() {
  const cells = Uint16Array.from({length: COUNT}, (_, n) => n % 1000);
  const bytes = new Uint8Array(cells.buffer);
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return {q: btoa(text), start: stats.map((row) => row[0]), step: Array(10).fill(0.001), stats, overlaps: []};
}

/** @param {object} changes */
function plotWith(changes) {
  const points = unpack(
    JSON.stringify({
      key: 'tree 0',
      colours: Array(10).fill('#123456'),
      titles: {radius: 'radius', norm: 'norm'},
      exact: base64(new Uint8Array([0b101])),
      encoders: {A: {radius: packed()}},
    }),
  );
  const said = {
    titled: '{measure} of {encoder}',
    words: '{count}, {chosen}',
    words_overlaps: '{pairs}',
    pair: '{lower}',
    axis: 'v',
  };
  return /** @type {Drawn} */ (
    /** @type {unknown} */ ({
      points,
      series: points.encoders.A.radius,
      props: {encoder: 'A', measure: 'norm'},
      say: sayer(said),
      x: horizontalPlaces(JITTER),
      home: [-0.5, 9.5, 0, 10],
      view: [-0.5, 9.5, 0, 10],
      frame: {left: 0, top: 0, width: 1000, height: 500},
      area: {clientWidth: 1000, clientHeight: 560},
      style: {ink: '#000', back: '#fff', accent: '#f00', font: '"A", serif'},
      verdict: 'a < b',
      selected: new Set(),
      cursor: -1,
      ...changes,
    })
  );
}

test('a value is the middle of its cell on the grid of its level', () => {
  const {values} = unpackSeries(/** @type {any} */ (packed()));
  assert.equal(values.length, COUNT);
  assert.equal(values[1], 9 + 1.5 * 0.001);
  assert.equal(values[3], 8 + 3.5 * 0.001);
  assert.equal(values[0], 0.5 * 0.001);
});

test('whether an operation is exact is a bit of its own', () => {
  const {points} = plotWith({});
  assert.deepEqual(
    [0, 1, 2, 3].map((i) => isExact(points, i)),
    [true, false, true, false],
  );
});

test('columns are as wide as Python says, and the operation alone in its level is in the middle', () => {
  const places = horizontalPlaces(JITTER);
  assert.equal(places[0], 9);
  assert.ok(Math.abs(places[1]) < 1e-12);
  assert.ok(Math.abs(places[2] - 0.37 * (2 * 0.1180339887498949 - 1)) < 1e-12);
  assert.ok(places.every((x, n) => Math.abs(x - LEVEL[n]) <= 0.37));
});

test('arrow keys go through a level by value, and to the nearest value of the next', () => {
  const plot = plotWith({});
  const first = stepped(plot, 'ArrowUp');
  assert.equal(first % 1000, 999); // the largest cell
  const below = stepped({...plot, cursor: first}, 'ArrowDown');
  assert.ok(LEVEL[below] === 0 && plot.series.values[below] <= plot.series.values[first]);
  const right = stepped({...plot, cursor: first}, 'ArrowRight');
  assert.equal(LEVEL[right], 1);
  assert.equal(stepped({...plot, cursor: first}, 'ArrowLeft'), first);
  assert.equal(stepped({...plot, cursor: 0}, 'ArrowRight'), 0);
});

test('an SVG has each point once, the words as text, and labels what is selected', () => {
  const plain = asSvg(plotWith({}));
  assert.equal(plain.match(/h0/g)?.length, COUNT);
  assert.ok(plain.includes('a &#60; b') && plain.includes('font-family="\'A\', serif"'));
  assert.ok(!plain.includes('<circle'));
  const chosen = asSvg(plotWith({selected: new Set([50, 70])}));
  assert.equal(chosen.match(/h0/g)?.length, COUNT);
  assert.equal(chosen.match(/<circle/g)?.length, 2);
  assert.ok(chosen.includes('>50</text>') && chosen.includes('>70</text>'));
});

test('what is outside the view is not in the file', () => {
  const part = asSvg(plotWith({view: [0.5, 1.5, 0, 10]}));
  assert.equal(part.match(/h0/g)?.length, 4374);
});
