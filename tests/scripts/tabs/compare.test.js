import assert from 'node:assert/strict';
import {test} from 'node:test';
import {ask, compared, settle} from '../../../tvae/page/tabs/compare/compare.js';

const LOADING = {loading: '<p>loading</p>'};
const SKIP = {__type__: 'update'};

test('a new request empties the status', () => {
  const [asked, status] = ask(LOADING, 'tree', null, 'A', null, '', '');
  assert.deepEqual(JSON.parse(String(asked)), {a: 'tree', wanted: '', encoder: 'A', operations: ''});
  assert.equal(status, LOADING.loading);
});

test('the same request again changes nothing', () => {
  const [asked] = ask(LOADING, 'tree', 'v5_11', 'B', 'min', '', '');
  assert.deepEqual(ask(LOADING, 'tree', 'v5_11', 'B', 'min', String(asked), ''), [SKIP, SKIP, SKIP, SKIP]);
  assert.notEqual(ask(LOADING, 'tree', 'v5_11', 'A', 'min', String(asked), '')[0], asked);
});

test('a swap selects its second checkpoint once its first is loaded', () => {
  const swapped = JSON.stringify({first: 'v5_11', second: 'tree'});
  const [waiting, , ...kept] = ask(LOADING, 'tree', 'v5_11', 'A', '', '', swapped);
  assert.equal(JSON.parse(String(waiting)).wanted, 'v5_11');
  assert.deepEqual(kept, [SKIP, SKIP]);
  const [request, , ...both] = ask(LOADING, 'v5_11', 'v5_11', 'A', '', String(waiting), swapped);
  assert.deepEqual(JSON.parse(String(request)), {a: 'v5_11', wanted: 'tree', encoder: 'A', operations: ''});
  assert.deepEqual(both, ['tree', '']);
});

test('another checkpoint ends a swap', () => {
  const swapped = JSON.stringify({first: 'v5_11', second: 'tree'});
  const [request, , ...rest] = ask(LOADING, 'advanced', 'v5_11', 'A', '', '', swapped);
  assert.equal(JSON.parse(String(request)).wanted, 'v5_11');
  assert.deepEqual(rest, [SKIP, '']);
});

test('after its answer the dropdown names what is shown', () => {
  const shown = JSON.stringify({asked: 'now', b: 'v5_11', view: {wanted: ''}});
  assert.deepEqual(settle({}, shown, 'now'), ['v5_11', '', '']);
});

test('an older answer leaves the dropdown alone, and so does none', () => {
  const shown = JSON.stringify({asked: 'before', b: 'v5_11', view: {wanted: ''}});
  assert.deepEqual(settle({}, shown, 'now'), [SKIP, SKIP, SKIP]);
  assert.deepEqual(settle({}, '', 'now'), [SKIP, SKIP, SKIP]);
});

test('the slow tables are asked for once for each pair and encoder', () => {
  const words = {loading: 'wait'};
  /** @type {(encoder: string, operations: string) => string} */
  const answer = (encoder, operations) => JSON.stringify({b: 'tree', view: {a: 'ball', encoder, operations}});
  const [now, ...html] = compared(words, answer('A', ''), '');
  assert.deepEqual(JSON.parse(String(now)), {a: 'ball', b: 'tree', encoder: 'A'});
  assert.deepEqual(html, ['wait', 'wait']);
  const skip = {__type__: 'update'};
  assert.deepEqual(compared(words, answer('A', '13'), String(now)), [skip, skip, skip]);
  assert.equal(JSON.parse(String(compared(words, answer('B', '13'), String(now))[0])).encoder, 'B');
  assert.deepEqual(compared(words, '', String(now)), [skip, skip, skip]);
});
