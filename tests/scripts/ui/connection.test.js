import assert from 'node:assert/strict';
import {test} from 'node:test';
import {asChanges, failure, messagesOf, renamed} from '../../../tvae/page/ui/scripts/connection/messages.js';
import {lastingFetch} from '../../../tvae/page/ui/scripts/connection/requests.js';
import {ask, LONGEST, pause, untilDone, watchServer} from '../../../tvae/page/ui/scripts/connection/server.js';

/** @typedef {import('../../../tvae/page/ui/scripts/connection/server.js').State} State */

const ORIGIN = 'http://page.test';
const JOIN = `${ORIGIN}/gradio_api/queue/join?`;
const DATA = `${ORIGIN}/gradio_api/queue/data?session_hash=s`;
const HEARTBEAT = `${ORIGIN}/gradio_api/heartbeat/s`;
Object.assign(globalThis, {location: {origin: ORIGIN}});

/** Let what waits for nothing but other promises run. */
const settled = () => new Promise((done) => setTimeout(done, 5));

/**
 * @typedef {object} World
 * @property {number} now in milliseconds
 * @property {State} state what a check finds
 * @property {boolean} seen whether somebody sees the page
 * @property {number[]} checks when the server was asked
 * @property {import('../../../tvae/page/ui/scripts/connection/server.js').Server} server
 * @property {(milliseconds: number) => Promise<void>} pass
 */

/** A clock that the test moves, and a server that answers as the test says. */
function watched() {
  /** @type {{at: number, act: () => void}[]} */
  let timers = [];
  /** @type {World} */
  const world = {
    now: 0,
    state: 'here',
    seen: true,
    checks: [],
    server: watchServer(
      async () => {
        world.checks.push(world.now);
        return world.state;
      },
      (act, milliseconds) => {
        const timer = {at: world.now + milliseconds, act};
        timers.push(timer);
        return () => {
          timers = timers.filter((other) => other !== timer);
        };
      },
      () => 0.5,
      () => world.seen,
    ),
    async pass(milliseconds) {
      const end = world.now + milliseconds;
      for (;;) {
        await settled();
        const [next] = timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at);
        if (!next) break;
        world.now = next.at;
        timers = timers.filter((timer) => timer !== next);
        next.act();
      }
      world.now = end;
    },
  };
  return world;
}

test('pauses double up to a quarter of a minute, and differ between pages', () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 20].map((failed) => pause(failed, () => 0.5)),
    [1000, 2000, 4000, 8000, 15000, 15000, 15000],
  );
  assert.deepEqual([pause(1, () => 0), pause(1, () => 1)], [1500, 2500]);
});

test('a server that is away is asked less and less often', async () => {
  const world = watched();
  world.state = 'away';
  world.server.check();
  await world.pass(100_000);
  assert.deepEqual(world.checks, [0, 1000, 3000, 7000, 15_000, 30_000, 45_000, 60_000, 75_000, 90_000]);
  assert.equal(LONGEST, 15_000);
});

test('many checks at once are one, and a check that is asked for does not wait', async () => {
  const world = watched();
  world.state = 'away';
  for (let times = 0; times < 50; times++) world.server.check();
  await world.pass(16_000);
  assert.deepEqual(world.checks, [0, 1000, 3000, 7000, 15_000]);
  world.state = 'here';
  for (let times = 0; times < 50; times++) world.server.check();
  await world.pass(120_000);
  assert.deepEqual(world.checks.slice(5), [16_000]);
});

test('waiting requests continue when the server is back, and each change is reported once', async () => {
  const world = watched();
  /** @type {State[]} */
  const told = [];
  world.server.watch((state) => told.push(state));
  world.state = 'away';
  let back = 0;
  for (let times = 0; times < 3; times++) world.server.answers(1).then(() => back++);
  await world.pass(500);
  assert.equal(back, 0);
  world.state = 'here';
  await world.pass(600);
  assert.equal(back, 3);
  assert.deepEqual(told, ['away', 'here']);
});

test('a request that fails although the server answers is not repeated at once', async () => {
  const world = watched();
  let went = 0;
  world.server.answers(1).then(() => went++);
  await world.pass(0);
  assert.equal(went, 1);
  world.server.answers(3).then(() => went++);
  await world.pass(1999);
  assert.equal(went, 1);
  await world.pass(1);
  assert.equal(went, 2);
});

test('with a newer version of the page on the server, nothing goes on', async () => {
  const world = watched();
  world.state = 'changed';
  let went = 0;
  world.server.answers(1).then(() => went++);
  await world.pass(60_000);
  assert.deepEqual([went, world.checks, world.server.state()], [0, [0], 'changed']);
});

