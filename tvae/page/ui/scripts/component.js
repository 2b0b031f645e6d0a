// What Gradio passes to the script of a component, and how a script reads its words and the answers of Python.

/**
 * The argument of a module's `mount`, which is called once, when the component is on the page.
 * @template Data what Python passes when the page is built: words, limits
 * @template Props properties that Python or an event may change
 * @typedef {object} Component
 * @property {HTMLElement} element
 * @property {(event: string, data: object) => void} trigger calls the Python handlers of an event
 * @property {Props} props the current properties
 * @property {Record<string, (asked: object) => Promise<any>>} server the component's Python functions
 * @property {(names: string | string[], act: () => void) => void} watch calls `act` after one of these properties
 *   changed; a change before `mount` is in `props` and calls nothing
 * @property {Data} data
 */

export const OWN = 'mine/'; // begins the name of a visitor's checkpoint; `downloads.py` has it too

/** @type {Record<string, string>} */
let shared = {};

/**
 * Give scripts that belong to no component the words of one that is always on the page.
 * @param {Record<string, string>} words
 */
export function shareWords(words) {
  shared = words;
}

/**
 * One of these words, as `sayer` has it.
 * @param {string} key
 * @param {Record<string, unknown>} [values]
 */
export const sharedWord = (key, values) => sayer(shared)(key, values);

/**
 * The answer of a Python function; {error: cut} if there is none.
 * @param {() => Promise<any>} ask
 * @param {string} cut
 */
export async function answer(ask, cut) {
  try {
    return (await ask()) ?? {error: cut};
  } catch {
    return {error: cut};
  }
}

const {fromBase64} = /** @type {{fromBase64?: (text: string) => Uint8Array<ArrayBuffer>}} */ (Uint8Array);

/**
 * The bytes of a base64 text. Browsers have a function for it since 2025, which is many times faster.
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export const bytes = (text) =>
  fromBase64?.call(Uint8Array, text) ?? Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/**
 * A function that looks up a text of the script by its key and fills its {placeholders}.
 * @param {Record<string, string>} words
 * @returns {(key: string, values?: Record<string, unknown>) => string}
 */
export const sayer =
  (words) =>
  (key, values = {}) =>
    words[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));

/** Runs a function when the browser has nothing else to do; Safari has no requestIdleCallback. */
export const whenIdle = globalThis.requestIdleCallback ?? setTimeout;
