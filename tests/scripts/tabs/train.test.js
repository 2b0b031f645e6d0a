import assert from 'node:assert/strict';
import {afterEach, test} from 'node:test';
import {mount} from '../../../tvae/page/tabs/train/scripts/follow.js';
import {
  askBeforeLeaving,
  opened,
  recall,
  rememberAddress,
  rememberForm,
  rememberSession,
  rememberUpload,
} from '../../../tvae/page/tabs/train/session_memory.js';

const TRAIN = {tab: 'train'};
const NOTHING = {visit: null, run: false, form: null, upload: null};

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
  recall(); // forgets what the test before has stored
  return stored;
}
afterEach(() => {
  for (const name of ['sessionStorage', 'document', 'location']) {
    Reflect.deleteProperty(globalThis, name);
  }
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

test('the tab is built from what is remembered, when it is opened first', () => {
  storage();
  assert.equal(opened(TRAIN, 'explore', ''), '');
  assert.deepEqual(JSON.parse(opened(TRAIN, 'train', '')), NOTHING);
  rememberSession({}, 'key');
  rememberForm({names: ['recipe', 'seed', 'steps']}, 'tree', null, 2.5);
  const form = {recipe: 'tree', seed: null, steps: 2.5};
  assert.deepEqual(JSON.parse(opened(TRAIN, 'train', '')), {visit: 'key', run: false, form, upload: null});
  assert.equal(opened(TRAIN, 'train', 'built'), 'built');
  assert.equal(opened(TRAIN, 'ball', 'built'), 'built');
});

test('the tab can say that the visit is over, once', () => {
  storage();
  rememberSession({}, 'key');
  recall();
  rememberSession({}, 'over');
  assert.equal(JSON.parse(opened(TRAIN, 'train', '')).visit, 'key');
  recall();
  assert.deepEqual(JSON.parse(opened(TRAIN, 'train', '')), NOTHING);
});

test('the upload form is recalled by the page, and by the tab once', () => {
  storage();
  rememberSession({}, 'key');
  rememberUpload({}, 'ada/tree', true);
  for (let times = 0; times < 2; times++) {
    assert.deepEqual(JSON.parse(recall()), {visit: 'key', upload: ['ada/tree', true]});
  }
  assert.deepEqual(JSON.parse(opened(TRAIN, 'train', '')).upload, ['ada/tree', true]);
  assert.deepEqual(JSON.parse(opened(TRAIN, 'train', '')).upload, null);
});

/**
 * Stands for the browser's address, and keeps those to which the page goes.
 * @param {string} search
 */
function address(search) {
  /** @type {string[]} */
  const went = [];
  const replace = (/** @type {string} */ there) => went.push(there);
  Object.assign(globalThis, {location: {search, pathname: '/app/', replace}});
  return went;
}

test('after signing in the page goes back to the whole address, once', () => {
  const stored = storage();
  address('?checkpoint=tree&tab=train');
  rememberAddress();
  const went = address('?checkpoint=tree');
  recall();
  recall();
  assert.deepEqual(went, ['/app/?checkpoint=tree&tab=train']);

  rememberAddress();
  recall(); // the visitor came back without signing in
  stored.set('address', 'javascript:alert(1)');
  recall();
  assert.equal(went.length, 1);
});

test('what another script has stored there is ignored', () => {
  const stored = storage();
  stored.set('train', '{').set('upload', 'x');
  assert.deepEqual(JSON.parse(opened(TRAIN, 'train', '')), NOTHING);
});

test('a browser that stores nothing recalls nothing', () => {
  Object.defineProperty(globalThis, 'sessionStorage', {
    configurable: true,
    get() {
      throw new Error('storage is switched off');
    },
  });
  rememberSession({}, 'key');
  rememberForm({names: []});
  rememberUpload({}, 'ada/tree', true);
  assert.equal(recall(), '');
  assert.deepEqual(JSON.parse(opened(TRAIN, 'train', '')), NOTHING);
});

/** Whether the browser asks before the page is left, as often as that is said. */
function leaving() {
  const page = new EventTarget();
  /** @type {boolean[]} */
  const told = [];
  page.addEventListener('tvae-leaving', (event) => told.push(/** @type {CustomEvent} */ (event).detail));
  Object.assign(globalThis, {document: page});
  return told;
}

test('the page knows whether leaving it would end a run', () => {
  storage();
  const told = leaving();
  for (const going of ['yes', '', 'yes', 'lost']) askBeforeLeaving({}, going);
  assert.deepEqual(told, [true, false, true, false]);
});

test('after a reload, the tab can say that a run has ended with the server, and not after another end', () => {
  for (const [end, run] of /** @type {const} */ ([
    ['lost', true],
    ['', false],
  ])) {
    storage();
    leaving();
    rememberSession({}, 'key');
    askBeforeLeaving({}, 'yes');
    recall();
    assert.equal(JSON.parse(opened(TRAIN, 'train', '')).run, true);
    rememberSession({}, 'over');
    askBeforeLeaving({}, end);
    assert.deepEqual(JSON.parse(opened(TRAIN, 'train', '')), {...NOTHING, visit: 'key', run});
    recall();
    assert.deepEqual(JSON.parse(opened(TRAIN, 'train', '')), NOTHING);
  }
});

test('a run that goes on is followed when the tab is built', () => {
  /** @type {string[]} */
  const events = [];
  /** @param {boolean} running */
  const build = (running) =>
    mount(/** @type {any} */ ({props: {running}, trigger: (/** @type {string} */ name) => events.push(name)}));
  build(false);
  assert.deepEqual(events, []);
  build(true);
  assert.deepEqual(events, ['follow']);
});
