import assert from 'node:assert/strict';
import {test} from 'node:test';
import {asHtml} from '../../../tvae/page/ui/canvas/files/html.js';
import {drawDots, linesOf, operationAt, stepsOf} from '../../../tvae/page/ui/canvas/files/viewer.js';
import {COUNT} from '../../../tvae/page/ui/canvas/operations.js';
import {sayer} from '../../../tvae/page/ui/scripts/component.js';

/** @typedef {import('../../../tvae/page/ui/canvas/files/picture.js').Picture} Picture */
/** @typedef {import('../../../tvae/page/ui/canvas/files/viewer.js').Data} Data */
/** @typedef {[x: number, y: number]} Place */

const say = sayer({
  html_dot: 'operation {n}',
  html_named: 'operation {n}, {name}',
  html_facts: 'valuation {valuation}, {what} {height}',
  html_find: 'find',
  html_hint: 'up to {last}',
  html_none: 'no {n}',
});

/**
 * Operation 3 is at (10, 20), named, and drawn twice; operation 0 at the lower right corner; the others nowhere.
 * @param {Partial<Picture>} changes
 * @returns {Picture}
 */
const pictureWith = (changes) => ({
  elements: [
    {kind: 'path', d: 'M0 0h220v100h-220Z', fill: '#eeeeee'},
    {kind: 'inside', frame: {left: 0, top: 0, width: 9, height: 9}, elements: []},
    {
      kind: 'cloud',
      frame: {left: 0, top: 0, width: 220, height: 100},
      layers: [
        {
          places: [
            [10, 20],
            [220, 100],
          ],
          colour: '#111111',
          radius: 1.234,
          opacity: 0.625,
        },
        {places: [[10, 20]], colour: '#222222', radius: 3, opacity: 1},
      ],
    },
    {kind: 'text', words: 'above', at: [5, 5], colour: '#000000'},
    {kind: 'inside', frame: {left: 0, top: 0, width: 9, height: 9}, elements: []},
  ],
  width: 220,
  height: 100,
  style: {ink: '#111', back: 'rgb(1, 2, 3)', accent: '#f00', font: '"A", serif'},
  measure: () => 1,
  say,
  title: ['tree', 'sha256 00ff, radius, encoder A'],
  description: 'a plot',
  about: {files: [['tree', '00ff']], what: 'radius', encoder: 'A'},
  operations: {
    at: (n) => (n === 3 ? [10, 20] : n === 0 ? [220, 100] : null),
    values: Float64Array.from({length: COUNT}, (_, n) => n / 7),
    label: 'radius',
    names: new Map([[3, 'min']]),
  },
  ...changes,
});

/** @param {string} html @returns {Data} */
function dataOf(html) {
  const begin = html.indexOf('id="data">') + 'id="data">'.length;
  return JSON.parse(html.slice(begin, html.indexOf('</script>', begin)));
}

test('the file has the place, the value and the name of each operation', () => {
  const data = dataOf(asHtml(pictureWith({}))),
    places = stepsOf(data.places),
    heights = data.heights.split(' ');
  assert.equal(places.length, 2 * COUNT);
  assert.equal(heights.length, COUNT);
  assert.deepEqual([places[2], places[3]], [data.nowhere, data.nowhere]);
  for (const [at, place] of [10, 20].entries()) {
    assert.ok(Math.abs(places[6 + at] * data.unit - data.edge - place) <= data.unit / 2 + 1e-9);
  }
  assert.ok(data.unit < 0.01);
  assert.deepEqual(data.names, {3: 'min'});
  assert.equal(operationAt(data, places, [12, 21], 9), 3);
  assert.equal(operationAt(data, places, [215, 98], 9), 0);
  assert.equal(operationAt(data, places, [100, 50], 9), -1);
  assert.deepEqual(linesOf(data, heights, 3), [
    'operation 3, min',
    '\u2212 0 \u2212 \u2212 \u2212 \u2212 \u2212 \u2212 \u2212',
    'valuation 1, radius 0.4286',
  ]);
  assert.deepEqual(linesOf(data, heights, 0)[0], 'operation 0');
  assert.deepEqual(linesOf(data, heights, 0)[2], 'valuation 9, radius 0.0000');
  assert.equal(linesOf(data, heights, COUNT - 1)[1], '+ + + + + + + + +');
});

test('lines and words are below and above the dots, and each is cut at its own frame', () => {
  const html = asHtml(pictureWith({})),
    [before, after] = html.split('<canvas id="dots">');
  assert.ok(before.includes('M0 0h220v100h-220Z') && !before.includes('>above</text>'));
  assert.ok(after.includes('>above</text>'));
  const cuts = [...html.matchAll(/<clipPath id="(\w+)"/g)].map(([, id]) => id);
  assert.equal(cuts.length, 2);
  assert.equal(new Set(cuts).size, 2);
  for (const words of ['<h1>tree</h1>', '<p>sha256 00ff, radius, encoder A</p>', 'aria-label="a plot"', 'up to 19682'])
    assert.ok(html.includes(words), words);
});

