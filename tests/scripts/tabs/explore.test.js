import assert from 'node:assert/strict';
import {test} from 'node:test';
import {dropStale} from '../../../tvae/page/tabs/explore/linear_regions.js';

test('an answer for the loaded checkpoint stays, one for another is dropped', () => {
  const html = '<div data-checkpoint="tree">regions</div>';
  assert.equal(dropStale({}, 'tree', html), html);
  assert.equal(dropStale({}, 'tre', html), '');
  assert.equal(dropStale({}, 'v5_11', html), '');
});
