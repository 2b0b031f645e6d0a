import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {afterEach, test} from 'node:test';
import {listen} from '../../../tvae/page/ui/charts/save_figure.js';
import {answer, bytes, download, fileName} from '../../../tvae/page/ui/scripts/component.js';

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

test('the button of a figure saves what the figure says of itself as JSON', async () => {
  const files = browser();
  const page = new EventTarget();
  listen(/** @type {Document} */ (page));
  const button = {
    dataset: {save: 'json', name: 'Radius by level', figure: '{"data":[]}'},
    closest: (/** @type {string} */ selector) => (selector === 'figure' ? {} : button),
  };
  const event = new Event('click');
  Object.defineProperty(event, 'target', {value: button});
  page.dispatchEvent(event);
  assert.equal(files[0][0], 'tvae-radius_by_level.json');
  assert.equal(await files[0][1].text(), '{"data":[]}');
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
