import assert from 'node:assert/strict';
import {test} from 'node:test';
import * as near from '../../../tvae/page/tabs/explore/sections/near_and_far.js';
import {dropStale} from '../../../tvae/page/ui/scripts/events.js';

const SKIP = {__type__: 'update'};

test('near and far: asked for when in view, once for each checkpoint, and emptied by another', () => {
  const follow = near.follow.bind(null, {waiting: 'wait'});
  assert.deepEqual(follow('tree', '', false), ['', 'wait']);
  assert.deepEqual(follow('tree', '', true), ['tree', 'wait']);
  assert.deepEqual(follow('tree', 'tree', true), [SKIP, SKIP]);
  assert.deepEqual(follow('tree', 'tree', false), [SKIP, SKIP]);
  assert.deepEqual(follow('v5_11', 'tree', false), ['', 'wait']);
  assert.deepEqual(follow('v5_11', 'tree', true), ['v5_11', 'wait']);
});

test('near and far: only the answer for the wanted checkpoint is shown', () => {
  const html = '<div data-checkpoint="tree">measures</div>';
  assert.equal(near.dropStale({waiting: 'wait'}, 'tree', html), html);
  assert.equal(near.dropStale({waiting: 'wait'}, 'v5_11', html), 'wait');
  assert.equal(near.dropStale({waiting: 'wait'}, '', 'wait'), 'wait');
});

test('an answer for the loaded checkpoint stays, one for another is dropped', () => {
  const html = '<div data-checkpoint="tree">regions</div>';
  assert.equal(dropStale({}, 'tree', html), html);
  assert.equal(dropStale({}, 'tre', html), '');
  assert.equal(dropStale({}, 'v5_11', html), '');
});
