// Events of the Compare tab that the browser answers alone.

/**
 * What the tab asks Python for, as a text that changes only when something else is to be shown.
 * @param {{loading: string}} data HTML of the status meanwhile
 * @param {string} first checkpoint
 * @param {string | null} wanted the second checkpoint, where the visitor chose one
 * @param {string} encoder
 * @param {string | null} operations
 * @param {string} asked the present text
 * @param {string} status the present one
 * @returns {[asked: string, status: string]}
 */
export function ask({loading}, first, wanted, encoder, operations, asked, status) {
  const request = JSON.stringify({a: first, wanted: wanted ?? '', encoder, operations: operations ?? ''});
  return request === asked ? [asked, status] : [request, loading];
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
