import assert from 'node:assert/strict';
import {test} from 'node:test';
import {entries} from '../../../tvae/page/tabs/codons/map/files.js';
import {fit, hueOf, listed, stepped, viewAround} from '../../../tvae/page/tabs/codons/map/state.js';

/** @param {Partial<import('../../../tvae/page/tabs/codons/map/state.js').Point>} point */
const pointWith = (point) => ({id: 'a', training: true, x: 0, y: 0, columns: {}, nearest: [], ...point});

/** @param {{training: boolean}[]} points @param {object} more */
const mapWith = (points, more = {}) =>
  /** @type {any} */ ({
    shown: {points: points.map(pointWith)},
    selected: new Set(),
    column: null,
    data: {own: '#aa0000', usual: '#0000aa'},
    say: (/** @type {string} */ key) => key,
    ...more,
  });

test('all points are inside the view, and both axes have the same units', () => {
  const frame = {width: 400, height: 300},
    points = [pointWith({x: -3, y: 1}), pointWith({x: 5, y: 2}), pointWith({x: 0, y: 4})];
  const {centre, unit} = fit(points, frame),
    [left, right, bottom, top] = viewAround(centre, unit, frame);
  assert.ok(points.every(({x, y}) => left < x && x < right && bottom < y && y < top));
  assert.ok(Math.abs((right - left) / 400 - (top - bottom) / 300) < 1e-12);
});

test('points in one place have a view as well', () => {
  const {centre, unit} = fit([pointWith({x: 2, y: 3})], {width: 100, height: 100});
  assert.deepEqual(centre, [2, 3]);
  assert.ok(unit > 0);
});

test('an arrow key moves to the nearest point in its direction', () => {
  /** @type {[number, number][]} */
  const places = [
    [0, 0],
    [10, 2],
    [30, 0],
    [2, 40],
    [0, -5],
  ];
  const keys = ['ArrowRight', 'ArrowDown', 'ArrowUp', 'ArrowLeft'];
  assert.deepEqual(
    keys.map((key) => stepped(places, 0, key)),
    [1, 3, 4, 0],
  );
  assert.equal(stepped(places, 2, 'ArrowLeft'), 1);
});

test('the selected points are listed, otherwise those of the visitor', () => {
  const points = [{training: true}, {training: false}, {training: false}];
  assert.deepEqual(listed(mapWith(points)), [1, 2]);
  assert.deepEqual(listed(mapWith(points, {selected: new Set([2, 0])})), [0, 2]);
});

test("the legend has the groups of training sequences, and the visitor's", () => {
  const points = [{training: true}, {training: true}, {training: false}],
    column = {name: 'k', labels: ['x', 'y', 'none'], colours: ['#111111', '#222222', '#333333'], of: [1, 0, 2]};
  assert.deepEqual(
    entries(mapWith(points, {column})).map(({words, colour}) => [words, colour]),
    [
      ['x', '#111111'],
      ['y', '#222222'],
      ['legend_own', '#aa0000'],
    ],
  );
  assert.deepEqual(
    entries(mapWith(points)).map(({words}) => words),
    ['legend_training', 'legend_own'],
  );
  assert.equal(hueOf(mapWith(points), 2), '#aa0000');
  assert.equal(hueOf(mapWith(points, {column}), 0), '#222222');
});
