import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
  LONGEST_NAME,
  MOST,
  named,
  read,
  renamed,
  saved,
  selectionIn,
  withoutOwn,
  withSelection,
} from '../../../tvae/page/selection/saved_selections.js';

const LIST = [
  {name: 'one', query: 'operations=1'},
  {name: 'two', query: 'selected=eJw_-'},
];

test('what was kept is read', () => {
  assert.deepEqual(read(JSON.stringify(LIST)), LIST);
});

test('what is broken or no selection is left out', () => {
  for (const text of [null, '', '{', 'null', '7', '"text"', '{"0": 1}', '[null, 3, [], {}]']) {
    assert.deepEqual(read(text), []);
  }
  const wrong = [
    {name: '', query: 'operations=1'},
    {name: 'no query'},
    {name: 3, query: 'operations=1'},
    {name: 'other', query: 'tab=ball'},
    {name: 'long', query: `operations=${'1,'.repeat(2001)}`},
    {name: 'longer', query: `operations=${'%2B'.repeat(2400)}`},
  ];
  assert.deepEqual(read(JSON.stringify([...wrong, ...LIST, LIST[0]])), LIST);
});

test('what was kept is bounded', () => {
  const many = Array.from({length: 2 * MOST}, (_, k) => ({name: `${k} ${'a'.repeat(100)}`, query: 'operations=1'}));
  const found = read(JSON.stringify(many));
  assert.equal(found.length, MOST);
  assert.equal(found[0].name.length, LONGEST_NAME);
});

test('a name has no space around, and is cut between characters', () => {
  assert.equal(named('  my \n set '), 'my set');
  assert.equal(named(' '), '');
  assert.equal([...named('\u{1f333}'.repeat(99))].length, LONGEST_NAME);
});

test('only the selection of a view is kept', () => {
  assert.equal(selectionIn('?tab=ball&operations=min%2C+v%3E%3D6&colour=first'), 'operations=min%2C+v%3E%3D6');
  assert.equal(selectionIn('?selected=eJw_-'), 'selected=eJw_-');
  assert.equal(selectionIn('?tab=ball'), '');
  assert.equal(selectionIn('?operations='), '');
  const signs = encodeURIComponent('+'.repeat(1500)); // which are longer in an address
  assert.equal(selectionIn(`?tab=ball&operations=${signs}`), `operations=${signs}`);
});

test('a link keeps the view and replaces the selection', () => {
  assert.equal(withSelection('?tab=ball&operations=1', 'selected=eJw'), '?tab=ball&selected=eJw');
  assert.equal(withSelection('?selected=eJw&tab=ball', 'operations=1'), '?tab=ball&operations=1');
});

test('a link to pass on has no names of own checkpoints, which would open them', () => {
  assert.equal(withoutOwn('?checkpoint=mine%2Fkey&with=mine%2Fother&operations=1'), '?operations=1');
  assert.equal(withoutOwn('?checkpoint=tree&checkpoint=mine/key&tab=ball'), '?tab=ball');
  assert.equal(withoutOwn('?checkpoint=tree&with=rich_tree'), '?checkpoint=tree&with=rich_tree');
});

test('a selection with a name that is taken replaces the other one', () => {
  assert.deepEqual(saved(LIST, 'one', 'operations=3'), [LIST[1], {name: 'one', query: 'operations=3'}]);
  assert.deepEqual(saved([], 'one', 'operations=3'), [{name: 'one', query: 'operations=3'}]);
});

test('there are never too many', () => {
  const full = Array.from({length: MOST}, (_, k) => ({name: String(k), query: 'operations=1'}));
  assert.equal(saved(full, 'new', 'operations=1'), null);
  assert.equal(saved(full, '3', 'operations=2')?.length, MOST);
});

test('a new name replaces the old one', () => {
  assert.deepEqual(renamed(LIST, 'one', 'three'), [{...LIST[0], name: 'three'}, LIST[1]]);
  assert.deepEqual(renamed(LIST, 'one', 'two'), [{...LIST[0], name: 'two'}]);
  assert.equal(renamed(LIST, 'one', 'one'), LIST);
  assert.equal(renamed(LIST, 'gone', 'two'), LIST);
});
