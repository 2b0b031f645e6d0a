import assert from 'node:assert/strict';
import {test} from 'node:test';
import {queryWith} from '../../../tvae/page/ui/links/share_link.js';

/** @type {[string, string | number | boolean | null][]} */
const FIELDS = [
  ['checkpoint', 'tree'],
  ['operations', ''],
  ['stops', false],
];

test('values that are as usual are left out', () => {
  assert.deepEqual(queryWith('', FIELDS, ['tree', '', false]), {query: '', cut: false});
  assert.deepEqual(queryWith('?checkpoint=v5_11&stops=true', FIELDS, ['tree', null, false]), {query: '', cut: false});
});

test('other values are in the query', () => {
  const {query} = queryWith('', FIELDS, ['v5_11', 'min, v >= 3 & max', true]);
  assert.deepEqual(
    [...new URLSearchParams(query)],
    [
      ['checkpoint', 'v5_11'],
      ['operations', 'min, v >= 3 & max'],
      ['stops', 'true'],
    ],
  );
});

test('parameters of other parts of the page stay', () => {
  const {query} = queryWith('?walk=min+to+max', FIELDS, ['v5_11', '', false]);
  assert.equal(query, 'walk=min+to+max&checkpoint=v5_11');
});

test('a value that is too long is left out, and the others stay', () => {
  const longest = 'a'.repeat(1500);
  assert.deepEqual(queryWith('', FIELDS, ['v5_11', longest, false]), {
    query: `checkpoint=v5_11&operations=${longest}`,
    cut: false,
  });
  assert.deepEqual(queryWith('?operations=min', FIELDS, ['v5_11', `${longest}a`, false]), {
    query: 'checkpoint=v5_11',
    cut: true,
  });
});
