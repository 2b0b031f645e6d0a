import assert from 'node:assert/strict';
import {test} from 'node:test';
import {nearest} from '../../../tvae/page/ui/scripts/nearest.js';

const NAMES = ['valuation', 'commutative', 'keeps(-, 0)', 'sheffer', 'loop'];

test('the nearest name differs in a third of the characters at most', () => {
  assert.equal(nearest('comutative', NAMES), 'commutative');
  assert.equal(nearest('Sheffr', NAMES), 'sheffer');
  assert.equal(nearest('keeps(-,0)', NAMES), 'keeps(-, 0)');
  assert.equal(nearest('loops', NAMES), 'loop');
  assert.equal(nearest('hue', NAMES), '');
  assert.equal(nearest('', NAMES), '');
  assert.equal(nearest('x'.repeat(5000), NAMES), '');
});
