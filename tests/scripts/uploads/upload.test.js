import assert from 'node:assert/strict';
import {afterEach, test} from 'node:test';
import {upload, uploadAddress} from '../../../tvae/page/uploads/upload.js';

const DATA = {
  path: '/checkpoint',
  limit: 4,
  tooLarge: 'too large',
  words: {reading: 'reading', opened: 'opened', cut: 'cut'},
};
const PAGE = 'https://space.example/';
const fetched = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = fetched;
});

test('the address has the name of the file, whatever letters it has', () => {
  assert.equal(
    uploadAddress('https://proxy.example/space/', '/checkpoint', 'a & b.pt'),
    'https://proxy.example/space/checkpoint?refusal=200&name=a%20%26%20b.pt',
  );
});

test('a file of the largest size is sent as it is, a larger one is not', async () => {
  /** @type {unknown[]} */
  const sent = [];
  globalThis.fetch = async (address, options) => {
    sent.push([address, options?.method, options?.body]);
    return Response.json({checkpoint: 'visit-1', title: 'a.pt'});
  };
  const file = new File(['1234'], 'a.pt');
  assert.deepEqual(await upload(file, DATA, PAGE), {checkpoint: 'visit-1', title: 'a.pt'});
  assert.deepEqual(sent, [[`${PAGE}checkpoint?refusal=200&name=a.pt`, 'POST', file]]);
  assert.deepEqual(await upload(new File(['12345'], 'a.pt'), DATA, PAGE), {error: 'too large'});
  assert.equal(sent.length, 1);
});

test('a refusal is passed on', async () => {
  globalThis.fetch = async () => Response.json({error: 'no checkpoint'});
  assert.deepEqual(await upload(new File(['1'], 'a.pt'), DATA, PAGE), {error: 'no checkpoint'});
});

test('a cut connection and an answer without JSON are one sentence', async () => {
  globalThis.fetch = () => Promise.reject(new TypeError('cut'));
  assert.deepEqual(await upload(new File(['1'], 'a.pt'), DATA, PAGE), {error: 'cut'});
  globalThis.fetch = async () => new Response('<html>');
  assert.deepEqual(await upload(new File(['1'], 'a.pt'), DATA, PAGE), {error: 'cut'});
});
