import assert from 'node:assert/strict';
import {test} from 'node:test';
import {centreOfDisk, joinEnds, markPoint, splitEnds} from '../../../tvae/page/tabs/ball/fields.js';

test('both ends are one text, without spaces around them', () => {
  assert.equal(joinEnds({}, ' min ', 'max'), 'min to max');
  assert.deepEqual(splitEnds({}, 'min to max'), ['min', 'max']);
});

test('one end alone is no geodesic', () => {
  assert.equal(joinEnds({}, 'min', '  '), '');
  assert.equal(joinEnds({}, '', 'max'), '');
  assert.deepEqual(splitEnds({}, ''), ['', '']);
});

test('two numbers are a point', () => {
  assert.deepEqual(markPoint({}, '0.5', '-30'), {__type__: 'update', props: {mark: [0.5, -30]}});
});

test('an empty field, a word or an infinite number is no point', () => {
  for (const radius of ['', ' ', 'far', 'Infinity']) {
    assert.deepEqual(markPoint({}, radius, '30'), {__type__: 'update', props: {mark: null}});
  }
});

test('the field of the centre follows the disk, and is empty at the origin', () => {
  const disk = {tvae: {centre: 13}};
  globalThis.document = /** @type {any} */ ({querySelector: () => disk});
  assert.deepEqual(centreOfDisk(), ['13', '']);
  disk.tvae.centre = -1;
  assert.deepEqual(centreOfDisk(), ['', '']);
});
