// Gradio's requests, which outlast a server that is away.
//
// Once a request for an event has failed, or its messages break off, Gradio 6.31 handles no event any more, not even
// those of the browser alone, and it reloads the page as soon as the server answers. So here these requests do not fail.
// One that the server does not take is sent when it is back, and one whose answer has broken off is sent again, see
// `calls.js`. The server builds a tab that it does not know, see `_Session`.
// Where: gradio/templates/frontend/assets, Client.submit and open_stream in index-*.js; dispatch, and the function that
// it calls for a lost connection, in Blocks-*.js.

import {callsOf, join} from './calls.js';
import {untilDone} from './server.js';
import {heartbeat, messages} from './streams.js';

/** @typedef {import('./server.js').Server} Server */
/** @typedef {import('./calls.js').Way} Way */
/** @typedef {import('./streams.js').Page} Page */

const GATEWAY = [502, 503, 504]; // from a proxy without its server, or from a server that is stopping

/**
 * Whether an answer to a call is not from the server of the page. A proxy may answer with a page of its own, also with
 * status 200.
 * @param {Response} answer
 */
const isForeign = ({status, ok, headers}) =>
  GATEWAY.includes(status) || (ok && !headers.get('content-type')?.startsWith('application/json'));

/**
 * The server's answer to a call, however long that takes.
 * @param {Page} page
 * @param {Request} request
 */
const reached = ({send, server, isOver}, request) =>
  untilDone(
    server,
    async () => {
      request.signal.throwIfAborted();
      const answer = await send(request.clone());
      if (isForeign(answer)) throw new Error(`status ${answer.status}`);
      return answer;
    },
    () => isOver(request),
  );

/**
 * The answer to any other request, which shows whether the server is away.
 * @param {Page} page
 * @param {Request} request
 */
async function other({send, server, isOver}, request) {
  try {
    const answer = await send(request);
    if (GATEWAY.includes(answer.status)) server.check();
    return answer;
  } catch (error) {
    if (!isOver(request)) server.check();
    throw error;
  }
}

/**
 * A `fetch` for the page.
 * @param {typeof fetch} send the browser's own
 * @param {Server} server
 * @param {() => boolean} leaving whether the page is being left, which ends its requests
 * @param {Way['refused']} refused
 * @param {Way['words']} words
 * @returns {typeof fetch}
 */
export function lastingFetch(send, server, leaving = () => false, refused = () => {}, words = {failed: ''}) {
  /** @type {Page} */
  const page = {send, server, isOver: ({signal}) => signal.aborted || leaving()},
    calls = callsOf({reached: (request) => reached(page, request), refused, words});
  return async (input, init) => {
    const request = new Request(input, init);
    const {origin, pathname} = new URL(request.url);
    if (origin !== location.origin) return send(request);
    if (pathname.endsWith('/queue/join')) return join(calls, request);
    if (pathname.endsWith('/queue/data')) return messages(page, calls, request);
    if (/\/heartbeat\/\w+$/.test(pathname)) return heartbeat(page, request);
    return other(page, request);
  };
}
