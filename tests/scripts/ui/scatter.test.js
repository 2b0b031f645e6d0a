import assert from 'node:assert/strict';
import {test} from 'node:test';
import {LEVELS as LEVEL_COLOURS, recolour} from '../../../tvae/page/ui/canvas/colouring.js';
import * as files from '../../../tvae/page/ui/canvas/files/picture.js';
import {COUNT, LEVEL, LEVELS} from '../../../tvae/page/ui/canvas/operations.js';
import {asOnPage, pictureOf} from '../../../tvae/page/ui/scatter/picture/file.js';
import {bandsOf, markAt} from '../../../tvae/page/ui/scatter/picture/marks.js';
import {selectionMarks} from '../../../tvae/page/ui/scatter/picture/picture.js';
import {scaleOf} from '../../../tvae/page/ui/scatter/picture/scale.js';
import {stepped} from '../../../tvae/page/ui/scatter/plot.js';
import {horizontalPlaces, unpack, unpackSeries} from '../../../tvae/page/ui/scatter/points.js';
import {sayer} from '../../../tvae/page/ui/scripts/component.js';

/** @typedef {import('../../../tvae/page/ui/canvas/elements.js').Element} Element */
/** @typedef {import('../../../tvae/page/ui/scatter/plot.js').Drawn} Drawn */

const FLOOR = {zero: 0.00005, below: 0.08};
const JITTER = {width: 0.37, step: 0.6180339887498949};
/** @type {import('../../../tvae/page/ui/scatter/points.js').Range[]} */
const stats = Array.from({length: 10}, (_, v) => [9 - v, 9.5 - v, 10 - v]);
/** @type {import('../../../tvae/page/ui/scatter/picture/scale.js').Axis} */
const AXIS = {low: 0, positive: 0.5, high: 10, linear: 10, log: 4, levels: 10, scale: 'linear'};

/** @param {ArrayBufferView} array */
const base64 = (array) => btoa(String.fromCharCode(...new Uint8Array(array.buffer).subarray(0, array.byteLength)));

/** Cells 0, 1, 2, ... of each operation's number, modulo 1000. */
function packed() {
  const cells = Uint16Array.from({length: COUNT}, (_, n) => n % 1000);
  const bytes = new Uint8Array(cells.buffer);
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return {
    q: btoa(text),
    start: stats.map((row) => row[0]),
    step: Array(10).fill(0.001),
    stats,
    overlaps: [],
    axis: AXIS,
  };
}

