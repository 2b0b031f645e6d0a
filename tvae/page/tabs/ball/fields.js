// Events of the Ball tab's fields that the browser handles without Python.

/** @typedef {import('../../ui/scripts/events.js').Update} Update */

const BETWEEN = ' to '; // as in handlers.py

/**
 * Join both ends of a geodesic to one text.
 * @param {unknown} _data
 * @param {string} start
 * @param {string} end
 * @returns {string} empty unless both are given
 */
export function joinEnds(_data, start, end) {
  return start.trim() && end.trim() ? start.trim() + BETWEEN + end.trim() : '';
}

/**
 * The inverse of `joinEnds`.
 * @param {unknown} _data
 * @param {string} ends
 * @returns {string[]}
 */
export function splitEnds(_data, ends) {
  return ends ? ends.split(BETWEEN, 2) : ['', ''];
}

/**
 * Mark in the disk the point to decode.
 * @param {unknown} _data
 * @param {...string} texts radius and angle
 * @returns {Update} with no mark unless both are numbers
 */
export function markPoint(_data, ...texts) {
  const point = texts.map((text) => (text.trim() === '' ? Number.NaN : Number(text)));
  return {__type__: 'update', props: {mark: point.every(Number.isFinite) ? point : null}};
}

/**
 * The text of the centre's field, and no alert below it, after the centre was moved in the disk. The disk says where
 * the centre is: of two moves in a row, the last one counts, while two answers of Python could overtake each other.
 * @returns {string[]} the first is empty for the origin
 */
export function centreOfDisk() {
  const disk = /** @type {{tvae: {centre: number}} | null} */ (document.querySelector('#ball-disk .disk'));
  const centre = disk?.tvae.centre ?? -1;
  return [centre < 0 ? '' : String(centre), ''];
}
