import assert from 'node:assert/strict';
import {test} from 'node:test';
import {apply, begin, change, follow, list, state} from '../../../tvae/page/columns/columns.js';
import {isOfTable} from '../../../tvae/page/columns/rows.js';
import {colouring, whenRecoloured} from '../../../tvae/page/ui/canvas/colouring.js';
import {COUNT} from '../../../tvae/page/ui/canvas/operations.js';
import {showSource} from '../../../tvae/page/ui/canvas/sources.js';

/** @typedef {import('../../../tvae/page/columns/link.js').Column} Column */
/** @typedef {{checkpoint: string, column: string, operation: number | null}} Asked */

const WORDS = {
  bad_link: '',
  colours: '',
  cut: 'No answer.',
  left: '{range}',
  range: '{low} to {high}',
  measured_from: '{column} from {n}',
  row_out: '',
  unlist_one: '',
};
/** @type {Column} */
const COLUMN = {
  key: '',
  label: '',
  kind: 'categorical',
  needs: '',
  categories: ['no', 'yes'],
  colours: ['#b80000', '#0000b8'],
  group: '',
};
const COLUMNS = [
  {...COLUMN, key: 'valuation', categories: [...'0123456789']},
  {...COLUMN, key: 'exactness'},
  {...COLUMN, key: 'adic', needs: /** @type {const} */ ('operation')},
];
const ALIKE = {categories: ['no', 'yes'], colours: ['#888888', '#0488b1'], keys: {clone: ['cyclic', 'keeps(-, 0)']}};
const [LEVEL, EXACT, ADIC] = COLUMNS.map((column) => ({column, operation: null}));
const CODES = btoa(String.fromCharCode(...new Uint8Array(COUNT).fill(1, 3)));
const START = 15633;

/** @type {Asked[]} */
const asked = [];
let isAway = false;
let draws = 0;

Object.assign(globalThis, {
  document: {addEventListener: () => 0, querySelectorAll: () => [], getElementById: () => null, body: {}},
  location: {search: ''},
  history: {pushState: () => 0, replaceState: () => 0},
  MutationObserver: class {
    observe() {}
    disconnect() {}
  },
});
const DATA = {words: WORDS, groups: {clone: 'a clone'}, columns: COLUMNS, alike: ALIKE, colours: [], start: START};
begin(DATA, async (one) => {
  asked.push(/** @type {Asked} */ (one));
  return isAway ? null : {codes: CODES};
});
whenRecoloured(() => {
  draws += 1;
});
showSource({loaded: 'first 00'});

/** What was asked and drawn since the last time, once all answers are there. */
async function done() {
  await new Promise((resolve) => setTimeout(resolve));
  const found = {asked: asked.splice(0).map(({checkpoint, column}) => `${checkpoint} ${column}`), draws};
  draws = 0;
  return found;
}

test('plots are drawn again only for what their colours depend on', async () => {
  await done();
  showSource({operation: 13});
  showSource({loaded: 'second 00'});
  assert.deepEqual(await done(), {asked: [], draws: 0});
  change({choice: EXACT});
  assert.deepEqual(await done(), {asked: ['second exactness'], draws: 2});
  showSource({operation: 14});
  assert.deepEqual(await done(), {asked: [], draws: 0});
  showSource({loaded: 'first 00'});
  assert.deepEqual(await done(), {asked: ['first exactness'], draws: 2});
  change({choice: LEVEL});
  await done();
});

test('a column that colours and filters is asked for once', async () => {
  showSource({loaded: 'third 00'});
  await done();
  change({choice: EXACT, filter: {...EXACT, codes: [0], low: null, high: null}});
  assert.deepEqual((await done()).asked, ['third exactness']);
  assert.equal(state?.left, 3);
  change({choice: LEVEL, filter: null});
  await done();
});

test('distances are from the selected operation, or from that of the example', async () => {
  showSource({operation: null});
  change({choice: ADIC});
  assert.equal(asked.at(-1)?.operation, START);
  await done();
  showSource({operation: 5});
  assert.equal(asked.at(-1)?.operation, 5);
  await done();
  change({choice: LEVEL});
  await done();
});

test('a column of the atlas is asked for once for all checkpoints', async () => {
  const [cyclic, keeps] = state?.columns.slice(COLUMNS.length) ?? [];
  change({choice: {column: cyclic, operation: null}});
  assert.deepEqual((await done()).asked, ['third cyclic']);
  showSource({loaded: 'first 00'});
  assert.deepEqual(await done(), {asked: [], draws: 0});
  list(cyclic);
  list(keeps);
  assert.deepEqual((await done()).asked, ['first keeps(-, 0)']);
  assert.deepEqual(state?.listed, [cyclic, keeps]);
  list(cyclic);
  assert.deepEqual(state?.listed, [keeps]);
  list(keeps);
  change({choice: LEVEL});
  assert.deepEqual((await done()).asked, []);
});

test('an error stays no longer than its cause, and the values can be asked for again', async () => {
  isAway = true;
  showSource({loaded: 'fourth 00'});
  change({choice: EXACT, filter: {...LEVEL, codes: [9], low: null, high: null}});
  await done();
  assert.deepEqual([state?.failed, state?.left, colouring.column], ['No answer.', 1, 'valuation']);
  isAway = false;
  apply();
  assert.deepEqual((await done()).asked, ['fourth exactness']);
  assert.deepEqual([state?.failed, colouring.column], ['', 'exactness']);

  isAway = true;
  showSource({loaded: 'fifth 00'});
  await done();
  assert.equal(state?.failed, 'No answer.');
  isAway = false;
  showSource({loaded: 'sixth 00'});
  await done();
  /** @type {string[]} */
  const shown = [];
  follow(({failed}) => shown.push(failed));
  assert.deepEqual(shown, ['']);
});

test('of the changes of the page, only those of tables have rows to mark', () => {
  const plain = {closest: () => null, matches: () => false, querySelector: () => null},
    text = {};
  /** @param {object} target @param {object[]} added */
  const isOne = (target, ...added) =>
    isOfTable(/** @type {MutationRecord} */ (/** @type {unknown} */ ({target, addedNodes: added})));
  assert.equal(isOne(plain), false);
  assert.equal(isOne(plain, plain, text), false);
  assert.equal(isOne({...plain, closest: () => ({})}), true);
  assert.equal(isOne(plain, text, {...plain, matches: () => true}), true);
  assert.equal(isOne(plain, {...plain, querySelector: () => ({})}), true);
});
