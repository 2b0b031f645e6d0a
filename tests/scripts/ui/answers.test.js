import assert from 'node:assert/strict';
import {test} from 'node:test';
import {keptAnswers} from '../../../tvae/page/ui/scripts/connection/answers.js';

/** @type {(found: {value: number}) => number} */
const unpack = ({value}) => value;

test('an answer is asked for once, also while it is awaited, and the newest are kept', async () => {
  const answers = keptAnswers(2, 'cut');
  let asked = 0;
  const ask = async () => ({value: ++asked});
  assert.equal(answers.get('a'), undefined);
  assert.deepEqual(await Promise.all([answers.fetch('a', ask, unpack), answers.fetch('a', ask, unpack)]), ['', '']);
  assert.equal(await answers.fetch('a', ask, unpack), '');
  assert.deepEqual([answers.get('a'), asked], [1, 1]);
  await answers.fetch('b', ask, unpack);
  await answers.fetch('c', ask, unpack);
  assert.deepEqual(['a', 'b', 'c'].map(answers.get), [undefined, 2, 3]);
});

test('an error is not kept, so that the next request may succeed', async () => {
  const answers = keptAnswers(2, 'cut');
  assert.equal(await answers.fetch('a', async () => ({error: 'too busy'}), unpack), 'too busy');
  assert.equal(await answers.fetch('a', async () => Promise.reject(new Error()), unpack), 'cut');
  assert.equal(answers.get('a'), undefined);
  assert.equal(await answers.fetch('a', async () => ({value: 5}), unpack), '');
  assert.equal(answers.get('a'), 5);
});
