import assert from 'node:assert/strict';
import {test} from 'node:test';
import {chooseBy} from '../../../tvae/page/selection/operation_buttons.js';
import {operationOf} from '../../../tvae/page/tabs/explore/sections/atlas/card.js';
import {browse, changed} from '../../../tvae/page/tabs/explore/sections/atlas/classes.js';
import {trits} from '../../../tvae/page/ui/canvas/operations.js';

/** @typedef {import('../../../tvae/page/tabs/explore/sections/atlas/classes.js').Asked} Asked */

const NAMED = {kind: 'isomorphism', show: 'named', property: 'any', page: 0};

test('the operation of a truth table is the one whose trits it has', () => {
  for (const n of [0, 1, 13, 15633, 19682]) assert.equal(operationOf(trits(n).map(String)), n);
});

test('a button selects its operation, shows it, or selects those of a text; others do nothing', () => {
  /** @type {[string, object][]} */
  const sent = [];
  /** @param {object} dataset @param {object} keys */
  const press = (dataset, keys = {}) =>
    chooseBy(
      /** @type {HTMLElement} */ ({dataset}),
      /** @type {MouseEvent} */ ({ctrlKey: false, metaKey: false, shiftKey: false, ...keys}),
      (event, data) => sent.push([event, data]),
    );
  press({index: '13', key: 'dual'});
  press({index: '13'}, {shiftKey: true});
  press({show: '4'});
  press({text: 'class of min'});
  press({page: '1'});
  assert.deepEqual(sent, [
    ['pick', {ids: [13], add: false}],
    ['pick', {ids: [13], add: true}],
    ['show', {id: 4}],
    ['example', {text: 'class of min'}],
  ]);
});

test('another kind begins with the named classes, another property with all sizes, another size with its first page', () => {
  const asked = {kind: 'isomorphism', show: '6', property: 'sheffer', page: 5};
  assert.deepEqual(changed(asked, 'kind', 'isotopy'), {...NAMED, kind: 'isotopy'});
  assert.deepEqual(changed(asked, 'property', 'loop'), {...asked, show: 'all', property: 'loop', page: 0});
  assert.deepEqual(changed(asked, 'show', '3'), {...asked, show: '3', page: 0});
});

/** A section of the page as far as `browse` knows it, and its requests, which the test answers. */
function section() {
  const details = Object.assign(new EventTarget(), {open: false}),
    body = Object.assign(new EventTarget(), {textContent: '', childElementCount: 0});
  /** @type {{asked: Asked, reply: (answer: {html?: string, error?: string}) => void}[]} */
  const requests = [];
  browse(
    /** @type {any} */ ({details, body}),
    (asked) => new Promise((reply) => requests.push({asked, reply})),
    'loading',
    (_, html) => Object.assign(body, {textContent: html, childElementCount: 1}),
  );
  const toggle = (/** @type {boolean} */ open) => {
    details.open = open;
    details.dispatchEvent(new Event('toggle'));
  };
  /** @param {string} kind @param {object} target */
  const send = (kind, target) => body.dispatchEvent(Object.defineProperty(new Event(kind), 'target', {value: target}));
  return {body, requests, toggle, send};
}

const soon = () => new Promise((done) => setTimeout(done));

test('the list is asked for when it is first opened, and not again', async () => {
  const {body, requests, toggle} = section();
  toggle(false);
  assert.equal(requests.length, 0);
  toggle(true);
  assert.deepEqual([requests.length, requests[0].asked, body.textContent], [1, NAMED, 'loading']);
  requests[0].reply({html: 'list'});
  await soon();
  toggle(false);
  toggle(true);
  assert.deepEqual([requests.length, body.textContent], [1, 'list']);
});

test('after an error the list is asked for again when it is opened', async () => {
  const {body, requests, toggle} = section();
  toggle(true);
  requests[0].reply({error: 'cut'});
  await soon();
  assert.equal(body.textContent, 'cut');
  toggle(true);
  assert.equal(requests.length, 2);
});

test('fields and pages ask for the next list, and only the answer to the last request is shown', async () => {
  const {body, requests, toggle, send} = section();
  toggle(true);
  requests[0].reply({html: 'named'});
  await soon();
  send('change', {dataset: {key: 'show'}, value: '6'});
  send('change', {dataset: {key: 'kind'}, value: 'isotopy'});
  requests[2].reply({html: 'isotopy'});
  requests[1].reply({html: 'six'});
  await soon();
  assert.deepEqual(requests[2].asked, {...NAMED, kind: 'isotopy'});
  assert.equal(body.textContent, 'isotopy');
  send('click', {closest: () => ({dataset: {page: '2'}})});
  send('click', {closest: () => ({dataset: {text: 'class of min'}})});
  send('click', {closest: () => null});
  assert.equal(requests.length, 4);
  assert.deepEqual(requests[3].asked, {...NAMED, kind: 'isotopy', page: 2});
});
