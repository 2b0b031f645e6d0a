import assert from 'node:assert/strict';
import {test} from 'node:test';
import {disc, faded, raster, rgb, stamp} from '../../../tvae/page/ui/canvas/dots.js';
import {boxed, line} from '../../../tvae/page/ui/canvas/elements.js';
import {placeLabels} from '../../../tvae/page/ui/canvas/labels.js';
import {COUNT, isExact, LEVEL, LEVELS, trits, valuation} from '../../../tvae/page/ui/canvas/operations.js';
import {held, nearest} from '../../../tvae/page/ui/canvas/pointer.js';
import {apart, dots, escaped, node, written} from '../../../tvae/page/ui/canvas/svg.js';
import {
  between,
  encloses,
  kept,
  magnification,
  moved,
  ticks,
  wholeView,
  within,
  xAt,
  yAt,
  zoomed,
} from '../../../tvae/page/ui/canvas/view.js';

/** @typedef {import('../../../tvae/page/ui/canvas/view.js').View} View */

const frame = {left: 50, top: 40, width: 400, height: 200};
/** @type {View} */
const home = [-0.5, 9.5, 0, 8];

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
const close = (a, b) => {
  assert.equal(a.length, b.length);
  for (let k = 0; k < a.length; k++) assert.ok(Math.abs(a[k] - b[k]) < 1e-9);
};

test('trits are the base-3 digits of the number, the least significant first', () => {
  assert.deepEqual(trits(0), Array(9).fill(-1));
  assert.deepEqual(trits(COUNT - 1), Array(9).fill(1));
  assert.deepEqual(trits(5), [1, 0, -1, -1, -1, -1, -1, -1, -1]);
});

test('a valuation counts the factors 3, and levels hold every operation once', () => {
  assert.deepEqual([0, 1, 3, 18, 6561, 13122].map(valuation), [9, 0, 1, 2, 8, 8]);
  assert.deepEqual(
    LEVELS.map((ids) => ids.length),
    [13122, 4374, 1458, 486, 162, 54, 18, 6, 2, 1],
  );
  assert.ok(LEVELS.every((ids, v) => ids.every((n) => LEVEL[n] === v)));
});

test('whether an operation is exact is a bit of its own', () => {
  const exact = Uint8Array.of(0b101, 0b10);
  assert.deepEqual(
    [0, 1, 2, 8, 9].map((n) => isExact({exact}, n)),
    [true, false, true, false, true],
  );
});

test('a disc covers the area of a circle, and is symmetric', () => {
  for (const radius of [1, 2.4, 6]) {
    const mask = disc(radius);
    let area = 0,
      x = 0,
      y = 0;
    for (let k = 0; k < mask.length; k += 3) {
      area += mask[k + 2];
      x += mask[k] * mask[k + 2];
      y += mask[k + 1] * mask[k + 2];
    }
    assert.ok(Math.abs(area / (Math.PI * radius ** 2) - 1) < 0.1);
    close([x, y], [0, 0]);
  }
  assert.equal(disc(2.4), disc(2.4));
});

test('a stamped dot has its colour, adds up in opacity, and is cut at the edge', () => {
  const image = {width: 5, height: 4, data: new Uint8ClampedArray(80)};
  const to = raster(/** @type {ImageData} */ (/** @type {unknown} */ (image)));
  stamp(to, 2, 1, [0, 0, 1], rgb('#102030'), 0.5);
  assert.deepEqual([...image.data.slice(28, 32)], [0x10, 0x20, 0x30, 127]);
  stamp(to, 2, 1, [0, 0, 1], rgb('#405060'), 0.5);
  assert.deepEqual([...image.data.slice(28, 32)], [0x40, 0x50, 0x60, 191]);
  const before = [...image.data];
  for (const [x, y] of [
    [-1, 0],
    [5, 0],
    [0, -1],
    [0, 4],
  ])
    stamp(to, x, y, [0, 0, 1], rgb('#ffffff'), 1);
  assert.deepEqual([...image.data], before);
});

test('axes: ends, and whether a place is inside', () => {
  const axes = {frame, view: home};
  close([xAt(axes, -0.5), xAt(axes, 9.5), yAt(axes, 0), yAt(axes, 8)], [50, 450, 240, 40]);
  assert.ok(within(frame, 50, 40) && within(frame, 450, 240));
  assert.ok(!within(frame, 49.9, 100) && !within(frame, 100, 240.1));
});

