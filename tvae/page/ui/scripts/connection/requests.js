// Gradio's requests, which outlast a server that is away.
//
// Once a request for an event has failed, or its messages break off, Gradio 6.31 handles no event any more, not even
// those of the browser alone, and it reloads the page as soon as the server answers. So here these requests do not fail.
// One that the server does not take is sent when it is back, and one whose answer has broken off is sent again, with the
// header AGAIN, see `sent_again`. The server builds a tab that it does not know, see `_Session`.
// Where: gradio/templates/frontend/assets, Client.submit and open_stream in index-*.js; dispatch, and the function that
// it calls for a lost connection, in Blocks-*.js.

import {asChanges, CLOSED, errorOf, failure, messagesOf, renamed} from './messages.js';
import {untilDone} from './server.js';

/** @typedef {import('./server.js').Server} Server */
/** @typedef {{failed: string}} Words the sentence about an event whose refusal has none */

/**
 * A request for an event whose answer is not complete.
 * @typedef {object} Call
 * @property {Request} request
 * @property {boolean} begun whether a part of the answer has arrived
 * @property {boolean} repeated whether it was sent again after that part
 */

/** @typedef {{begun: boolean, repeated: boolean, complete?: boolean, reason?: unknown}} Early what came before its call */

const AGAIN = 'x-tvae-again';
const GATEWAY = [502, 503, 504]; // from a proxy without its server, or from a server that is stopping
const STREAM = {headers: {'content-type': 'text/event-stream'}};
const encoder = new TextEncoder();

/**
 * The fields of a body, which stays unread; none if it is no JSON.
 * @param {Request | Response} body
 */
const json = (body) =>
  body
    .clone()
    .json()
    .catch(() => ({}));

/**
 * The sentence of a refusal; '' for a page, such as one of a proxy.
 * @param {Response} answer
 * @returns {Promise<string>}
 */
async function sentenceOf(answer) {
  const {detail, error} = await json(answer);
  return [detail, error].find((one) => typeof one === 'string') ?? '';
}

/**
 * Whether an answer to a call is not from the server of the page. A proxy may answer with a page of its own, also with
 * status 200.
 * @param {Response} answer
 */
const isForeign = ({status, ok, headers}) =>
  GATEWAY.includes(status) || (ok && !headers.get('content-type')?.startsWith('application/json'));

/**
 * A `fetch` for the page.
 * @param {typeof fetch} send the browser's own
 * @param {Server} server
 * @param {() => boolean} leaving whether the page is being left, which ends its requests
 * @param {(event: number, reason: string) => void} refused what happens when an event, by its number, has failed
 * @param {Words} words
 * @returns {typeof fetch}
 */
