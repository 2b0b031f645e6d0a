import assert from 'node:assert/strict';
import {test} from 'node:test';
import {moved} from '../../../tvae/page/tabs/codons/codons.js';
import {decoded, modelIn, sizeProblem} from '../../../tvae/page/tabs/codons/sequence_form.js';

/**
 * Where each key leads in the code table.
 * @param {number} place
 */
function moves(place) {
  const keys = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'];
  return keys.map((key) => moved(key, place, 64, 4));
}

test('arrow keys move inside the table and stop at its borders', () => {
  assert.deepEqual(moves(0), [null, 1, null, 4, 0, 3]);
  assert.deepEqual(moves(5), [4, 6, 1, 9, 4, 7]);
  assert.deepEqual(moves(63), [62, null, 59, null, 60, 63]);
});

test('a row of letters has no rows above and below', () => {
  assert.equal(moved('ArrowDown', 3, 21, 21), null);
  assert.equal(moved('ArrowUp', 3, 21, 21), null);
  assert.equal(moved('End', 3, 21, 21), 20);
});

test('other keys do not move', () => {
  assert.equal(moved('Enter', 0, 64, 4), undefined);
});

test('a text is too large above the limit, and the sentence says by how much', () => {
  const words = {large: '{size} of {most} MB'};
  assert.equal(sizeProblem(1_500_000, 1_500_000, words), '');
  assert.equal(sizeProblem(2_000_000, 1_500_000, words), '2.0 of 1.5 MB');
});

test('a file is read as UTF-8, and one in another encoding is refused', () => {
  const words = {utf16: 'UTF-16', other: 'not UTF-8'};
  /** @param {number[]} bytes */
  const read = (...bytes) => decoded(new Uint8Array(bytes), words);
  assert.deepEqual(read(0x3e, 0xce, 0xb1, 0x0a, 0x41), {text: '>α\nA', problem: ''});
  assert.deepEqual(read(0xef, 0xbb, 0xbf, 0x3e), {text: '>', problem: ''});
  assert.deepEqual(read(), {text: '', problem: ''});
  assert.deepEqual(read(0xff, 0xfe, 0x3e, 0x00), {text: '', problem: 'UTF-16'});
  assert.deepEqual(read(0xfe, 0xff, 0x00, 0x3e), {text: '', problem: 'UTF-16'});
  assert.deepEqual(read(0x3e, 0xe8, 0x0a), {text: '', problem: 'not UTF-8'});
});

test('an address that names no model of the list has the usual one', () => {
  const data = {parameter: 'sequence_model', usual: 'codons', notes: {codons: '', proteins: ''}};
  assert.equal(modelIn('?tab=codons&sequence_model=proteins', data), 'proteins');
  assert.equal(modelIn('?sequence_model=proteins&sequence_model=codons', data), 'codons'); // the last, as in Python
  for (const query of ['', '?sequence_model=', '?sequence_model=gone', '?sequence_model=constructor']) {
    assert.equal(modelIn(query, data), 'codons');
  }
});
