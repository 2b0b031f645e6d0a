// The streams that the server sends as long as the page is open: the messages of its events, and the heartbeat.

import {noted, repeat} from './calls.js';
import {CLOSED, messagesOf} from './messages.js';

/** @typedef {import('./calls.js').Calls} Calls */
/** @typedef {import('./server.js').Server} Server */
/** @typedef {(text: string) => void} Pass */

/**
 * @typedef {object} Page
 * @property {typeof fetch} send the browser's own
 * @property {Server} server
 * @property {(request: Request) => boolean} isOver whether a request has been cancelled, or the page is being left
 */

const STREAM = {headers: {'content-type': 'text/event-stream'}};
const encoder = new TextEncoder();

/**
 * The messages of the page's events, until none is left, from as many streams as that takes.
 * @param {Page} page
 * @param {Calls} calls
 * @param {Request} request
 */
export function messages(page, calls, request) {
  const body = new ReadableStream({
    async start(controller) {
      const pass = (/** @type {string} */ text) => controller.enqueue(encoder.encode(`${text}\n\n`));
      try {
        await passAll(page, calls, request, pass);
        controller.close();
      } catch (error) {
        // Unless Gradio has cancelled the stream, it has to know that no more messages come.
        if (!page.isOver(request)) controller.error(error);
      }
    },
  });
  return new Response(body, STREAM);
}

/** @param {Page} page @param {Calls} calls @param {Request} request @param {Pass} pass */
async function passAll({send, server, isOver}, calls, request, pass) {
  for (let failed = 0; ; ) {
    const before = calls.open.size;
    if (await passStream(send, calls, request, pass).catch(() => false)) return;
    if (isOver(request)) return;
    const broken = [...calls.open];
    failed = broken.length < before ? 1 : failed + 1;
    if (broken.length) await server.answers(failed);
    await repeat(calls, broken, pass);
    if (!calls.open.size) {
      pass(CLOSED);
      return;
    }
  }
}

/**
 * Pass on the messages of one stream; whether it has ended as it should.
 * @param {typeof fetch} send
 * @param {Calls} calls
 * @param {Request} request
 * @param {Pass} pass
 */
async function passStream(send, calls, request, pass) {
  const answer = await send(request.clone());
  if (!answer.ok || !answer.body) return false;
  for await (const message of messagesOf(answer.body)) {
    if (message.kind === 'unexpected_error' && !message.event) return false; // it is stopping, or was started again
    pass(await noted(calls, message));
    if (message.kind === 'close_stream') return true;
  }
  return false;
}

/**
 * Keep the connection by which the server sees that the page is open, and the page that the server is there.
 * @param {Page} page
 * @param {Request} request
 */
export function heartbeat(page, request) {
  keepHeartbeat(page, request);
  return new Response(new ReadableStream(), STREAM);
}

/** @param {Page} page @param {Request} request */
async function keepHeartbeat({send, server, isOver}, request) {
  for (let failed = 1; ; failed++) {
    try {
      const answer = await send(request.clone());
      const reader = answer.ok ? answer.body?.getReader() : undefined;
      await reader?.read(); // the first beat comes with the answer, also if the connection breaks off after it
      while (reader && !(await reader.read()).done) failed = 0;
    } catch {
      // The connection is lost, or the server does not answer.
    }
    if (isOver(request)) return;
    await server.answers(failed);
  }
}
