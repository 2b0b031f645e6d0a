import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
  asJson,
  constant,
  copied,
  followed,
  mirrored,
  opened,
  SKIP,
  setProperties,
} from '../../../tvae/page/ui/scripts/events.js';

test('properties are named in the order of the inputs', () => {
  assert.deepEqual(setProperties({names: ['encoder', 'measure']}, 'B', 'norm'), {
    __type__: 'update',
    props: {encoder: 'B', measure: 'norm'},
  });
});

test('several outputs get the same properties each', () => {
  const updates = setProperties({names: ['encoder'], outputs: 2}, 'B');
  const update = {__type__: 'update', props: {encoder: 'B'}};
  assert.deepEqual(updates, [update, update]);
});

test('a constant ignores the inputs, a copy returns its input', () => {
  assert.equal(constant({value: 'ball'}), 'ball');
  assert.equal(copied({}, 'v5_11_11'), 'v5_11_11');
});

test('JSON has all inputs in their order', () => {
  assert.equal(asJson({}, 'tree', 'min', null, 3), '["tree","min",null,3]');
});

test('a lazy tab is opened once, by its own id, and stays opened', () => {
  assert.equal(opened({tab: 'ball'}, 'explore', ''), SKIP);
  assert.equal(opened({tab: 'ball'}, 'ball', ''), 'yes');
  assert.equal(opened({tab: 'ball'}, 'ball', 'yes '), SKIP);
});

test('the values of other components are mirrored while the tab is open', () => {
  assert.equal(mirrored({tab: 'ball'}, 'ball', 'tree', 'max'), '["tree","max"]');
  assert.equal(mirrored({tab: 'ball'}, 'learn', 'tree', 'max'), SKIP);
});

test('a tab follows the loaded checkpoint while it is open', () => {
  assert.equal(followed({tab: 'coverage'}, 'tree', 'coverage'), 'tree');
  assert.equal(followed({tab: 'coverage'}, 'v5_11', 'explore'), SKIP);
});