test('a view keeps inside the whole axes, has all columns, and does not shrink to nothing', () => {
  assert.deepEqual(kept([-9, 20, -9, 20], home), home);
  assert.deepEqual(kept([2, 3, 7, 9], home), [-0.5, 9.5, 6, 8]);
  const [, , bottom, top] = kept([3, 3, 1, 1], home);
  close([bottom, top - bottom], [1, 8 / 2000]);
});

test('moving and zooming change the y axis only; zooming keeps the place under the pointer', () => {
  /** @type {View} */
  const view = [-0.5, 9.5, 2, 5];
  const before = yAt({frame, view}, 3);
  const after = moved({frame, view}, -20);
  close([...after.slice(0, 2), yAt({frame, view: after}, 3)], [-0.5, 9.5, before - 20]);
  const closer = zoomed({frame, view}, 0.5, before);
  close([...closer.slice(0, 2), yAt({frame, view: closer}, 3)], [-0.5, 9.5, before]);
  close([closer[3] - closer[2]], [1.5]);
  close([magnification(zoomed({frame, view: home}, 0.5, 60), home), magnification(home, home)], [2, 1]);
});

test('a drag along the axis shows what lies between its ends, in either direction', () => {
  close(between({frame, view: home}, 90, 190), [-0.5, 9.5, 2, 6]);
  close(between({frame, view: home}, 190, 90), [-0.5, 9.5, 2, 6]);
});

test('the whole view has a margin, also around values that are all the same', () => {
  close(wholeView(1, 2), [-0.5, 9.5, 0.96, 2.04]);
  close(wholeView(1, 1), [-0.5, 9.5, 0.9, 1.1]);
});

test('ticks are round, inside the axis, and told apart by their decimals', () => {
  assert.deepEqual(
    ticks(0, 8, 200).map(([, text]) => text),
    ['0', '5'],
  );
  assert.deepEqual(
    ticks(0.12, 0.31, 220).map(([, text]) => text),
    ['0.15', '0.20', '0.25', '0.30'],
  );
});

test('a closed path goes around what is inside it, and leaves out a bay', () => {
  /** @type {[number, number][]} */
  const horseshoe = [
    [0, 0],
    [9, 0],
    [9, 9],
    [6, 9],
    [6, 3],
    [3, 3],
    [3, 9],
    [0, 9],
  ];
  assert.ok(encloses(horseshoe, [1, 8]) && encloses(horseshoe, [8, 8]) && encloses(horseshoe, [4, 1]));
  assert.ok(!encloses(horseshoe, [4, 6]) && !encloses(horseshoe, [10, 1]) && !encloses(horseshoe, [-1, 5]));
});

test('the nearest point is found inside the reach only, the first of two that are as near', () => {
  const x = [0, 10, 10, 30];
  /** @param {number} at */
  const from = (at) => (/** @type {number} */ i) => (x[i] - at) ** 2;
  assert.equal(nearest(4, 9, from(12)), 1);
  assert.equal(nearest(4, 9, from(26)), 3);
  assert.equal(nearest(4, 9, from(20)), -1);
  assert.equal(nearest(4, 10, from(20)), -1); // at the reach itself
});

test('a modifier key adds to what is selected', () => {
  const none = {ctrlKey: false, metaKey: false, shiftKey: false};
  assert.equal(held(none), false);
  for (const key of ['ctrlKey', 'metaKey', 'shiftKey']) assert.equal(held({...none, [key]: true}), true);
});

test('labels take the first free side, never each other or the edge, and stay away where there is none', () => {
  const label = {gap: 8, width: 30};
  const places = placeLabels(
    [
      {...label, at: [100, 50]},
      {...label, at: [185, 50]},
      {...label, at: [102, 50]},
      {...label, at: [104, 50]},
      {...label, at: [106, 52]},
      {...label, at: [108, 51]},
    ],
    200,
  );
  assert.deepEqual(places, [
    [108, 54],
    [147, 54],
    [64, 54],
    [89, 39],
    [91, 71],
    [93, 16],
  ]);
  const crowd = Array.from({length: 14}, () => ({...label, at: /** @type {[number, number]} */ ([100, 50])}));
  assert.equal(placeLabels(crowd, 200).at(-1), null);
});

test('labels keep off dots, and inside', () => {
  const label = {gap: 8, width: 30, at: /** @type {[number, number]} */ ([100, 50])};
  assert.deepEqual(placeLabels([label], 200, {dots: [[100, 50, 6]]}), [[108, 54]]);
  assert.deepEqual(placeLabels([label], 200, {dots: [[115, 50, 6]]}), [[62, 54]]);
  assert.deepEqual(placeLabels([{...label, covers: true}], 200, {dots: [[115, 50, 6]]}), [[108, 54]]);
  assert.deepEqual(placeLabels([label], 135, {left: 70}), [[85, 39]]); // no room to the right or left
  assert.deepEqual(placeLabels([label], 135, {left: 70, top: 40}), [[85, 69]]);
});