test('dots are drawn one after another in their colours, cut at the frame', () => {
  const data = dataOf(asHtml(pictureWith({})));
  /** @type {unknown[]} */
  const drawn = [];
  /** @type {{fillStyle: string, globalAlpha: number} & Record<string, unknown>} */
  const g = {
    scale: (/** @type {number} */ q) => drawn.push(q),
    beginPath: () => 0,
    rect: (/** @type {number[]} */ ...box) => drawn.push(box),
    clip: () => 0,
    arc: (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ r) =>
      drawn.push([Math.round(x), Math.round(y), r, g.fillStyle, g.globalAlpha]),
    fill: () => 0,
    fillStyle: '',
    globalAlpha: 1,
  };
  const canvas = {clientWidth: 440, width: 0, height: 0, getContext: () => g};
  Object.assign(globalThis, {devicePixelRatio: 1.5});
  drawDots(/** @type {HTMLCanvasElement} */ (/** @type {unknown} */ (canvas)), data, stepsOf(data.dots));
  assert.deepEqual([canvas.width, canvas.height], [660, 300]);
  assert.deepEqual(drawn, [
    3,
    [0, 0, 220, 100],
    [10, 20, 1.23, '#111111', 0.63],
    [220, 100, 1.23, '#111111', 0.63],
    [10, 20, 3, '#222222', 1],
  ]);
});

test('nothing that the file is given becomes markup or a script', () => {
  const evil = '</script><script>alert(1)</script><!--"><img src=x onerror=alert(2)>';
  const {operations} = pictureWith({});
  const html = asHtml(
    pictureWith({
      title: [evil, evil],
      description: evil,
      operations: {...operations, label: evil, names: new Map([[3, evil]])},
    }),
  );
  assert.equal(html.split('</script').length - 1, 2);
  assert.equal(html.split('<script').length - 1, 2);
  assert.ok(!html.includes('<img') && !html.includes('<!--'));
  assert.ok(!html.includes('"><img') && !html.includes('""'));
  const data = dataOf(html);
  assert.equal(linesOf(data, data.heights.split(' '), 3)[0], `operation 3, ${evil}`);
});

test('the file makes no requests, and says so', () => {
  const html = asHtml(pictureWith({}));
  assert.deepEqual(
    [...html.matchAll(/\b(?:src|href)="([^"]*)"/g)].map(([, address]) => address),
    ['data:,'],
  );
  assert.ok(!/\bfetch\(|\bimport\b|XMLHttpRequest|@import|url\((?!#)/.test(html));
  assert.ok(html.includes("content=\"default-src 'none'; "));
});

test('the script in the file needs nothing outside it', () => {
  const html = asHtml(pictureWith({})),
    script = html.slice(html.lastIndexOf('<script>') + '<script>'.length, html.lastIndexOf('</script>'));
  /** @type {Record<string, object>} */
  const parts = {};
  const part = (/** @type {string} */ id) => ({
    textContent: id === 'data' ? JSON.stringify(dataOf(html)) : '',
    clientWidth: 220,
    offsetWidth: 10,
    offsetHeight: 10,
    hidden: true,
    value: '3',
    style: {},
    addEventListener(/** @type {string} */ kind, /** @type {() => void} */ act) {
      parts[`${id} ${kind}`] = act;
    },
    replaceChildren() {},
  });
  const page = {
    getElementById: (/** @type {string} */ id) => (parts[id] ??= part(id)),
    createElement: () => ({}),
  };
  new Function('document', 'ResizeObserver', script)(
    page,
    class {
      observe() {}
    },
  );
  /** @type {() => void} */ (parts['find input'])();
  const {textContent} = /** @type {{textContent: string}} */ (parts.status);
  assert.equal(
    textContent,
    'operation 3, min, \u2212 0 \u2212 \u2212 \u2212 \u2212 \u2212 \u2212 \u2212, valuation 1, radius 0.4286',
  );
});

test('the largest file is smaller than 1 MB', () => {
  const all = Array.from({length: COUNT}, (_, n) => n),
    /** @type {Place[]} */
    places = all.map((n) => [n % 640, n % 480]);
  // As in the three-dimensional view: 12 slices of 10 levels, each in 32 colours, and all selected.
  const layers = Array.from({length: 3840}, (_, k) => ({
    places: places.filter((_, n) => n % 3840 === k),
    colour: `#0000${(k % 32).toString(16).padStart(2, '0')}`,
    radius: 1 + (k % 97) / 100,
    opacity: 0.123,
  }));
  const selected = {places, colour: '#ffffff', radius: 3, opacity: 1};
  const {operations} = pictureWith({});
  const html = asHtml(
    pictureWith({
      width: 640,
      height: 480,
      elements: [{kind: 'cloud', frame: {left: 0, top: 0, width: 640, height: 480}, layers: [...layers, selected]}],
      operations: {...operations, at: (n) => places[n], values: all.map((n) => -1e12 - n / 7)},
    }),
  );
  assert.ok(html.length < 1e6, String(html.length));
  assert.ok(html.length > 4e5);
});

test('a picture of something else is an SVG, without a script', () => {
  const {operations, ...drawing} = pictureWith({});
  const html = asHtml(drawing);
  assert.ok(operations && html.includes('<svg') && !html.includes('<script'));
});
