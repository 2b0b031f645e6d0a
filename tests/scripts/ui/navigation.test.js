// The module has one state, that of its page, so each test loads a module of its own.

import assert from 'node:assert/strict';
import {test} from 'node:test';

const SKIP = {__type__: 'update'};
/** @type {import('../../../tvae/page/ui/links/address.js').Field} */
const TAB = ['tab', 'explore', ['explore', 'ball']];
/** @type {import('../../../tvae/page/ui/links/address.js').Field[]} */
const SHOWN = [
  ['checkpoint', 'tree'],
  [['operations', 'selected'], ''],
];
/** @type {import('../../../tvae/page/ui/links/address.js').Field[]} */
const FIELDS = [
  ['encoder', 'B', ['A', 'B']],
  ['measure', 'radius'],
];
const DATA = {tab: TAB, shown: SHOWN, fields: FIELDS};
let pages = 0;

/**
 * A page at an address, with a browser's history, and the module that runs in it.
 * @param {string} search
 */
async function opened(search) {
  const listeners = /** @type {Record<string, ((event: object) => void)[]>} */ ({});
  /** @param {string} kind @param {(event: object) => void} listener */
  const addEventListener = (kind, listener) => {
    listeners[kind] = [...(listeners[kind] ?? []), listener];
  };
  const entries = [search];
  let place = 0;
  const location = {
    pathname: '/',
    get search() {
      return entries[place];
    },
  };
  /** @param {string} address */
  const searchOf = (address) => new URL(address, 'http://here').search;
  const history = {
    /** @param {null} _state @param {string} _title @param {string} address */
    pushState(_state, _title, address) {
      entries.splice(place + 1, entries.length, searchOf(address));
      place += 1;
    },
    /** @param {null} _state @param {string} _title @param {string} address */
    replaceState(_state, _title, address) {
      entries[place] = searchOf(address);
    },
  };
  Object.assign(globalThis, {
    location,
    history,
    window: {addEventListener},
    document: {addEventListener, dispatchEvent: () => true},
  });
  pages += 1;
  const path = '../../../tvae/page/ui/links/navigation.js';
  const module = /** @type {typeof import('../../../tvae/page/ui/links/navigation.js')} */ (
    await import(`${path}?page=${pages}`)
  );
  let navigated = 0;
  module.mount({
    trigger: () => {
      navigated += 1;
    },
    element: /** @type {HTMLElement} */ ({}),
    props: {},
    server: {},
    watch: () => {},
    data: {},
  });
  /** @param {string} kind @param {object} event */
  const dispatch = (kind, event) => {
    for (const listener of listeners[kind] ?? []) listener(event);
  };
  return {
    module,
    entries,
    /** The visitor presses a key. */
    act: (key = 'Enter') => dispatch('keydown', {isTrusted: true, key}),
    /** The browser goes to another entry, which the page does not show yet. @param {number} by entries */
    leaves(by) {
      place += by;
      dispatch('popstate', {});
    },
    /** @param {number} by entries */
    go(by) {
      this.leaves(by);
      return module.follow(DATA, 'tree', '');
    },
    /** The page follows its address, and Python answers. @param {string} checkpoint @param {string} selection */
    follows(checkpoint, selection) {
      const [, asked] = module.follow(DATA, checkpoint, selection);
      module.arrive(DATA, String(asked));
      assert.ok(module.settled(String(asked), 'tree', 'tree'));
    },
    /** What the page shows has changed. @param {...string} values */
    shows: (...values) => module.writePage(SHOWN, values),
    /** The page has opened, and Python has answered. */
    ready() {
      const [followed] = module.arrive(DATA, 'opening');
      assert.ok(module.settled(String(followed), 'tree', 'tree'));
      return this;
    },
    navigated: () => navigated,
  };
}

test('the address waits until the page shows it', async () => {
  const {module} = await opened('?checkpoint=v5_11');
  assert.equal(module.settled('', 'tree', 'tree'), false);
  assert.equal(module.settled('opening', 'v5_11', 'tree'), false);
  assert.equal(module.settled('opening', 'v5_11', 'v5_11'), true);
});

