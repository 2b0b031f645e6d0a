// What Gradio passes to the script of a component, and how a script calls Python functions and saves files.

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

/** @typedef {{preparing: string, saved: string, cut: string}} FileWords */

/**
 * Let the browser save a file.
 * @param {Blob} blob
 * @param {string} name
 */
export function save(blob, name) {
  const link = Object.assign(document.createElement('a'), {href: URL.createObjectURL(blob), download: name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export const OWN = 'mine/'; // begins the name of a visitor's checkpoint; `downloads.py` has it too
const MAX_PART = 60; // characters of each part of a file's name
const DIGEST = 8; // digits of a sha256 in a file's name

/**
 * What a file is about: the checkpoints, each with its name and sha256, what of them, and of which encoder.
 * @typedef {{files: [name: string, sha256: string][], what: string, encoder?: string}} About
 */

/**
 * The name of every file that the page makes, as `rich_tree-radius-a-1a2b3c4d.png`. `file_name` in `downloads.py` has
 * the rule; both are tested with the same cases.
 * @param {About} about
 * @param {string} kind
 */
export function fileName({files, what, encoder = ''}, kind) {
  const names = files.map(([name]) => checkpointPart(name)).join('-vs-') || 'tvae',
    digests = files.map(([, sha256]) => part(sha256.slice(0, DIGEST))),
    parts = [names, part(what).toLowerCase(), part(encoder).toLowerCase(), ...digests];
  return `${parts.filter(Boolean).join('-')}.${kind}`;
}

/** @param {string} name */
const checkpointPart = (name) =>
  name.startsWith(OWN) ? 'mine' : part(name.replace(/\.(pt|safetensors)$/, '')) || 'checkpoint';

/** @param {string} text */
const part = (text) =>
  text
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .slice(0, MAX_PART)
    .replace(/^[._-]+|[._-]+$/g, '');

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

/**
 * Request a file from Python, {name, base64} or {error}, save it, and show the progress in `status`.
 * @param {() => Promise<any>} ask
 * @param {Element} status
 * @param {FileWords} words
 */
export async function download(ask, status, words) {
  status.textContent = words.preparing;
  const file = await answer(ask, words.cut);
  status.textContent = file.error ?? words.saved.replace('{name}', file.name);
  if (!file.error) save(new Blob([bytes(file.base64)]), file.name);
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
