import assert from 'node:assert/strict';
import {test} from 'node:test';
import {LEVELS, recolour} from '../../../tvae/page/ui/canvas/colouring.js';
import {asSvg, KINDS, titled, titleOf, wrapped} from '../../../tvae/page/ui/canvas/files/picture.js';

/** @typedef {import('../../../tvae/page/ui/canvas/files/picture.js').Picture} Picture */

const measure = (/** @type {string} */ words) => 10 * words.length;

/** @param {Partial<Picture>} changes @returns {Picture} */
const pictureWith = (changes) => ({
  elements: [{kind: 'path', d: 'M1 1h9', stroke: '#123456'}],
  width: 220,
  height: 100,
  style: {ink: '#111', back: '#eee', accent: '#f00', font: 'serif'},
  measure,
  say: (key) => key,
  title: ['tree', 'sha256 00ff, radius'],
  description: 'a <plot>',
  about: {files: [['tree', '00ff']], what: 'radius', encoder: 'A'},
  operations: {at: () => null, values: [], label: 'radius', names: new Map()},
  ...changes,
});

test('a picture has its title above, and the same elements below it, none of which lies on the title', () => {
  const {elements, height, top} = titled(pictureWith({}));
  assert.equal(height, 100 + top);
  const [back, first, second, moved] = elements;
  assert.equal(back.kind === 'path' && back.d, `M0 0h220v${top}h-220Z`);
  assert.ok(first.kind === 'text' && first.words === 'tree' && first.weight === 600);
  assert.ok(second.kind === 'text' && second.words === 'sha256 00ff, radius' && second.at[1] < top);
  const inside = {
    kind: 'inside',
    frame: {left: 0, top: 0, width: 220, height: 100},
    elements: pictureWith({}).elements,
  };
  assert.deepEqual(moved, {kind: 'moved', by: [0, top], elements: [inside]});
});

test('a long title is wrapped, and cut before it takes the picture', () => {
  const width = (/** @type {string} */ words) => words.length;
  assert.deepEqual(wrapped('one two three', 20, width), ['one two three']);
  assert.deepEqual(wrapped('one two three', 8, width), ['one two', 'three']);
  assert.deepEqual(wrapped('one two three four five', 8, width), ['one two', 'three \u2026']);
  assert.deepEqual(wrapped('one two three four five', 8, width, 3), ['one two', 'three', 'four \u2026']);
  assert.deepEqual(wrapped('a'.repeat(99), 8, width), [`${'a'.repeat(7)}\u2026`]);
  const {elements, top} = titled(pictureWith({title: ['n '.repeat(500), 'w '.repeat(500), 'x '.repeat(500)]}));
  assert.equal(elements.length, 8); // the background, two lines for each part, the picture
  assert.ok(top < 140);
  for (const one of elements) if (one.kind === 'text') assert.ok(measure(one.words) <= 200);
});

test('a title names checkpoint, file and contents, and the filter', () => {
  const say = (/** @type {string} */ key, /** @type {Record<string, unknown>} */ values = {}) =>
    `${key} ${values.digest} ${values.what}`;
  assert.deepEqual(titleOf('tree', '00ff', 'radius', say), ['tree', 'file 00ff radius']);
  assert.deepEqual(titleOf('a run', '', 'radius', say), ['a run', 'radius']);
  const legend = {title: '', categories: [], swatches: [], words: [], filter: '8 shown', sentences: ''};
  recolour({...LEVELS, legend});
  const filtered = titleOf('tree', '00ff', 'radius', say);
  recolour(LEVELS);
  assert.deepEqual(filtered, ['tree', 'file 00ff radius', '8 shown']);
});

test('an SVG is a file of its own: title, description, size', () => {
  const svg = asSvg(pictureWith({title: ['<tree>', 'radius']}), 1);
  assert.ok(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 220 152"'));
  assert.ok(svg.includes('<title>&#60;tree&#62;, radius</title>') && svg.includes('<desc>a &#60;plot&#62;</desc>'));
  assert.ok(svg.includes('>&#60;tree&#62;</text>') && svg.includes('<g transform="translate(0 52)"><clipPath'));
  assert.ok(svg.includes('<path d="M1 1h9"'));
});

test('the menu has pictures at two and three times the screen, an SVG, and a page', () => {
  assert.deepEqual(KINDS, ['png2', 'png3', 'svg', 'html']);
});
