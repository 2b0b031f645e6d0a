// Events of the section on linear regions that the browser handles without Python.

/**
 * Discard an answer that arrives after the visitor has chosen another checkpoint.
 * @param {unknown} _data
 * @param {string} loaded name of the checkpoint
 * @param {string} html the answer
 * @returns {string}
 */
export function dropStale(_data, loaded, html) {
  return html.includes(`data-checkpoint="${loaded}"`) ? html : '';
}
