import assert from 'node:assert/strict';
import {test} from 'node:test';
import {coloured, decimalsOf, outOf, ramp, unpack, valuations} from '../../../tvae/page/columns/values.js';
import {byHue} from '../../../tvae/page/ui/canvas/colouring.js';
import {COUNT, LEVEL} from '../../../tvae/page/ui/canvas/operations.js';

/** @param {Uint8Array} data */
function base64(data) {
  let text = '';
  for (const byte of data) text += String.fromCharCode(byte);
  return btoa(text);
}

/** @type {import('../../../tvae/page/columns/link.js').Column} */
const COLUMN = {
  key: 'confidence',
  label: 'confidence',
  kind: 'continuous',
  needs: '',
  categories: [],
  colours: ['#000000', '#ff8000', '#ffffff'],
  group: '',
};
const STEPS = Uint16Array.from({length: COUNT}, (_, n) => Math.min(65535, 5 * n));
const VALUES = unpack({steps: base64(new Uint8Array(STEPS.buffer)), low: 1, high: 2});
const FILTER = {column: COLUMN, operation: null, codes: null, low: null, high: null};

test('values of both kinds are unpacked', () => {
  assert.ok('low' in VALUES);
  if (!('low' in VALUES)) return;
  assert.deepEqual([VALUES.low, VALUES.high], [1, 2]);
  assert.deepEqual([...VALUES.values.slice(0, 2)], [1, 1 + 5 / 65535]);
  assert.equal(VALUES.values[COUNT - 1], 2);
  assert.deepEqual(unpack({codes: base64(Uint8Array.of(2, 0, 1))}), {codes: Uint8Array.of(2, 0, 1)});
  const known = unpack({codes: base64(Uint8Array.of(1)), meaning: 'is a band'});
  assert.deepEqual(known, {codes: Uint8Array.of(1), meaning: 'is a band'});
});

test('a thousandth of a range can be told apart, down to the ninth decimal', () => {
  /** @param {number} low @param {number} high */
  const decimals = (low, high) => decimalsOf({values: new Float64Array(), low, high});
  assert.deepEqual([decimals(0, 8), decimals(0, 0.2), decimals(3, 3), decimalsOf(valuations())], [4, 4, 4, 4]);
  assert.deepEqual([decimals(0.96, 0.99), decimals(0.99996, 0.99999), decimals(1, 1 + 1e-12)], [5, 8, 9]);
  for (const range of [3e-5, 4e-4, 0.07]) {
    const ends = Array.from({length: 1001}, (_, k) => (0.9 + (k / 1000) * range).toFixed(decimals(0.9, 0.9 + range)));
    assert.equal(new Set(ends).size, 1001);
  }
});

test('a ramp goes through its colours', () => {
  assert.deepEqual(ramp(['#000000', '#ff8000', '#ffffff'], 5), ['#000000', '#804000', '#ff8000', '#ffc080', '#ffffff']);
});

test('the least value has the first hue and the largest one the last', () => {
  const {hues, tone} = coloured(COLUMN, VALUES);
  assert.equal(hues[tone[0]], '#000000');
  assert.equal(hues[tone[COUNT - 1]], '#ffffff');
  assert.deepEqual(
    tone.slice(0, 13107).every((one, n) => n === 0 || one >= tone[n - 1]),
    true,
  );
});

test('equal values have one hue', () => {
  const {tone} = coloured(COLUMN, {values: new Float64Array(COUNT).fill(3), low: 3, high: 3});
  assert.equal(new Set(tone).size, 1);
});

test('categories have their own hues', () => {
  const {hues, tone} = coloured({...COLUMN, colours: [...'0123456789']}, valuations());
  assert.equal(hues[tone[81]], '4');
});

test('a range leaves out what is outside, and keeps its ends', () => {
  const out = outOf({...FILTER, low: 1 + 5 / 65535, high: 1.5}, VALUES);
  assert.ok('values' in VALUES);
  if (!('values' in VALUES) || !out) throw new Error('nothing is left out');
  for (const [n, value] of VALUES.values.entries()) {
    assert.equal(out[n], value < 1 + 5 / 65535 || value > 1.5 ? 1 : 0);
  }
  assert.equal(outOf({...FILTER, low: 1}, VALUES), null);
});

test('categories leave out the others', () => {
  const out = outOf({...FILTER, codes: [0, 9]}, valuations());
  assert.deepEqual(
    [0, 1, 3, 13, 19682].map((n) => out?.[n]),
    [0, 0, 1, 0, 0],
  );
  assert.equal(
    out?.reduce((sum, one) => sum + one, 0),
    LEVEL.filter((v) => v > 0 && v < 9).length,
  );
});

test('the most frequent colour is drawn first, so that a rare one lies on it', () => {
  const found = byHue([0, 3, 1, 2, 4, 6], [...'abcdefghij']);
  assert.deepEqual(
    [...found],
    [
      ['a', [1, 2, 4]],
      ['b', [3, 6]],
      ['j', [0]],
    ],
  );
});
