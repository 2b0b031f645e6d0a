import assert from 'node:assert/strict';
import {test} from 'node:test';
import {arrowsOf, noArrows, stepsOf, walkInWords} from '../../../tvae/page/tabs/ball/disk/drawing/walks.js';
import {COUNT, valuation} from '../../../tvae/page/ui/canvas/operations.js';

/** @typedef {import('../../../tvae/page/tabs/ball/disk/state.js').Disk} Disk */

/** @param {number} length */
const first = (length) => new Set(Array.from({length}, (_, n) => n));

/**
 * A disk whose operations lie along a line, and whose words are their keys and values.
 * @param {string} arrows
 * @param {number[]} selected
 * @param {number} gap between operations, in pixels
 * @param {object} props further ones
 */
const diskWith = (arrows, selected, gap = 20, props = {}) =>
  /** @type {Disk} */ (
    /** @type {unknown} */ ({
      props: {arrows, ...props},
      ball: {},
      directions: null,
      frame: {x: 0, y: 0, r: 1},
      selected: new Set(selected),
      x: Float32Array.from({length: COUNT}, (_, n) => gap * n),
      y: new Float32Array(COUNT),
      style: {ink: '#000', back: '#fff'},
      say: (/** @type {string} */ key, /** @type {object} */ values = {}) => [key, ...Object.values(values)].join(' '),
    })
  );

test('3n raises the valuation by one in each step and ends at operation 0, from every operation', () => {
  for (let n = 0; n < COUNT; n++) {
    const steps = stepsOf('triple', new Set([n]));
    assert.equal(steps.length, 9 - valuation(n));
    assert.equal(steps.at(-1)?.to ?? 0, 0);
    for (const {from, to, wraps} of steps) {
      assert.equal(3 * from, to + wraps * COUNT);
      assert.equal(valuation(to), valuation(from) + 1);
    }
  }
});

test('n + 1 goes 27 steps on from one operation, after which the first three trits are the same, and wraps at the end', () => {
  const steps = stepsOf('next', new Set([COUNT - 2]));
  assert.equal(steps.length, 27);
  assert.deepEqual(steps.slice(0, 3), [
    {from: COUNT - 2, to: COUNT - 1, wraps: 0},
    {from: COUNT - 1, to: 0, wraps: 1},
    {from: 0, to: 1, wraps: 0},
  ]);
  assert.equal((steps[26].to - steps[0].from + COUNT) % 27, 0);
});

test('several operations have one arrow each, more than 400 and none have no arrows', () => {
  assert.deepEqual(stepsOf('triple', new Set([1, 9000])), [
    {from: 1, to: 3, wraps: 0},
    {from: 9000, to: 7317, wraps: 1},
  ]);
  assert.equal(stepsOf('next', first(400)).length, 400);
  for (const [arrows, count] of /** @type {[string, number][]} */ ([
    ['next', 401],
    ['next', 0],
    ['none', 3],
    ['', 3],
  ])) {
    assert.deepEqual(stepsOf(arrows, first(count)), []);
  }
  assert.deepEqual(stepsOf('triple', new Set([0])), []);
});

test('nothing is drawn or said unless arrows are asked for', () => {
  for (const arrows of ['none', '']) {
    const disk = diskWith(arrows, [13]);
    assert.deepEqual([arrowsOf(disk), walkInWords(disk), noArrows(disk)], [[], '', '']);
  }
  assert.equal(noArrows(diskWith('next', [])), 'arrows_none');
  assert.equal(noArrows(diskWith('next', [...first(401)])), 'arrows_many 400');
  assert.equal(noArrows(diskWith('next', [13])), '');
});

test('an arrow keeps clear of both dots, and ends in a head', () => {
  const [shaft, head] = arrowsOf(diskWith('triple', [1, 2]));
  if (shaft.kind !== 'path' || head.kind !== 'path') throw new Error(`${shaft.kind} and ${head.kind} are drawn`);
  assert.equal(shaft.d, 'M24 0L47.7 0M44 0L107.7 0'); // from 20 to 60 and from 40 to 120
  assert.equal(head.d, 'M47.7 3.5L55.7 0L47.7 -3.5ZM107.7 3.5L115.7 0L107.7 -3.5Z');
});

test('dots that touch have no arrow between them', () => {
  assert.deepEqual(arrowsOf(diskWith('next', [1, 2], 5)), []);
});

test('arrows that are not drawn are said, with what to do about them', () => {
  assert.equal(noArrows(diskWith('next', [1, 2], 5)), 'arrows_short arrows_apart');
  assert.equal(noArrows(diskWith('triple', [1, 9000], 5)), 'arrows_some arrows_apart'); // 1 and 3 are 10 pixels apart
  assert.equal(noArrows(diskWith('triple', [1, 9000])), '');
  assert.equal(noArrows(diskWith('triple', [0])), 'arrows_still');
  assert.equal(walkInWords(diskWith('triple', [0])), 'arrows_still');
  assert.equal(walkInWords(diskWith('next', [1, 2], 5)), 'arrows_each rule_next 2 arrows_short arrows_apart');
  const zoomed = diskWith('next', [1, 2], 5, {view: '2d'});
  assert.equal(noArrows(zoomed), ''); // its directions are not there yet
  zoomed.directions = /** @type {any} */ ({});
  assert.equal(noArrows(zoomed), 'arrows_short arrows_zoom');
});

test('a step that wraps is dashed and, in the walk of one operation, says what is subtracted', () => {
  const disk = diskWith('triple', [7000]), // 21,000 - 19,683 = 1,317; 3,951; 11,853; 35,559 - 19,683 = 15,876 ...
    drawn = arrowsOf(disk);
  assert.deepEqual(
    drawn.map((one) => (one.kind === 'path' ? (one.dash ?? one.fill ?? 'whole') : one.kind)),
    ['whole', [5, 4], '#000', ...Array(drawn.length - 3).fill('text')],
  );
  const signs = drawn.flatMap((one) => (one.kind === 'text' ? [one.words] : []));
  const wraps = stepsOf('triple', disk.selected).flatMap(({wraps}) => (wraps ? [wraps * COUNT] : []));
  assert.deepEqual(
    signs,
    wraps.map((number) => `subtracted ${number.toLocaleString('en')}`),
  );
  assert.ok(signs.length > 1 && signs.includes('subtracted 39,366'));
  assert.ok(arrowsOf(diskWith('triple', [7000, 1])).every(({kind}) => kind === 'path')); // signs would lie on each other
});

test('labels that say the same at nearly the same place are one', () => {
  const disk = diskWith('triple', [7000]),
    labels = () => arrowsOf(disk).filter(({kind}) => kind === 'text').length,
    apart = labels();
  disk.x = Float32Array.from({length: COUNT}, (_, n) => 20 * (n % 2)); // all arrows lie on one line
  const words = new Set(stepsOf('triple', disk.selected).flatMap(({wraps}) => wraps || []));
  assert.ok(apart > words.size);
  assert.ok(labels() <= words.size);
});

test('in words: where the walk of one operation goes, or how many arrows there are', () => {
  assert.equal(
    walkInWords(diskWith('triple', [2187 * 4])), // 26,244 - 19,683 = 6,561, which is 3^8
    'arrows_from rule_triple 8748 → 6561 (subtracted 19,683) → 0 (subtracted 19,683) ends_triple 2',
  );
  assert.equal(walkInWords(diskWith('next', [4, 9])), 'arrows_each rule_next 2');
});
