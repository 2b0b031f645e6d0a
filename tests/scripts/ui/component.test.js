import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {afterEach, test} from 'node:test';
import {download, fileName} from '../../../tvae/page/ui/canvas/files/saving.js';
import {listen, menuOf} from '../../../tvae/page/ui/charts/save_figure.js';
import {answer, bytes, sharedWord, shareWords} from '../../../tvae/page/ui/scripts/component.js';

const WORDS = {preparing: 'preparing', saved: 'saved {name}', cut: 'cut'};

/** Stands for the browser: notes the files that it is handed, as [name, blob]. */
function browser() {
  /** @type {[string, Blob][]} */
  const files = [];
  /** @type {Map<string, Blob>} */
  const blobs = new Map();
  Object.assign(URL, {
    /** @param {Blob} blob */
    createObjectURL(blob) {
      blobs.set(`blob:${blobs.size}`, blob);
      return `blob:${blobs.size - 1}`;
    },
  });
  const createElement = () => ({
    href: '',
    download: '',
    click() {
      files.push([this.download, /** @type {Blob} */ (blobs.get(this.href))]);
    },
  });
  Object.assign(globalThis, {document: {createElement}});
  return files;
}
const {createObjectURL} = URL;
afterEach(() => {
  Reflect.deleteProperty(globalThis, 'document');
  Object.assign(URL, {createObjectURL});
});

test('a file is named after checkpoint, contents, encoder and digest, whatever these are called', () => {
  const cases = JSON.parse(readFileSync(new URL('./file_names.json', import.meta.url), 'utf8'));
  assert.ok(cases.length > 9);
  for (const {kind, name, ...about} of cases) assert.equal(fileName(about, kind), name);
});

test('base64 is decoded to bytes', () => {
  assert.deepEqual([...bytes('AAH/')], [0, 1, 255]);
});

test('an answer is passed on; none, or a failed call, is an error', async () => {
  assert.deepEqual(await answer(async () => ({a: 1}), 'cut'), {a: 1});
  assert.deepEqual(await answer(async () => null, 'cut'), {error: 'cut'});
  assert.deepEqual(await answer(() => Promise.reject(new Error('offline')), 'cut'), {error: 'cut'});
});

test('a download says that it is prepared, and then that it is saved', async () => {
  const files = browser();
  const status = /** @type {Element} */ ({textContent: ''});
  const file = {name: 'a.csv', base64: btoa('index\n')};
  const done = download(async () => file, status, WORDS);
  assert.equal(status.textContent, 'preparing');
  await done;
  assert.equal(status.textContent, 'saved a.csv');
  assert.equal(files.length, 1);
  assert.equal(files[0][0], 'a.csv');
  assert.equal(await files[0][1].text(), 'index\n');
});

test('a download that is refused saves nothing and says why', async () => {
  const files = browser();
  const status = /** @type {Element} */ ({textContent: ''});
  await download(async () => ({error: 'too many rows'}), status, WORDS);
  assert.equal(status.textContent, 'too many rows');
  assert.deepEqual(files, []);
});

/**
 * The button of a figure.
 * @param {Record<string, string>} dataset
 * @param {Record<string, string> | null} of the checkpoint that the figure is of
 */
const figureButton = (dataset, of) =>
  /** @type {HTMLElement} */ (
    /** @type {unknown} */ ({
      dataset,
      closest: (/** @type {string} */ selector) => (selector === '.figures-of' && of ? {dataset: of} : null),
    })
  );
const FIGURE = /** @type {HTMLElement} */ (/** @type {unknown} */ ({}));

test('a figure saves what it says of itself as JSON, and the file is named after its checkpoint', async () => {
  const files = browser();
  shareWords({saved: 'saved {name}'});
  const dataset = {name: 'Radius by level', figure: '{"data":[]}'},
    of = {of: 'a/best.pt', digest: '0123456789ab', titled: 'a'};
  const own = {...of, of: 'mine/key-of-a-visitor'};
  assert.equal(await menuOf(figureButton(dataset, null), FIGURE).save('json'), 'saved tvae-radius_by_level.json');
  for (const one of [of, own]) await menuOf(figureButton(dataset, one), FIGURE).save('json');
  assert.deepEqual(
    files.map(([name]) => name),
    ['tvae-radius_by_level.json', 'a_best-radius_by_level-01234567.json', 'mine-radius_by_level-01234567.json'],
  );
  assert.equal(await files[1][1].text(), '{"data":[]}');
});

test('a figure without data has no JSON in its menu', () => {
  const {kinds} = menuOf(figureButton({name: 'a'}, null), FIGURE);
  assert.ok(kinds.includes('svg') && !kinds.includes('json'));
  assert.ok(menuOf(figureButton({name: 'a', figure: '{}'}, null), FIGURE).kinds.includes('json'));
});

test('words are shared with scripts that have no component', () => {
  shareWords({file: '{digest} of {what}'});
  assert.equal(sharedWord('file', {digest: 1, what: 'a'}), '1 of a');
});

test('clicks elsewhere save nothing', () => {
  const files = browser();
  const page = new EventTarget();
  listen(/** @type {Document} */ (page));
  const event = new Event('click');
  Object.defineProperty(event, 'target', {value: {closest: () => null}});
  page.dispatchEvent(event);
  assert.deepEqual(files, []);
});