/** @param {object} changes */
function plotWith(changes) {
  const points = unpack(
    JSON.stringify({
      key: 'tree 0',
      file: ['tree', '00ff'],
      title: 'My tree',
      colours: Array(10).fill('#123456'),
      titles: {radius: 'radius', norm: 'norm'},
      exact: base64(new Uint8Array([0b101])),
      encoders: {A: {radius: packed()}},
    }),
  );
  const said = {
    titled: '{measure} of {encoder}',
    file: 'sha256 {digest}, {what}',
    words: '{count}, {chosen}',
    words_overlaps: '{pairs}',
    pair: '{lower}',
    columns: 'v',
    why_linear: 'linear {linear} of {levels}, log {log}',
    short_linear: 'linear',
    scale_log: 'log',
    scale_levels: 'own',
    below: '{scale} below',
    legend_mean: 'mean',
    legend_range: 'range',
    legend_overlap: 'overlap',
    legend_colours: 'levels',
  };
  return /** @type {Drawn} */ (
    /** @type {unknown} */ ({
      points,
      series: points.encoders.A.radius,
      props: {encoder: 'A', measure: 'norm', axis: 'auto'},
      say: sayer(said),
      x: horizontalPlaces(JITTER),
      measure: (/** @type {string} */ words) => 7 * words.length,
      names: new Map([[50, 'min']]),
      axis: AXIS,
      scale: scaleOf('linear', AXIS, stats, FLOOR),
      view: [-0.5, 9.5, 0, 10],
      frame: {left: 0, top: 0, width: 1000, height: 500},
      area: {clientWidth: 1000, clientHeight: 560},
      style: {ink: '#000', back: 'rgb(255, 255, 255)', accent: '#f00', font: '"A", serif'},
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

test('Home and End go to the ends of a level', () => {
  const plot = plotWith({cursor: 3});
  const {values} = plot.series;
  const level = LEVELS[1];
  const [least, largest] = ['Home', 'End'].map((key) => stepped(plot, key));
  assert.equal(values[least], Math.min(...level.map((i) => values[i])));
  assert.equal(values[largest], Math.max(...level.map((i) => values[i])));
});

/** @param {Drawn} plot */
const asSvg = (plot) => files.asSvg(pictureOf(plot), 1);

test('an SVG has each point once, the words as text, and labels what is selected', () => {
  const plain = asSvg(plotWith({}));
  assert.ok(plain.includes('>My tree</text>') && plain.includes('>sha256 00ff, radius of A</text>'));
  assert.equal(plain.match(/h0/g)?.length, COUNT);
  assert.ok(plain.includes('a &#60; b') && plain.includes('font-family="\'A\', serif"'));
  assert.ok(!plain.includes('<circle'));
  for (const words of ['mean', 'range', 'overlap', 'levels', 'linear 10 of 10, log 4']) {
    assert.ok(plain.includes(`>${words}</text>`), words);
  }
  const chosen = asSvg(plotWith({selected: new Set([50, 70])}));
  assert.equal(chosen.match(/h0/g)?.length, COUNT);
  assert.equal(chosen.match(/<circle/g)?.length, 2);
  assert.ok(chosen.includes('>min</text>') && chosen.includes('>70</text>'));
});

test('what is outside the view is not in the file', () => {
  const part = asSvg(plotWith({view: [-0.5, 9.5, 9, 10]}));
  assert.equal(part.match(/h0/g)?.length, 13122);
});

test('the sentence on the scale ends before the tools, or is shorter', () => {
  const said = (/** @type {number} */ width) =>
    asSvg(
      plotWith({
        area: {clientWidth: width, clientHeight: 560},
        measure: (/** @type {string} */ words) => 25 * words.length,
      }),
    );
  assert.ok(said(1000).includes('>linear 10 of 10, log 4</text>'));
  assert.ok(said(700).includes('>linear</text>'));
});

test('what is not selected steps back in its own colour', () => {
  const svg = asSvg(plotWith({selected: new Set([0])}));
  assert.ok(svg.includes('stroke="#94a4b3"')); // #123456, 55 % of the way to white
  assert.ok(svg.includes('stroke="#123456"'));
});

/** @type {import('../../../tvae/page/ui/canvas/colouring.js').Colouring} */
const COLOURED = {
  column: 'wrong',
  hues: ['#000000', '#ffffff'],
  tone: Uint8Array.from({length: COUNT}, (_, n) => n % 2),
  out: Uint8Array.from({length: COUNT}, (_, n) => Number(n === 5)),
  crossed: -1,
  legend: {
    title: 'wrong trits',
    categories: [],
    swatches: ['#000000', '#ffffff'],
    words: ['wrong trits, 0 to 1', 'wrong trits'],
    filter: 'all but one',
    sentences: 'Colours show wrong trits. All but one.',
  },
  said: () => '',
};

test('the files of a filtered plot say so, and name no dot that is filtered out', () => {
  const plot = plotWith({});
  recolour(COLOURED);
  const picture = pictureOf(plot),
    svg = files.asSvg(picture, 1),
    places = [4, 5].map((n) => picture.operations.at(n));
  recolour(LEVEL_COLOURS);
  assert.ok(svg.includes('>all but one</text>') && svg.includes('>wrong trits, 0 to 1</text>'));
  assert.ok(svg.includes(`<desc>${COUNT}, 0 Colours show wrong trits. All but one.</desc>`));
  assert.equal(svg.match(/h0/g)?.length, COUNT);
  assert.ok(places[0] !== null && places[1] === null);
});

test('levels have their own words in the legend, with the colours of the page or without', () => {
  recolour({...LEVEL_COLOURS, legend: COLOURED.legend});
  const svg = asSvg(plotWith({}));
  recolour(LEVEL_COLOURS);
  assert.ok(svg.includes('>levels</text>') && !svg.includes('>wrong trits'));
});

test("a Plotly figure is Python's, with the colours and the filter of the page if it has any", () => {
  const text = JSON.stringify({
    data: [
      {name: 'all operations', marker: {size: 3, color: 'grey'}},
      {name: 'level mean', marker: {color: 'grey'}},
    ],
    layout: {title: {text: 'no level overlaps'}},
  });
  const plot = plotWith({selected: new Set([7])});
  assert.equal(asOnPage(text, plot), text);
  recolour({...LEVEL_COLOURS, legend: COLOURED.legend});
  assert.equal(asOnPage(text, plot), text);
  recolour({...COLOURED, hues: null});
  const filtered = JSON.parse(asOnPage(text, plot)).data[0].marker;
  recolour(COLOURED);
  const {data, layout} = JSON.parse(asOnPage(text, plot));
  recolour(LEVEL_COLOURS);
  assert.equal(filtered.color, 'grey');
  assert.deepEqual(filtered.opacity.slice(4, 8), [1, 0.1, 1, 1]);
  assert.deepEqual(data[0].marker.color.slice(4, 8), ['#000000', '#ffffff', '#000000', '#ffffff']);
  assert.deepEqual(data[0].marker.opacity.slice(4, 8), [0.45, 0.1, 0.45, 1]);
  assert.equal(data[0].marker.opacity.length, COUNT);
  assert.deepEqual(data[1], {name: 'level mean', marker: {color: 'grey'}});
  assert.equal(layout.title.text, 'no level overlaps<br>Colours show wrong trits. All but one.');
});

/**
 * The elements of a picture, those inside others too.
 * @param {Element[]} elements
 * @returns {Element[]}
 */
const flat = (elements) => elements.flatMap((one) => (one.kind === 'inside' ? [one, ...flat(one.elements)] : [one]));

test('a large selection has labels for as many as fit, and those with a name first', () => {
  const many = Array.from({length: 300}, (_, k) => 3 * k + 1);
  const marks = flat(selectionMarks(plotWith({selected: new Set([...many, 50])})));
  const words = marks.flatMap((one) => (one.kind === 'text' ? [one] : []));
  assert.equal(words[0].words, 'min');
  assert.ok(words.length > 1 && words.length <= 24);
  const boxes = words.map(({at: [x, y], words}) => [x, x + 7 * words.length, y]);
  boxes.forEach(([left, right, y], k) => {
    for (const [from, to, other] of boxes.slice(0, k)) {
      assert.ok(left > to || right < from || Math.abs(y - other) > 14, `${words[k].words} covers another label`);
    }
  });
  const huge = Array.from({length: 5000}, (_, k) => k);
  const named = flat(selectionMarks(plotWith({selected: new Set(huge)})));
  assert.deepEqual(
    named.map((one) => (one.kind === 'text' ? one.words : one.kind)),
    ['inside', 'min'],
  );
});

test('a mark is found under the pointer: a mean, a range, and else an overlap', () => {
  const plot = plotWith({});
  plot.series.overlaps = [2];
  plot.series.stats = stats.map((row, v) => (v === 3 ? [6, 6.5, 7.5] : row));
  const x = (/** @type {number} */ v) => 100 * (v + 0.5),
    y = (/** @type {number} */ height) => 50 * (10 - height);
  assert.deepEqual(markAt(plot, [x(4), y(5.5) + 3]), {level: 4});
  assert.equal(markAt(plot, [x(4), y(5.5) + 8]), null);
  assert.deepEqual(markAt(plot, [x(5 - 0.43), y(4.9)]), {level: 5});
  assert.deepEqual(markAt(plot, [x(2.5), y(7.2)]), {overlap: 2});
  assert.equal(markAt(plot, [x(2.5), y(7.8)]), null);
});

test('an overlap is one band over both columns, and one in each on their own scales', () => {
  const plot = plotWith({});
  plot.series.stats = stats.map((row, v) => (v === 3 ? [6, 6.5, 7.5] : row));
  const [band] = bandsOf(plot, 2);
  assert.deepEqual([band.top, band.height], [125, 25]); // from 7.5 down to 7, of 10 in 500 pixels
  const own = {
    ...plot,
    scale: scaleOf('levels', AXIS, plot.series.stats, FLOOR),
    view: scaleOf('levels', AXIS, plot.series.stats, FLOOR).home,
  };
  const [lower, higher] = bandsOf(/** @type {Drawn} */ (own), 2);
  const whole = 500 / 1.08;
  assert.ok(Math.abs(lower.height - 0.5 * whole) < 1e-6); // the lower half of 7 to 8
  assert.ok(Math.abs(higher.height - whole / 3) < 1e-6); // the upper third of 6 to 7.5
});