test('a page that nobody sees asks nothing, and asks at once when it is seen', async () => {
  const world = watched();
  let went = 0;
  world.seen = false;
  world.server.answers(1).then(() => went++);
  world.server.answers(3).then(() => went++);
  await world.pass(60_000);
  assert.deepEqual([went, world.checks], [0, []]);
  world.seen = true;
  world.server.wake();
  await world.pass(0);
  assert.deepEqual([went, world.checks], [2, [60_000]]);
  world.server.wake(); // the server is here, and nothing waits
  await world.pass(60_000);
  assert.equal(world.checks.length, 1);

  world.state = 'away';
  world.server.check();
  await world.pass(1500);
  world.seen = false;
  await world.pass(60_000);
  assert.deepEqual(world.checks.slice(1), [120_000, 121_000]);
  world.seen = true;
  world.state = 'here';
  world.server.wake();
  await world.pass(0);
  assert.deepEqual([world.checks.length, world.server.state()], [4, 'here']);
});

test('an attempt is made again when the server answers, until it is the last', async () => {
  const world = watched();
  let attempts = 0;
  const attempt = async () => {
    attempts++;
    if (attempts < 3) throw new Error(`attempt ${attempts}`);
    return attempts;
  };
  /** @type {unknown[]} */
  const found = [];
  const note = (/** @type {unknown} */ one) => found.push(one);
  untilDone(world.server, attempt, () => false).then(note);
  await world.pass(999);
  assert.deepEqual([attempts, found], [2, []]);
  await world.pass(1);
  assert.deepEqual(found, [3]);
  attempts = 0;
  untilDone(world.server, attempt, (failed) => failed === 2).catch((error) => note(error.message));
  await world.pass(10_000);
  assert.deepEqual([attempts, found], [2, [3, 'attempt 2']]);
});

test('only a script of this version says that the server is here', async () => {
  /** @param {number} status @param {string} type */
  const answer = (status, type) => ask('x', async () => new Response(null, {status, headers: {'content-type': type}}));
  assert.equal(await answer(200, 'text/javascript; charset=utf-8'), 'here');
  assert.equal(await answer(404, 'application/json'), 'changed');
  assert.equal(await answer(404, 'text/html'), 'away');
  assert.equal(await answer(200, 'text/html'), 'away'); // a proxy's page
  assert.equal(await answer(503, 'application/json'), 'away');
  assert.equal(await ask('x', () => Promise.reject(new TypeError('Failed to fetch'))), 'away');
});

