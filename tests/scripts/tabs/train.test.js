import assert from 'node:assert/strict';
import {afterEach, test} from 'node:test';
import {recall, rememberForm, rememberSession} from '../../../tvae/page/tabs/train/session_memory.js';

/** Stands for the browser's sessionStorage. */
function storage() {
  const stored = new Map();
  Object.assign(globalThis, {
    sessionStorage: {
      /** @param {string} key */
      getItem: (key) => stored.get(key) ?? null,
      /**
       * @param {string} key
       * @param {string} value
       */
      setItem: (key, value) => stored.set(key, value),
      /** @param {string} key */
      removeItem: (key) => stored.delete(key),
    },
  });
  return stored;
}
afterEach(() => {
  Reflect.deleteProperty(globalThis, 'sessionStorage');
});

test('a session is recalled after a reload, until it is over', () => {
  storage();
  rememberSession({}, 'key');
  assert.deepEqual(JSON.parse(recall()), {visit: 'key', upload: null});
  rememberSession({}, '');
  assert.deepEqual(JSON.parse(recall()), {visit: 'key', upload: null});
  rememberSession({}, 'over');
  assert.equal(recall(), '');
});

test('the form is recalled once', () => {
  storage();
  rememberSession({}, 'key');
  rememberForm({}, 'ada/tree', true);
  assert.deepEqual(JSON.parse(recall()), {visit: 'key', upload: ['ada/tree', true]});
  assert.deepEqual(JSON.parse(recall()), {visit: 'key', upload: null});
});

test('a form without a session is forgotten', () => {
  const stored = storage();
  rememberForm({}, 'ada/tree', false);
  assert.equal(recall(), '');
  assert.equal(stored.size, 0);
});

test('a browser that stores nothing recalls nothing', () => {
  Object.defineProperty(globalThis, 'sessionStorage', {
    configurable: true,
    get() {
      throw new Error('storage is switched off');
    },
  });
  rememberSession({}, 'key');
  rememberForm({}, 'ada/tree', true);
  assert.equal(recall(), '');
});
