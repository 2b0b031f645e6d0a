// Events of the Compare tab that the browser answers alone.

/** Gradio's message that leaves a component as it is. */
const SKIP = {__type__: 'update'};

/**
 * What the tab asks Python for, as a text that changes only when something else is to be shown.
 *
 * Swapping loads another first checkpoint, which takes a while: the second is selected in the request for that first
 * one, and not before. If a third checkpoint is loaded instead, the swap is over.
 * @param {{loading: string}} data HTML of the status meanwhile
 * @param {string} first checkpoint
 * @param {string | null} wanted the second checkpoint, where the visitor chose one
 * @param {string} encoder
 * @param {string | null} operations
 * @param {string} asked the present text
 * @param {string} status the present one
 * @param {string} swapped the two checkpoints of a swap that has begun, as JSON, or nothing
 * @returns {[asked: string, status: string, wanted: string | {__type__: string}, swapped: string | {__type__: string}]}
 */
export function ask({loading}, first, wanted, encoder, operations, asked, status, swapped) {
  const swap = swapped ? JSON.parse(swapped) : null;
  const second = swap?.first === first ? swap.second : (wanted ?? '');
  const kept = second === (wanted ?? '') ? SKIP : second;
  const over = swap && swap.second !== first ? '' : SKIP;
  const request = JSON.stringify({a: first, wanted: second, encoder, operations: operations ?? ''});
  return request === asked ? [asked, status, kept, over] : [request, loading, kept, over];
}

/**
 * After an answer: the dropdown names what is shown, unless something else has been asked for meanwhile.
 * @param {unknown} _data
 * @param {string} shown the answer as JSON, or nothing
 * @param {string} asked
 * @param {string} second value of the dropdown
 * @param {string} wanted
 * @returns {[second: string, wanted: string]}
 */
export function settle(_data, shown, asked, second, wanted) {
  const answer = shown ? JSON.parse(shown) : null;
  return answer?.asked === asked ? [answer.b, answer.view.wanted] : [second, wanted];
}