test('messages are cut where they end, wherever the network cuts them', async () => {
  const bytes = new TextEncoder().encode(
    'data: {"msg":"estimation","event_id":"a1"}\n\ndata: {"msg":"x","event_id":null,"é":1}\n\nda',
  );
  const body = new ReadableStream({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const found = [];
  for await (const {kind, event, text} of messagesOf(body)) found.push([kind, event, text.length]);
  assert.deepEqual(found, [
    ['estimation', 'a1', 42],
    ['x', undefined, 39],
  ]);
});

test('a message can be renamed, and the first part of an answer made a change', () => {
  const message = {
    kind: 'process_generating',
    event: 'b',
    text: 'data: {"msg":"process_generating","event_id":"b","output":{"data":[1,"x"]}}',
  };
  assert.equal(renamed(message, 'a').text, message.text.replace('"b"', '"a"'));
  const {output} = JSON.parse(asChanges(message).text.slice(6));
  assert.deepEqual(output.data, [[['replace', [], 1]], [['replace', [], 'x']]]);
});

/** A page whose server is reached, or not, as the test says; each request is noted. */
function page() {
  const world = watched();
  /** @type {{path: string, again: string | null}[]} */
  const requests = [];
  /** @type {ReadableStreamDefaultController<Uint8Array>[]} the open streams */
  const streams = [];
  let events = 0;
  const refused = {sentence: '', page: '', status: 429};
  /** @type {Promise<unknown> | undefined} until which answers to calls are on their way */
  let slow;
  /** @param {Request} request */
  async function send(request) {
    const path = new URL(request.url).pathname.replace('/gradio_api', '');
    requests.push({path, again: request.headers.get('x-tvae-again')});
    if (world.state !== 'here') throw new TypeError('Failed to fetch');
    const {sentence, page, status} = refused;
    if (sentence) return Response.json({error: sentence}, {status});
    if (page) return new Response(page, {status, headers: {'content-type': 'text/html'}});
    if (path === '/queue/join') {
      const event_id = `e${++events}`;
      await slow;
      return Response.json({event_id});
    }
    if (path === '/queue/data' || path.startsWith('/heartbeat')) {
      return new Response(new ReadableStream({start: (controller) => streams.push(controller)}));
    }
    return Response.json({});
  }
  /** @type {[number, string][]} */
  const failed = [];
  const lasting = lastingFetch(
    /** @type {typeof fetch} */ (send),
    world.server,
    () => false,
    (event, reason) => failed.push([event, reason]),
    {failed: 'It failed.'},
  );
  /** @type {string[]} */
  const received = [];
  return {
    world,
    requests,
    streams,
    received,
    refused,
    failed,
    lasting,
    join: async () => (await (await lasting(JOIN, {method: 'POST', body: '{"data":[],"fn_index":7}'})).json()).event_id,
    /** Hold back the answers to calls; returns what lets them go. */
    delay() {
      let go = () => {};
      slow = new Promise((done) => {
        go = () => done(undefined);
      });
      return go;
    },
    /** Read the messages as Gradio does, until the stream ends. */
    async listen() {
      const reader = (await lasting(DATA)).body?.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const {done, value} = (await reader?.read()) ?? {done: true};
        if (done) break;
        received.push(
          ...(value ?? '')
            .split('\n\n')
            .filter(Boolean)
            .map((text) => text.slice('data: '.length)),
        );
      }
    },
    /** @param {object} message */
    say(message) {
      streams[streams.length - 1].enqueue(new TextEncoder().encode(`data: ${JSON.stringify(message)}\n\n`));
    },
    /** @param {State} state */
    breaks(state) {
      world.state = state;
      for (const stream of streams.splice(0)) stream.error(new TypeError('network error'));
    },
    paths: () => requests.map(({path, again}) => path + (again ?? '')),
  };
}

test('a request that does not reach the server is sent when it is back', async () => {
  const {world, join, paths} = page();
  world.state = 'away';
  let event = '';
  join().then((id) => {
    event = id;
  });
  await world.pass(10_000);
  assert.deepEqual([event, paths().length], ['', 1]);
  world.state = 'here';
  await world.pass(10_000);
  assert.deepEqual([event, paths().length], ['e1', 2]);
});

test('a call whose answer breaks off is sent again, and answered under its first name', async () => {
  const {world, join, listen, say, breaks, paths, received} = page();
  await join();
  listen();
  await settled();
  breaks('away');
  await world.pass(5000);
  world.state = 'here';
  await world.pass(5000);
  assert.deepEqual(paths(), ['/queue/join', '/queue/data', '/queue/join1', '/queue/data']);
  say({msg: 'process_completed', event_id: 'e2', output: {data: [7]}, success: true});
  say({msg: 'close_stream', event_id: null});
  await settled();
  assert.deepEqual(
    received.map((text) => JSON.parse(text)),
    [
      {msg: 'process_completed', event_id: 'e1', output: {data: [7]}, success: true},
      {msg: 'close_stream', event_id: null},
    ],
  );
});

test('an answer that had begun goes on with changes of what the browser has', async () => {
  const {world, join, listen, say, breaks, received} = page();
  await join();
  listen();
  await settled();
  say({msg: 'process_generating', event_id: 'e1', output: {data: ['first']}, success: true});
  await settled();
  breaks('here');
  await world.pass(100);
  say({msg: 'process_generating', event_id: 'e2', output: {data: ['again']}, success: true});
  say({msg: 'process_generating', event_id: 'e2', output: {data: [[['append', [], '!']]]}, success: true});
  await settled();
  assert.deepEqual(
    received.map((text) => JSON.parse(text).output.data),
    [['first'], [[['replace', [], 'again']]], [[['append', [], '!']]]],
  );
});

test('a server that is stopping, or does not know the session, is as good as away', async () => {
  const {world, join, listen, say, paths, received} = page();
  await join();
  listen();
  await settled();
  say({msg: 'unexpected_error', event_id: null, message: 'Server stopped unexpectedly.', success: false});
  await world.pass(100);
  assert.deepEqual(received, []);
  assert.deepEqual(paths().slice(2), ['/queue/join1', '/queue/data']);
});

test('a call that the server then refuses fails with its sentence, and the stream ends', async () => {
  const {world, join, listen, breaks, refused, received} = page();
  await join();
  let ended = false;
  listen().then(() => {
    ended = true;
  });
  await settled();
  breaks('away');
  await settled();
  refused.sentence = 'Too many.';
  world.state = 'here';
  await world.pass(2000);
  assert.deepEqual(received, [failure('e1', 'Too many.').slice(6), '{"msg":"close_stream","event_id":null}']);
  assert.ok(ended);
});

test('an event that is refused or fails is known with its reason, and one that succeeds is not', async () => {
  const {join, listen, say, refused, failed} = page();
  refused.sentence = 'Too many.';
  assert.equal(await join(), undefined);
  assert.deepEqual(failed, [[7, 'Too many.']]);
  refused.sentence = '';
  await join();
  await join();
  listen();
  await settled();
  say({msg: 'process_completed', event_id: 'e1', output: {data: ['"success":false']}, success: true});
  say({msg: 'process_completed', event_id: 'e2', output: {error: 'No room.'}, success: false});
  await settled();
  assert.deepEqual(failed, [
    [7, 'Too many.'],
    [7, 'No room.'],
  ]);
});

test('a refusal that is no JSON has the sentence of the page, and the stream ends', async () => {
  const {world, join, listen, breaks, refused, received, failed} = page();
  await join();
  await join();
  let ended = false;
  listen().then(() => {
    ended = true;
  });
  await settled();
  breaks('away');
  await settled();
  Object.assign(refused, {page: '<h1>Internal Server Error</h1>', status: 500});
  world.state = 'here';
  await world.pass(2000);
  const messages = ['e1', 'e2'].map((event) => failure(event, 'It failed.').slice(6));
  assert.deepEqual(received, [...messages, '{"msg":"close_stream","event_id":null}']);
  assert.deepEqual([ended, failed.length], [true, 2]);
});

test('a call that is refused with a page is answered as JSON', async () => {
  const {lasting, refused, failed} = page();
  Object.assign(refused, {page: '<h1>Too many</h1>', status: 429});
  const answer = await lasting(JOIN, {method: 'POST', body: '{"data":[],"fn_index":7}'});
  assert.deepEqual([answer.status, await answer.json()], [429, {error: 'It failed.'}]);
  assert.deepEqual(failed, [[7, 'It failed.']]);
});

test('a page that a proxy answers with status 200 is not taken for an answer to a call', async () => {
  const {world, join, refused, paths} = page();
  Object.assign(refused, {page: '<h1>Starting</h1>', status: 200});
  let event = '';
  join().then((id) => {
    event = id;
  });
  await world.pass(500);
  assert.equal(event, '');
  refused.page = '';
  await world.pass(10_000);
  assert.deepEqual([event, paths().every((path) => path === '/queue/join')], ['e1', true]);
});

test('messages that come before the answer to their call are those of the call', async () => {
  const {world, join, listen, say, delay, breaks, paths, received, failed} = page();
  await join();
  let ended = false;
  listen().then(() => {
    ended = true;
  });
  await settled();
  const arrive = delay();
  const calls = [join(), join()];
  await settled();
  say({msg: 'process_generating', event_id: 'e2', output: {data: ['first']}, success: true});
  say({msg: 'process_completed', event_id: 'e3', output: {error: 'No room.'}, success: false});
  await settled();
  assert.deepEqual(failed, []);
  arrive();
  assert.deepEqual(await Promise.all(calls), ['e2', 'e3']);
  assert.deepEqual(failed, [[7, 'No room.']]);
  say({msg: 'process_completed', event_id: 'e1', output: {data: []}, success: true});
  await settled();
  breaks('here');
  await world.pass(100);
  // Only e2 is left, and goes on with changes of what the browser has.
  assert.deepEqual(paths().slice(4), ['/queue/join1', '/queue/data']);
  say({msg: 'process_generating', event_id: 'e4', output: {data: ['again']}, success: true});
  say({msg: 'process_completed', event_id: 'e4', output: {data: []}, success: true});
  await settled();
  assert.deepEqual(
    received.slice(-2).map((text) => JSON.parse(text)),
    [
      {msg: 'process_generating', event_id: 'e2', output: {data: [[['replace', [], 'again']]]}, success: true},
      {msg: 'process_completed', event_id: 'e2', output: {data: []}, success: true},
    ],
  );
  breaks('here');
  await world.pass(100);
  assert.deepEqual([ended, received.at(-1)], [true, '{"msg":"close_stream","event_id":null}']);
});

test('the heartbeat is opened again, and not again and again', async () => {
  const {world, lasting, breaks, requests, streams} = page();
  lasting(HEARTBEAT);
  await settled();
  breaks('away');
  await world.pass(60_000);
  assert.equal(requests.length, 1);
  world.state = 'here';
  await world.pass(31_000);
  assert.equal(requests.length, 2);
  for (let times = 0; times < 20; times++) {
    for (const stream of streams.splice(0)) stream.close();
    await settled();
  }
  assert.ok(requests.length <= 3);
});

test('other requests fail at once, and show that the server is away', async () => {
  const {world, lasting} = page();
  world.state = 'away';
  await lasting(`${ORIGIN}/gradio_api/component_server/`, {method: 'POST', body: '{}'}).then(
    () => assert.ok(false),
    (error) => assert.equal(error.message, 'Failed to fetch'),
  );
  await settled();
  assert.equal(world.server.state(), 'away');
});
