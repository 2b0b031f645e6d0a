// What the values of columns depend on, as the plots show it.

/**
 * @typedef {object} Sources
 * @property {string} loaded the checkpoint of the page as "name digest", '' before it is there
 * @property {string} other the one that Compare adds
 * @property {number | null} operation the selected one that the page shows; null if none is selected
 */

/** @type {Sources} */
export const sources = {loaded: '', other: '', operation: null};

/** @type {Set<() => void>} */
const readers = new Set();

/**
 * A plot shows another checkpoint, or has another selection.
 * @param {Partial<Sources>} change
 */
export function showSource(change) {
  const before = {...sources};
  Object.assign(sources, change);
  if (Object.entries(before).some(([name, value]) => value !== Reflect.get(sources, name)))
    for (const read of readers) read();
}

/**
 * Act whenever a source is replaced.
 * @param {() => void} act
 */
export const whenReplaced = (act) => readers.add(act);