export function lastingFetch(send, server, leaving = () => false, refused = () => {}, words = {failed: ''}) {
  /** @type {Map<string, Call>} by the event as Gradio knows it */
  const calls = new Map();
  /** @type {Map<string, string>} the event of a call that was sent again -> the event as Gradio knows it */
  const known = new Map();
  /** @type {Map<string, Early>} by events that `join` does not know yet */
  const early = new Map();
  let joining = 0; // requests whose events are not known

  /**
   * The server's answer to a request, however long that takes.
   * @param {Request} request
   */
  const reached = (request) =>
    untilDone(
      server,
      async () => {
        request.signal.throwIfAborted();
        const answer = await send(request.clone());
        if (isForeign(answer)) throw new Error(`status ${answer.status}`);
        return answer;
      },
      () => request.signal.aborted || leaving(),
    );

  /** @param {Request} request */
  async function join(request) {
    joining += 1;
    try {
      const answer = await reached(request);
      if (!answer.ok) return refusal(request, answer);
      const {event_id} = await json(answer);
      const {begun = false, complete, reason} = early.get(event_id) ?? {};
      if (complete) await tell(request, reason);
      else calls.set(event_id, {request, begun, repeated: false});
      return answer;
    } finally {
      joining -= 1;
      if (!joining) early.clear();
    }
  }

  /**
   * What Gradio gets for a call that the server has refused: JSON, whatever it was.
   * @param {Request} request
   * @param {Response} answer
   */
  async function refusal(request, answer) {
    const sentence = await sentenceOf(answer);
    await tell(request, sentence || words.failed);
    return sentence ? answer : Response.json({error: words.failed}, {status: answer.status});
  }

  /**
   * @param {Request} request that failed
   * @param {unknown} reason a sentence
   */
  async function tell(request, reason) {
    if (typeof reason === 'string') refused((await json(request)).fn_index, reason);
  }

  /**
   * Send the calls again whose answers have broken off.
   * @param {[string, Call][]} broken
   * @param {(text: string) => void} pass
   */
  async function repeat(broken, pass) {
    for (const [event, call] of broken) {
      if (!calls.has(event)) continue;
      const request = call.request.clone();
      request.headers.set(AGAIN, '1');
      const answer = await reached(request);
      if (answer.ok) {
        known.set((await json(answer)).event_id, event);
        calls.set(event, {...call, repeated: call.begun});
      } else {
        const sentence = (await sentenceOf(answer)) || words.failed;
        calls.delete(event);
        await tell(call.request, sentence);
        pass(failure(event, sentence));
      }
    }
  }

  /**
   * What is noted about an event that `join` may know soon: messages come on another connection, and may be faster.
   * @param {string | undefined} event
   * @returns {Early | undefined}
   */
  function earlyState(event) {
    if (!event || !joining) return undefined;
    const state = early.get(event) ?? {begun: false, repeated: false};
    early.set(event, state);
    return state;
  }

  /**
   * Pass on the messages of one stream; whether it has ended as it should.
   * @param {Request} request
   * @param {(text: string) => void} pass
   */
  async function stream(request, pass) {
    const answer = await send(request.clone());
    if (!answer.ok || !answer.body) return false;
    for await (let message of messagesOf(answer.body)) {
      if (message.kind === 'unexpected_error' && !message.event) return false; // it is stopping, or was started again
      const event = known.get(message.event ?? '');
      if (event) message = renamed(message, event);
      const call = calls.get(message.event ?? ''),
        state = call ?? earlyState(message.event);
      if (state && message.kind === 'process_generating') {
        if (state.repeated) message = asChanges(message);
        Object.assign(state, {begun: true, repeated: false});
      }
      if (message.kind === 'process_completed') {
        calls.delete(message.event ?? '');
        if (call) await tell(call.request, errorOf(message));
        else if (state) Object.assign(state, {complete: true, reason: errorOf(message)});
      }
      pass(message.text);
      if (message.kind === 'close_stream') return true;
    }
    return false;
  }

  /**
   * Pass on the messages of the page's events until none is left, from as many streams as that takes.
   * @param {Request} request
   * @param {(text: string) => void} pass
   */
  async function streams(request, pass) {
    for (let failed = 0; ; ) {
      const left = calls.size;
      if (await stream(request, pass).catch(() => false)) return;
      if (request.signal.aborted || leaving()) return;
      failed = calls.size < left ? 1 : failed + 1;
      const broken = [...calls];
      if (broken.length) await server.answers(failed);
      await repeat(broken, pass);
      if (!calls.size) {
        pass(CLOSED);
        return;
      }
    }
  }

  /** @param {Request} request */
  function messages(request) {
    const body = new ReadableStream({
      async start(controller) {
        const pass = (/** @type {string} */ text) => controller.enqueue(encoder.encode(`${text}\n\n`));
        try {
          await streams(request, pass);
          controller.close();
        } catch (error) {
          // Unless Gradio has cancelled the stream, it has to know that no more messages come.
          if (!request.signal.aborted && !leaving()) controller.error(error);
        }
      },
    });
    return new Response(body, STREAM);
  }

  /**
   * Keep the connection by which the server sees that the page is open, and the page that the server is there.
   * @param {Request} request
   */
  async function keepHeartbeat(request) {
    for (let failed = 1; ; failed++) {
      try {
        const answer = await send(request.clone());
        const reader = answer.ok ? answer.body?.getReader() : undefined;
        await reader?.read(); // the first beat comes with the answer, also if the connection breaks off after it
        while (reader && !(await reader.read()).done) failed = 0;
      } catch {
        // The connection is lost, or the server does not answer.
      }
      if (request.signal.aborted || leaving()) return;
      await server.answers(failed);
    }
  }

  /** @param {Request} request */
  async function other(request) {
    try {
      const answer = await send(request);
      if (GATEWAY.includes(answer.status)) server.check();
      return answer;
    } catch (error) {
      if (!request.signal.aborted && !leaving()) server.check();
      throw error;
    }
  }

  return async (input, init) => {
    const request = new Request(input, init);
    const {origin, pathname} = new URL(request.url);
    if (origin !== location.origin) return send(request);
    if (pathname.endsWith('/queue/join')) return join(request);
    if (pathname.endsWith('/queue/data')) return messages(request);
    if (/\/heartbeat\/\w+$/.test(pathname)) {
      keepHeartbeat(request);
      return new Response(new ReadableStream(), STREAM);
    }
    return other(request);
  };
}
