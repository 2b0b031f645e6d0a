// Events of the checkpoint dropdown that the browser handles without Python.

import {SKIP} from '../../ui/scripts/events.js';

/**
 * Reset the dropdown to the loaded checkpoint if the chosen one could not be loaded, unless the visitor has chosen
 * another one meanwhile.
 * @param {unknown} _data
 * @param {string} chosen value of the dropdown
 * @param {string} asked the last request that Python answered, as JSON
 * @param {string} loaded
 * @returns {string | {}}
 */
export function settle(_data, chosen, asked, loaded) {
  const refused = asked && chosen !== loaded && chosen === JSON.parse(asked).checkpoint;
  return refused ? loaded : SKIP;
}

/**
 * The measure, or the only one that a checkpoint without a ball has.
 * @param {{only: string}} data
 * @param {string} chosen value of the dropdown, which names the next checkpoint before that is loaded
 * @param {string} withoutBall the loaded checkpoint if it has no ball, or ''
 * @param {string} measure
 * @returns {string | {}}
 */
export function possibleMeasure({only}, chosen, withoutBall, measure) {
  return withoutBall && chosen === withoutBall && measure !== only ? only : SKIP;
}
