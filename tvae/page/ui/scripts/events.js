// Events that the browser handles without calling Python. Each function takes the event's data, which is fixed when
// the page is built, and then the values of the event's inputs.

/**
 * Gradio's message that changes properties of a component.
 * @typedef {{__type__: 'update', props: Record<string, unknown>}} Update
 */

/** Leaves a component unchanged, also if it changed while the event was under way. */
export const SKIP = {__type__: 'update'};

/**
 * Set properties of one component, or the same properties of several.
 * @param {{names: string[], outputs?: number}} data names of the properties, in the order of the values
 * @param {...unknown} values
 * @returns {Update | Update[]}
 */
export function setProperties({names, outputs = 1}, ...values) {
  /** @type {Update} */
  const update = {__type__: 'update', props: Object.fromEntries(names.map((name, k) => [name, values[k]]))};
  return outputs === 1 ? update : Array(outputs).fill(update);
}

/**
 * A value that does not depend on the inputs.
 * @template T
 * @param {{value: T}} data
 * @returns {T}
 */
export function constant({value}) {
  return value;
}

/**
 * The input itself.
 * @template T
 * @param {unknown} _data
 * @param {T} value
 * @returns {T}
 */
export function copied(_data, value) {
  return value;
}

/**
 * All inputs as one text, which changes only when one of them does.
 * @param {unknown} _data
 * @param {...unknown} values
 * @returns {string}
 */
export function asJson(_data, ...values) {
  return JSON.stringify(values);
}

/**
 * Whether a tab that is built when it is first opened has been opened: 'yes', unchanged while another tab is open
 * and after that: `late_tab.js` changes it, too.
 * @param {{tab: string}} data
 * @param {string} open id of the open tab
 * @param {string} opened the current text, empty before
 */
export function opened({tab}, open, opened) {
  return open === tab && !opened ? 'yes' : SKIP;
}

/**
 * The values of other components as JSON, updated only while the tab is open.
 * @param {{tab: string}} data
 * @param {string} open id of the open tab
 * @param {...unknown} values
 */
export function mirrored({tab}, open, ...values) {
  return open === tab ? JSON.stringify(values) : SKIP;
}

/**
 * The checkpoint that a tab shows: the loaded one while the tab is open, else the one that it last showed.
 * @param {{tab: string}} data
 * @param {string} loaded
 * @param {string} open id of the open tab
 */
export function followed({tab}, loaded, open) {
  return open === tab ? loaded : SKIP;
}

/**
 * Discard an answer about a checkpoint that arrives after the visitor has chosen another one.
 * @param {unknown} _data
 * @param {string} loaded name of the checkpoint
 * @param {string} html the answer
 * @returns {string}
 */
export function dropStale(_data, loaded, html) {
  return html.includes(`data-checkpoint="${loaded}"`) ? html : '';
}

/**
 * Scroll to a part of the page, just as far as needed; empty again, so that the same link works twice.
 * @param {unknown} _data
 * @param {string} id of the part; empty for none
 * @returns {string}
 */
export function showSection(_data, id) {
  document.getElementById(id)?.scrollIntoView({block: 'nearest'});
  return '';
}

/** Scroll the strip of tabs to the open one. */
export function showOpenTab() {
  document.querySelector('#tabs [role=tab][aria-selected=true]')?.scrollIntoView({block: 'nearest', inline: 'nearest'});
}