test('an action makes one entry, whatever follows from it', async () => {
  const page = (await opened('')).ready();
  page.act();
  page.module.write(SHOWN, ['v5_11', '']);
  page.module.write(SHOWN, ['v5_11', 'operations=13']);
  assert.deepEqual(page.entries, ['', '?checkpoint=v5_11&operations=13']);
  page.act();
  page.module.write(SHOWN, ['v5_11', 'operations=5']);
  assert.equal(page.entries.length, 3);
});

test('a modifier key alone is no action, and no entry is made without one', async () => {
  const page = (await opened('')).ready();
  page.act('Alt');
  page.module.write(SHOWN, ['v5_11', '']);
  assert.deepEqual(page.entries, ['?checkpoint=v5_11']);
});

test('what was changed before Back is not written into the entry after it', async () => {
  const page = (await opened('')).ready();
  /** @type {import('../../../tvae/page/ui/links/address.js').Field[]} */
  const filter = [['filter', '']];
  for (const value of ['valuation:1', 'valuation:2']) {
    page.act();
    page.module.write(filter, [value]);
  }
  page.act();
  page.leaves(-1);
  page.module.write(filter, ['valuation:3']);
  assert.deepEqual(page.entries, ['', '?filter=valuation%3A1', '?filter=valuation%3A2']);
  page.module.follow(DATA, 'tree', '');
  page.act();
  page.module.write(filter, ['valuation:4']);
  assert.deepEqual(page.entries, ['', '?filter=valuation%3A1', '?filter=valuation%3A4']);
});

test('other parameters replace the entry', async () => {
  const page = (await opened('')).ready();
  page.act();
  page.module.write(FIELDS, ['A', 'norm']);
  assert.deepEqual(page.entries, ['?encoder=A&measure=norm']);
});

test('when the page opens, only fields that the address names are set', async () => {
  const {module} = await opened('?encoder=A&tab=ball');
  assert.deepEqual(module.arrive(DATA, 'opening'), ['opening', {...SKIP, selected: 'ball'}, 'ball', 'A', SKIP]);
  const other = await opened('?checkpoint=v5_11');
  assert.deepEqual(other.module.arrive(DATA, 'opening'), ['opening', SKIP, SKIP, SKIP, SKIP]);
});

test('Python is not asked for what is shown', async () => {
  const page = (await opened('?encoder=A')).ready();
  page.act();
  page.module.write([TAB], ['ball']);
  const [address, asked, tabs, tab, ...fields] = page.go(-1);
  assert.deepEqual([address, asked], ['1 ?encoder=A', SKIP]);
  assert.deepEqual([tabs, tab, ...fields], [{...SKIP, selected: 'explore'}, 'explore', 'A', 'radius']);
  assert.equal(page.navigated(), 1);
  assert.ok(page.module.settled('opening', 'tree', 'tree'));
});

test('fields are set with the answer, and until then nothing is written', async () => {
  const page = (await opened('?encoder=A&operations=13')).ready();
  page.act();
  page.module.write(SHOWN, ['tree', '']);
  const [address, asked, , tab, ...fields] = page.go(-1);
  assert.deepEqual([address, asked, tab, ...fields], [asked, '1 ?encoder=A&operations=13', 'explore', SKIP, SKIP]);
  assert.equal(page.module.settled('opening', 'tree', 'tree'), false);
  const [followed, ...rest] = page.module.arrive(DATA, String(asked));
  assert.deepEqual(rest, [SKIP, SKIP, 'A', 'radius']);
  assert.ok(page.module.settled(String(followed), 'tree', 'tree'));
});

test('an older answer settles nothing, and while one is pending Python is asked again', async () => {
  const page = (await opened('?operations=13')).ready();
  for (const query of ['', 'operations=5']) {
    page.act();
    page.module.write(SHOWN, ['tree', query]);
  }
  assert.deepEqual(page.entries, ['?operations=13', '', '?operations=5']);
  const first = page.go(-2)[1];
  const second = page.go(1)[1]; // which the page still shows
  assert.notEqual(first, second);
  assert.deepEqual(page.module.arrive(DATA, String(first)), [first, SKIP, SKIP, SKIP, SKIP]);
  assert.equal(page.module.settled(String(first), 'tree', 'tree'), false);
  page.module.arrive(DATA, String(second));
  assert.ok(page.module.settled(String(second), 'tree', 'tree'));
});

