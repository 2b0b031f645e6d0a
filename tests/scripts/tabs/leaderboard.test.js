import assert from 'node:assert/strict';
import {test} from 'node:test';
import {ask, order, parsedSort, sortValue} from '../../../tvae/page/tabs/compare/leaderboard/leaderboard.js';

/**
 * @param {number | null} measured
 * @param {number | null} [claimed]
 */
const number = (measured, claimed = null) => ({measured, claimed, text: ''});
/** @param {string} text */
const word = (text) => ({measured: null, claimed: null, text});

test('numbers are sorted as numbers, both ways round', () => {
  const keys = [number(9), number(10), number(-0.83)];
  assert.deepEqual(order(keys, false), [2, 0, 1]);
  assert.deepEqual(order(keys, true), [1, 0, 2]);
});

test('claims alone come after what was measured, and nothing at the end, both ways round', () => {
  const keys = [number(null), number(null, 5), number(1), number(null, 3), number(2, 99)];
  assert.deepEqual(order(keys, false), [2, 4, 3, 1, 0]);
  assert.deepEqual(order(keys, true), [4, 2, 1, 3, 0]);
});

test('the best comes first from the end that is good, and what does not count at the other one', () => {
  /** @param {string[]} gains @param {string} best @param {boolean} descending */
  const sorted = (gains, best, descending) =>
    order(
      gains.map((gain) => number(sortValue(gain, best))),
      descending,
    ).map((k) => gains[k]);
  assert.deepEqual(sorted(['0.1', '-inf', '0.3'], 'high', true), ['0.3', '0.1', '-inf']);
  assert.deepEqual(sorted(['0.1', '-inf', '0.3', '-inf'], 'high', false), ['-inf', '-inf', '0.1', '0.3']);
  assert.deepEqual(sorted(['-0.02', '-0.0', '-0.5'], 'low', false), ['-0.0', '-0.02', '-0.5']); // hierarchy by its limit
});

test('equal rows keep their order', () => {
  const keys = [number(1), number(0), number(1), number(1)];
  assert.deepEqual(order(keys, false), [1, 0, 2, 3]);
  assert.deepEqual(order(keys, true), [0, 2, 3, 1]);
  assert.deepEqual(order([number(null), number(null)], true), [0, 1]);
});

test('texts are sorted by their letters', () => {
  const keys = [word('tree'), word('ball'), word('isometric')];
  assert.deepEqual(order(keys, false), [1, 2, 0]);
  assert.deepEqual(order(keys, true), [0, 2, 1]);
});

test('a sort is a column with a sign, and anything else is none', () => {
  assert.deepEqual(parsedSort('overlaps'), {column: 'overlaps', descending: false});
  assert.deepEqual(parsedSort('-map_27'), {column: 'map_27', descending: true});
  for (const text of ['', '-', '"]', 'a b', '--q', '<b>']) assert.equal(parsedSort(text).column, '');
});

test('the section is asked for when its tab is open, and again with another checkpoint', () => {
  const tab = {tab: 'compare'};
  assert.equal(ask(tab, '', 'explore', 'tree', ''), '');
  const first = ask(tab, '', 'compare', 'tree', '');
  assert.equal(JSON.parse(first).loaded, 'tree');
  assert.equal(ask(tab, first, 'compare', 'tree', ''), first);
  assert.equal(ask(tab, first, 'explore', 'ball', ''), first);
  assert.equal(JSON.parse(ask(tab, first, 'compare', 'ball', '')).loaded, 'ball');
});

test('a visitor with files, who may have new ones, asks at each opening', () => {
  const tab = {tab: 'compare'};
  const first = ask(tab, '', 'compare', 'tree', 'key');
  assert.notEqual(ask(tab, first, 'compare', 'tree', 'key'), first);
});
