import assert from 'node:assert/strict';
import {test} from 'node:test';
import {begin, change, state} from '../../../tvae/page/columns/columns.js';
import {colouring, LEVELS, withColours} from '../../../tvae/page/ui/canvas/colouring.js';
import {COUNT} from '../../../tvae/page/ui/canvas/operations.js';
import {showSource} from '../../../tvae/page/ui/canvas/sources.js';

/** @typedef {import('../../../tvae/page/columns/link.js').Column} Column */

const WORDS = {
  bad_link: 'cannot be read: {part}',
  colours: 'Colours show {column}.',
  cut: 'no answer',
  left: '{count} shown: {column} {range}',
  range: '{low} to {high}',
  row_out: 'out',
};
/** @type {Column} */
const COLUMN = {key: '', label: '', kind: 'categorical', needs: '', categories: [], colours: [], group: ''};
const COLUMNS = [
  {...COLUMN, key: 'valuation', label: 'valuation', categories: [...'0123456789'], colours: [...'abcdefghij']},
  {...COLUMN, key: 'exactness', label: 'exact', categories: ['no', 'yes'], colours: ['#b80000', '#0000b8']},
  {...COLUMN, key: 'radius_a', label: 'radius', kind: /** @type {const} */ ('continuous'), colours: ['#000', '#fff']},
];
const CODES = btoa(String.fromCharCode(...new Uint8Array(COUNT).fill(1, 3)));

/** @type {Record<string, object>} */
const ANSWERS = {exactness: {codes: CODES}, radius_a: {error: 'Python does not know it'}};

test('what pictures say of colours and filter comes with the colours, also while the page says that a request failed', async () => {
  Object.assign(globalThis, {
    document: {addEventListener: () => 0, querySelectorAll: () => [], getElementById: () => null, body: {}},
    location: {search: '?filter=valuation:7,8&colour=exactness'},
    history: {pushState: () => 0, replaceState: () => 0},
    MutationObserver: class {
      observe() {}
      disconnect() {}
    },
  });
  const sent = {groups: {}, alike: {categories: [], colours: [], keys: {}}, colours: []};
  begin({words: WORDS, columns: COLUMNS, start: 0, ...sent}, async (asked) => ANSWERS[Reflect.get(asked, 'column')]);
  showSource({loaded: 'tree 00'});
  assert.equal(colouring.column, 'valuation'); // until the values are there
  assert.equal(colouring.legend?.title, 'valuation');
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(colouring.column, 'exactness');
  assert.equal(colouring.crossed, 0);
  assert.deepEqual(colouring.legend?.categories, [
    {words: 'no', colour: '#b80000'},
    {words: 'yes', colour: '#0000b8'},
  ]);
  assert.equal(colouring.legend?.filter, '8 shown: valuation 7, 8');
  assert.equal(withColours('A plot.'), 'A plot. Colours show exact. 8 shown: valuation 7, 8.');

  change({choice: {column: COLUMNS[2], operation: null}});
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(state?.failed, 'Python does not know it');
  assert.equal(colouring.hues, LEVELS.hues);
  assert.equal(colouring.legend?.filter, '8 shown: valuation 7, 8');
  assert.deepEqual(colouring.legend?.categories[9], {words: '9', colour: 'j'});

  change({filter: null});
  assert.equal(colouring.legend?.filter, '');
  assert.equal(withColours('A plot.'), 'A plot.');
});