test('without an answer, the address follows the page again', async () => {
  const page = (await opened('?operations=13')).ready();
  page.act();
  page.module.write(SHOWN, ['tree', '']);
  page.go(-1);
  assert.equal(page.module.settled('opening', 'tree', 'tree'), false);
  page.module.unanswered();
  assert.ok(page.module.settled('opening', 'tree', 'tree'));
});

test('a late answer to what was done before Back does not undo it', async () => {
  const page = (await opened('?operations=13')).ready();
  page.act();
  page.shows('tree', '');
  const [, asked] = page.go(-1);
  page.module.arrive(DATA, String(asked));
  page.shows('tree', 'operations=13');
  assert.equal(page.navigated(), 1);
  page.shows('tree', 'operations=5');
  assert.equal(page.navigated(), 2); // the page follows its address once more
  assert.deepEqual(page.entries, ['?operations=13', '']);
  assert.equal(page.module.settled('opening', 'tree', 'tree'), false);
  page.follows('tree', 'operations=5');
  page.shows('tree', 'operations=13');
  page.shows('tree', 'operations=7'); // another one
  assert.equal(page.navigated(), 3);
  assert.deepEqual(page.entries, ['?operations=13', '']);
});

test('so is one to an entry that the page showed already', async () => {
  const page = (await opened('?encoder=A')).ready();
  page.act();
  page.module.write([TAB], ['ball']);
  page.go(-1);
  page.shows('tree', 'operations=5');
  assert.equal(page.navigated(), 2);
  assert.deepEqual(page.entries, ['?encoder=A', '?encoder=A&tab=ball']);
});

test('after Back, an address that cannot be shown is replaced, and an action makes an entry', async () => {
  const page = (await opened('?checkpoint=gone')).ready();
  page.act();
  page.shows('tree', 'operations=5');
  const [, asked] = page.go(-1);
  page.module.arrive(DATA, String(asked));
  page.shows('tree', ''); // the answer itself
  assert.deepEqual([page.navigated(), page.entries[0]], [1, '']);
  page.act();
  page.shows('tree', 'operations=7');
  assert.deepEqual(page.entries, ['', '?operations=7']);
  page.shows('v5_11', 'operations=7'); // what follows from it
  assert.deepEqual([page.navigated(), page.entries[1]], [1, '?operations=7&checkpoint=v5_11']);
});

test('what the address has no room for is known, and written once there is room', async () => {
  const page = (await opened('')).ready();
  /** @type {import('../../../tvae/page/ui/links/address.js').Field[]} */
  const [centre, walk] = [
    ['centre', ''],
    ['walk', ''],
  ];
  const long = 'a'.repeat(4000);
  page.module.write([centre], [long]);
  page.module.write([walk], [long]);
  assert.deepEqual(page.module.lacking(), ['walk']);
  page.module.write(FIELDS, ['A', 'radius']); // of another tab
  assert.deepEqual(page.module.lacking(), ['walk']);
  page.module.write([centre], ['min']);
  assert.deepEqual(page.module.lacking(), []);
  assert.deepEqual(page.entries, [`?centre=min&encoder=A&walk=${long}`]);
});

test('the fields of a tab change only if the address has other values', async () => {
  const {module} = await opened('?ball_encoder=B&walk=5+to+9');
  /** @type {{fields: import('../../../tvae/page/ui/links/address.js').Field[]}} */
  const data = {
    fields: [
      ['ball_encoder', 'A', ['A', 'B']],
      ['walk', ''],
    ],
  };
  assert.deepEqual(module.followFields(data, '2 ?x', 'before', 'B', '5 to 9'), ['before', SKIP, SKIP]);
  assert.deepEqual(module.followFields(data, '2 ?x', 'before', 'A', '5 to 9'), ['2 ?x', 'B', SKIP]);
});
