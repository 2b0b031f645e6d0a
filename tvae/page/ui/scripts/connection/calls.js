// The calls of events whose answers are not complete. One whose answer breaks off is sent again, with the header AGAIN,
// see `sent_again`.

import {asChanges, errorOf, failure, renamed} from './messages.js';

/** @typedef {import('./messages.js').Message} Message */

/**
 * What is known about the answer to a call.
 * @typedef {object} Progress
 * @property {boolean} begun whether a part of it has arrived
 * @property {boolean} repeated whether the call was sent again after that part
 * @property {boolean} complete
 * @property {unknown} reason why the event failed, undefined if it did not
 */

/** @typedef {Progress & {request: Request}} Call */

/**
 * How calls are sent, and what follows from a refusal.
 * @typedef {object} Way
 * @property {(request: Request) => Promise<Response>} reached the server's answer to a request, however long that takes
 * @property {(event: number, reason: string) => void} refused what happens when an event, by its number, has failed
 * @property {{failed: string}} words the sentence about an event whose refusal has none
 */

/**
 * The calls of a page.
 * @typedef {object} Calls
 * @property {Way} way
 * @property {Map<string, Call>} open by the event as Gradio knows it
 * @property {Map<string, string>} known the event of a call that was sent again -> the event as Gradio knows it
 * @property {number} joining calls that are being sent, whose events are not known yet
 * @property {Map<string, Progress>} early of events that are not known yet: messages come on another connection than
 *   the answer that names the event, and may be faster
 */

const AGAIN = 'x-tvae-again';

/** @param {Way} way @returns {Calls} */
export const callsOf = (way) => ({way, open: new Map(), known: new Map(), joining: 0, early: new Map()});

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

/** @param {Calls} calls @param {Request} request of an event @param {unknown} reason a sentence if it has failed */
async function tell({way}, request, reason) {
  if (typeof reason === 'string') way.refused((await json(request)).fn_index, reason);
}

/** @returns {Progress} */
const nothing = () => ({begun: false, repeated: false, complete: false, reason: undefined});

/**
 * Send a call. The answer is for Gradio.
 * @param {Calls} calls
 * @param {Request} request
 */
export async function join(calls, request) {
  const {way, open, early} = calls;
  calls.joining += 1;
  try {
    const answer = await way.reached(request);
    if (!answer.ok) return await refusal(calls, request, answer);
    const {event_id} = await json(answer);
    const call = {...nothing(), ...early.get(event_id), request};
    if (call.complete) await tell(calls, request, call.reason);
    else open.set(event_id, call);
    return answer;
  } finally {
    calls.joining -= 1;
    if (!calls.joining) early.clear();
  }
}

/**
 * What Gradio gets for a call that the server has refused: JSON, whatever it was.
 * @param {Calls} calls
 * @param {Request} request
 * @param {Response} answer
 */
async function refusal(calls, request, answer) {
  const sentence = await sentenceOf(answer),
    {failed} = calls.way.words;
  await tell(calls, request, sentence || failed);
  return sentence ? answer : Response.json({error: failed}, {status: answer.status});
}

/**
 * Send the calls again whose answers have broken off.
 * @param {Calls} calls
 * @param {[string, Call][]} broken
 * @param {(text: string) => void} pass
 */
export async function repeat(calls, broken, pass) {
  const {way, open, known} = calls;
  for (const [event, call] of broken) {
    if (!open.has(event)) continue;
    const request = call.request.clone();
    request.headers.set(AGAIN, '1');
    const answer = await way.reached(request);
    if (answer.ok) {
      known.set((await json(answer)).event_id, event);
      open.set(event, {...call, repeated: call.begun});
    } else {
      const sentence = (await sentenceOf(answer)) || way.words.failed;
      open.delete(event);
      await tell(calls, call.request, sentence);
      pass(failure(event, sentence));
    }
  }
}

/**
 * Note what a message says about its call; returns the text that Gradio should get.
 * @param {Calls} calls
 * @param {Message} message
 */
export async function noted(calls, message) {
  const {open, known, early, joining} = calls;
  const again = known.get(message.event ?? ''),
    ours = again ? renamed(message, again) : message,
    {event = '', kind} = ours,
    call = open.get(event),
    progress = call ?? early.get(event) ?? nothing();
  if (event && !call && joining) early.set(event, progress);
  const isAgain = kind === 'process_generating' && progress.repeated;
  if (kind === 'process_generating') Object.assign(progress, {begun: true, repeated: false});
  if (kind === 'process_completed') {
    Object.assign(progress, {complete: true, reason: errorOf(ours)});
    open.delete(event);
    if (call) await tell(calls, call.request, call.reason);
  }
  return (isAgain ? asChanges(ours) : ours).text;
}