test('a colour steps back towards the background', () => {
  assert.equal(faded('#204060', 'rgb(255, 255, 255)', 0), '#204060');
  assert.equal(faded('#204060', 'rgb(255, 255, 255)', 1), '#ffffff');
  assert.equal(faded('#204060', 'rgb(0, 0, 0)', 0.5), '#102030');
});

test('a picture is written with its elements in their order, cut where they are', () => {
  const size = {left: 1, top: 2, width: 30, height: 40};
  const page = {width: 90, height: 80, font: '"A"', title: 'a < b', description: 'c', ratio: 1};
  const svg = written(
    [
      {kind: 'path', d: line([0, 0.04], [5, 6]), stroke: '#111', dash: [3, 3], opacity: 0.5},
      {kind: 'inside', frame: size, elements: [{kind: 'path', d: boxed(size), fill: '#222'}]},
      {kind: 'cloud', frame: size, layers: [{places: [[7, 8]], colour: '#333333', radius: 1, opacity: 1}]},
      {kind: 'ring', at: [9, 10], radius: 3, fill: '#444', stroke: '#555', width: 2},
      {kind: 'text', words: 'e & f', at: [11, 12], colour: '#666', upwards: true, halo: '#777'},
    ],
    page,
  );
  const found = [
    '<title>a &#60; b',
    'd="M0 0L5 6"',
    'clip-path="url(#cut1)"',
    'fill="#222"',
    'M7.5 8.5h0',
    '<circle',
    'e &#38; f',
  ];
  const places = found.map((part) => svg.indexOf(part));
  assert.ok(
    places.every((place, k) => place > (places[k - 1] ?? 0)),
    String(places),
  );
  assert.ok(svg.includes('rotate(-90 11 12)') && svg.includes('paint-order="stroke"'));
  assert.ok(svg.includes('stroke-dasharray="3 3"') && svg.includes('d="M1 2h30v40h-30Z"'));
});

test('dots that overlap are on several sheets, in which their opacities add up', () => {
  /** @type {[number, number][]} */
  const column = Array.from({length: 9}, (_, k) => [0.5, 0.2 * k]);
  assert.deepEqual(apart([column[0], [5, 5], column[1], [9, 0]], 2), [[column[0], [5, 5], [9, 0]], [column[1]]]);
  const sheets = apart(column, 2);
  assert.deepEqual(
    sheets.map((sheet) => sheet.length),
    [1, 1, 1, 1, 1, 4],
  );
  assert.equal(sheets.flat().length, column.length);
  assert.deepEqual(
    apart(
      [
        [0.9, 0],
        [1.1, 0],
        [2.8, 0],
      ],
      2,
    ).length,
    3,
  ); // also over the edges of cells
  assert.deepEqual(
    apart(
      [
        [0, 0],
        [2, 0],
        [4, 0],
      ],
      2,
    ).length,
    1,
  );
});

test('dots of an SVG are in the middle of a pixel of the screen', () => {
  const page = {width: 90, height: 80, font: 'A', title: '', description: ''};
  /** @type {import('../../../tvae/page/ui/canvas/elements.js').Element} */
  const cloud = {
    kind: 'cloud',
    frame: {left: 0, top: 0, width: 9, height: 9},
    layers: [{places: [[3.2, 4.7]], colour: '#111111', radius: 1, opacity: 0.5}],
  };
  assert.ok(written([cloud], {...page, ratio: 1}).includes('d="M3.5 5.5h0"'));
  assert.ok(written([cloud], {...page, ratio: 2}).includes('d="M3.3 4.8h0"')); // 3.25 and 4.75
  const moved = written([{kind: 'moved', by: [0, 40], elements: [cloud]}], {...page, ratio: 1});
  assert.ok(moved.includes('<g transform="translate(0 40)"><clipPath'));
});

test('a file has no markup but its own', () => {
  assert.equal(escaped('a < b & "c"'), 'a &#60; b &#38; "c"');
  assert.equal(node('g', {id: 'a', 'stroke-width': 2}, '<b/>'), '<g id="a" stroke-width="2"><b/></g>');
  assert.equal(dots([], '#fff', 1, 1), '');
  const path = dots(
    [
      [1.234, 5],
      [6, 7.06],
    ],
    '#abc',
    1.25,
    0.8,
  );
  assert.ok(path.includes('d="M1.2 5h0M6 7.1h0"') && path.includes('stroke-width="2.5"'));
});
