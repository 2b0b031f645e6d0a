import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
  columnsOf,
  readChoice,
  readFilter,
  readListed,
  toggled,
  writeChoice,
  writeFilter,
  writeListed,
} from '../../../tvae/page/columns/link.js';

/**
 * @param {string} key
 * @param {Partial<import('../../../tvae/page/columns/link.js').Column>} more
 * @returns {import('../../../tvae/page/columns/link.js').Column}
 */
const column = (key, more) => ({
  key,
  label: key,
  kind: 'continuous',
  needs: '',
  categories: [],
  colours: [],
  group: '',
  ...more,
});

const COLUMNS = [
  column('valuation', {kind: 'categorical', categories: [...'0123456789']}),
  column('confidence', {}),
  column('nearness_a', {needs: 'operation'}),
  column('adic', {kind: 'categorical', needs: 'operation', categories: ['1', '1/3']}),
  column('other_radius_a', {needs: 'other'}),
];

/** @param {string} text */
const chosen = (text) => {
  const choice = readChoice(text, COLUMNS);
  return choice && writeChoice(choice);
};
/** @param {string} text */
const filtered = (text) => {
  const filter = readFilter(text, COLUMNS);
  return filter && writeFilter(filter);
};

test('a column is read as it was written', () => {
  for (const text of ['valuation', 'confidence', 'nearness_a.0', 'nearness_a.19682', 'adic.13', 'other_radius_a']) {
    assert.equal(chosen(text), text);
  }
});

test('without an operation, distances are measured from the one that was selected last', () => {
  assert.equal(readChoice('nearness_a', COLUMNS)?.operation, null);
  assert.equal(chosen('nearness_a'), 'nearness_a');
  assert.equal(chosen('nearness'), 'nearness_a'); // as the Ball tab used to write it
});

test('what is no column is nothing', () => {
  const wrong = ['', 'hue', 'valuation.', 'valuation.3', 'nearness_a.', 'nearness_a.19683', 'nearness_a.-1'];
  for (const text of [...wrong, 'nearness_a.1.2', 'nearness_a.1e3', 'nearness_a. 1', 'Valuation', 'toString']) {
    assert.equal(chosen(text), null);
  }
});

test('a filter is read as it was written', () => {
  const texts = ['valuation:3', 'valuation:0,3,9', 'confidence:0.5..0.75', 'confidence:0.5..', 'confidence:..-1.25'];
  for (const text of [...texts, 'nearness_a.13:..2', 'adic.13:1']) assert.equal(filtered(text), text);
});

test('a narrow range is written as it is read, without an exponent', () => {
  const [, confidence] = COLUMNS;
  const filter = {column: confidence, operation: null, codes: null, low: 2e-8, high: 0.999999875};
  assert.equal(writeFilter(filter), 'confidence:0.00000002..0.999999875');
  assert.deepEqual(readFilter(writeFilter(filter), COLUMNS), filter);
});

test('categories are in order, each once', () => {
  assert.equal(filtered('valuation:9,3,3'), 'valuation:3,9');
});

test('what is no filter is nothing', () => {
  const wrong = ['', 'valuation', 'valuation:', 'valuation:10', 'valuation:1,', 'valuation:1..2', 'valuation:a', ':1'];
  const ranges = ['confidence:', 'confidence:..', 'confidence:1', 'confidence:2..1', 'confidence:1..2..3'];
  const numbers = ['confidence:NaN..', 'confidence:..Infinity', 'confidence:1e9..', 'confidence:0x1..', 'hue:1..2'];
  for (const text of [...wrong, ...ranges, ...numbers, `confidence:${'0'.repeat(200)}..`]) {
    assert.equal(filtered(text), null);
  }
});

const ATLAS = columnsOf({
  columns: [
    {key: 'valuation', label: 'valuation', categories: [...'0123456789']},
    {key: 'confidence', label: 'lowest confidence'},
    {key: 'image', label: 'values', categories: ['', '1', '2', '3'], colours: ['#ffffff'], group: 'quantity'},
  ],
  alike: {
    categories: ['no', 'yes'],
    colours: ['#888888', '#0000ff'],
    keys: {
      property: ['band', 'loop', 'onto', 'unary'],
      clone: ['monotone(- < 0 < +)', 'congruence(-0|+)', 'keeps(-, 0)'],
    },
  },
  colours: ['#000000', '#ffffff'],
});

test('columns are sent without what is usual or alike', () => {
  const [valuation, confidence, image, band] = ATLAS,
    clone = ATLAS.at(-1);
  assert.deepEqual([valuation.kind, valuation.needs, valuation.group], ['categorical', '', '']);
  assert.deepEqual([confidence.kind, confidence.categories, confidence.colours[1]], ['continuous', [], '#ffffff']);
  assert.deepEqual([image.group, image.colours, image.kind], ['quantity', ['#ffffff'], 'categorical']);
  assert.deepEqual([band.label, band.group, band.categories], ['band', 'property', ['no', 'yes']]);
  assert.deepEqual([clone?.key, clone?.group, clone?.colours[0]], ['keeps(-, 0)', 'clone', '#888888']);
});

test('columns of the atlas colour and filter like others, whatever signs they have', () => {
  for (const {key} of ATLAS.filter((one) => one.group)) {
    const choice = readChoice(key, ATLAS),
      filter = readFilter(`${key}:1`, ATLAS);
    assert.equal(choice && writeChoice(choice), key);
    assert.equal(filter && writeFilter(filter), `${key}:1`);
    assert.equal(readFilter(`${key}:4`, ATLAS), null);
  }
});

test('columns of the table are read as they were written, and at most six', () => {
  for (const text of ['', 'band', 'image;keeps(-, 0);monotone(- < 0 < +)']) {
    const {listed, wrong} = readListed(text, ATLAS);
    assert.equal(writeListed(listed), text);
    assert.deepEqual(wrong, []);
  }
  const wrong = readListed('band;hue;confidence;band;', ATLAS);
  assert.deepEqual([writeListed(wrong.listed), wrong.wrong], ['band', ['hue', 'confidence', '']]);
  const many = ATLAS.filter(({group}) => group),
    text = writeListed(many);
  assert.equal(many.length, 8);
  const first = readListed(text, ATLAS);
  assert.deepEqual([first.listed, first.wrong], [many.slice(0, 6), many.slice(6).map(({key}) => key)]);
  assert.deepEqual(readListed('x;'.repeat(100_000), ATLAS).listed, []);
});

test('a column is added to the table or removed, and the first goes if there is no room', () => {
  const [one, two, ...more] = ATLAS.filter(({group}) => group);
  assert.deepEqual(toggled([one], two), [one, two]);
  assert.deepEqual(toggled([one, two], one), [two]);
  assert.deepEqual(toggled([one, two, ...more.slice(0, 4)], more[4]), [two, ...more.slice(0, 5)]);
});

test('a number that is too small for its column is no filter', () => {
  const image = [column('image', {kind: 'categorical', group: 'quantity', categories: ['', '1', '2', '3']})];
  for (const text of ['image:0', 'image:0,1', 'image:4']) assert.equal(readFilter(text, image), null);
  assert.deepEqual(readFilter('image:1,3', image)?.codes, [1, 3]);
});
