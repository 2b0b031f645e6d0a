// Events of the Compare tab that the browser handles without Python.

import {SKIP} from '../../ui/scripts/events.js';

/**
 * The request to Python, as a text that changes only when the tab should show something else.
 *
 * Swapping first loads another checkpoint, which takes a while; only the request for that checkpoint also selects the
 * second. If a third checkpoint is loaded instead, the swap is over.
 * @param {{loading: string}} data HTML of the status until the answer arrives
 * @param {string} first checkpoint
 * @param {string | null} wanted the second checkpoint, if the visitor chose one
 * @param {string} encoder
 * @param {string | null} operations
 * @param {string} asked the current text
 * @param {string} swapped the two checkpoints of a swap in progress, as JSON, or empty
 * @returns {(string | {__type__: string})[]} the request, the status, the second checkpoint, the swap
 */
export function ask({loading}, first, wanted, encoder, operations, asked, swapped) {
  const swap = swapped ? JSON.parse(swapped) : null;
  const second = swap?.first === first ? swap.second : (wanted ?? '');
  const kept = second === (wanted ?? '') ? SKIP : second;
  const over = swap && swap.second !== first ? '' : SKIP;
  const request = JSON.stringify({a: first, wanted: second, encoder, operations: operations ?? ''});
  // An answer may arrive while this runs, so what stays is left alone.
  return request === asked ? [SKIP, SKIP, kept, over] : [request, loading, kept, over];
}

/**
 * After an answer, set the dropdown to what is shown, unless something else has been requested meanwhile. Only then is
 * the second checkpoint in the address, so that one that cannot be loaded makes no entry in the browser's history.
 * @param {unknown} _data
 * @param {string} shown the answer as JSON, or empty
 * @param {string} asked
 * @returns {(string | {__type__: string})[]} value of the dropdown, the second checkpoint, the one in the address
 */
export function settle(_data, shown, asked) {
  const answer = shown ? JSON.parse(shown) : null;
  return answer?.asked === asked ? [answer.b, answer.view.wanted, answer.view.wanted] : [SKIP, SKIP, SKIP];
}

/**
 * After an answer, the two checkpoints and the encoder that it shows, as a text that changes only with them, and the
 * HTML of the tables that Python then computes for them.
 * @param {{loading: string}} data
 * @param {string} shown the answer as JSON, or empty
 * @param {string} before the current text
 * @returns {[compared: string | {__type__: string}, measures: string | {__type__: string}, aligned: string | {__type__: string}]}
 */
export function compared({loading}, shown, before) {
  const answer = shown ? JSON.parse(shown) : null;
  if (!answer) return [SKIP, SKIP, SKIP];
  const now = JSON.stringify({a: answer.view.a, b: answer.b, encoder: answer.view.encoder});
  return now === before ? [SKIP, SKIP, SKIP] : [now, loading, loading];
}
