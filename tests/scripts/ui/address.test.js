import assert from 'node:assert/strict';
import {test} from 'node:test';
import {changeOf, leftOut, queryWith, valuesIn} from '../../../tvae/page/ui/links/address.js';

/** @type {import('../../../tvae/page/ui/links/address.js').Field[]} */
const FIELDS = [
  ['checkpoint', 'tree'],
  [['operations', 'selected'], ''],
  ['encoder', 'B', ['A', 'B']],
  ['stops', false],
];

test('values that are as usual are left out', () => {
  assert.equal(queryWith('', FIELDS, ['tree', '', 'B', false]), '');
  assert.equal(queryWith('?checkpoint=v5_11&selected=abc&stops=true', FIELDS, ['tree', null, 'B', false]), '');
});

test('other values are in the query', () => {
  const query = queryWith('', FIELDS, ['v5_11', 'operations=min%2C+v+%3E%3D+3+%26+max', 'A', true]);
  assert.deepEqual(
    [...new URLSearchParams(query)],
    [
      ['checkpoint', 'v5_11'],
      ['operations', 'min, v >= 3 & max'],
      ['encoder', 'A'],
      ['stops', 'true'],
    ],
  );
});

test('a value with several parameters replaces all of them', () => {
  assert.equal(queryWith('?operations=13', FIELDS, ['tree', 'selected=eJw_-', 'B', false]), 'selected=eJw_-');
  assert.equal(queryWith('?selected=eJw', FIELDS, ['tree', 'operations=13&tab=ball', 'B', false]), 'operations=13');
});

test('parameters of other parts of the page stay', () => {
  assert.equal(queryWith('?walk=min+to+max', FIELDS, ['v5_11', '', 'B', false]), 'walk=min+to+max&checkpoint=v5_11');
});

test('a value that is too long is left out, and the others stay', () => {
  const longest = 'a'.repeat(4000);
  assert.equal(queryWith('', [['centre', '']], [longest]), `centre=${longest}`);
  assert.equal(queryWith('?centre=min&tab=ball', [['centre', '']], [`${longest}a`]), 'tab=ball');
});

test('a second long value has no room, and short ones always have', () => {
  /** @type {import('../../../tvae/page/ui/links/address.js').Field[]} */
  const fields = [
    ['centre', ''],
    ['walk', ''],
    ['tab', 'explore'],
  ];
  const long = 'a'.repeat(4000);
  const query = queryWith('', fields, [long, long, 'ball']);
  assert.equal(query, `centre=${long}&tab=ball`);
  assert.deepEqual(
    fields.map((field, k) => leftOut(query, field, [long, long, 'ball'][k])),
    [[], ['walk'], []],
  );
  const letters = 'é'.repeat(2000); // 12,000 characters of an address
  assert.equal(queryWith('', fields, [letters, 'min', 'ball']), 'walk=min&tab=ball');
  assert.deepEqual(leftOut('tab=ball', ['tab', 'explore'], 'explore'), []);
  assert.deepEqual(leftOut('', [['operations', 'selected'], ''], 'selected=eJw'), ['selected']);
});

test('a list has its choices in their order, and may be empty', () => {
  /** @type {import('../../../tvae/page/ui/links/address.js').Field[]} */
  const fields = [['columns', ['q', 'map'], ['map', 'q', 'loss']]];
  assert.equal(queryWith('', fields, [['map', 'q']]), '');
  assert.equal(queryWith('', fields, [['loss', 'map']]), 'columns=map%2Closs');
  assert.equal(queryWith('', fields, [[]]), 'columns=');
  assert.deepEqual(valuesIn('', fields), [['q', 'map']]);
  assert.deepEqual(valuesIn('?columns=', fields), [[]]);
  assert.deepEqual(valuesIn('?columns=loss,x,map,loss', fields), [['map', 'loss']]);
});

test('the values of a query are those that were written into it', () => {
  for (const values of [
    ['tree', '', 'B', false],
    ['v5_11', 'operations=v+%3E%3D+3+%26+max%2C+%2B', 'A', true],
    ['mine/x y', 'selected=eJw_-', 'A', false],
  ]) {
    assert.deepEqual(valuesIn(queryWith('?tab=ball', FIELDS, values), FIELDS), values);
  }
});

test('a parameter that is missing or has no such choice has its usual value', () => {
  assert.deepEqual(valuesIn('', FIELDS), ['tree', '', 'B', false]);
  assert.deepEqual(valuesIn('?encoder=Z&stops=yes&operations=', FIELDS), ['tree', 'operations=', 'B', false]);
});

test('of a repeated parameter the last counts, as in Python', () => {
  assert.deepEqual(valuesIn('?checkpoint=a&checkpoint=b&selected=x&selected=y', FIELDS).slice(0, 2), [
    'b',
    'selected=y',
  ]);
});

test('what the visitor does makes an entry, what follows from it does not', () => {
  for (const after of ['?tab=ball', '?checkpoint=v5_11', '?operations=13', '?selected=eJw', '?with=tree', '']) {
    const before = after ? '?measure=norm' : '?tab=ball&measure=norm';
    assert.equal(changeOf(before, after, true), 'entry');
    assert.equal(changeOf(before, after, false), 'replacement');
  }
});

test('another parameter replaces the entry, and the same query changes nothing', () => {
  assert.equal(changeOf('?tab=ball', '?tab=ball&disk=even', true), 'replacement');
  assert.equal(changeOf('?operations=a%20b', 'operations=a+b', true), 'nothing');
});
