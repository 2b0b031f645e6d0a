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

/**
 * A name that every file system accepts.
 * @param {string} name
 */
export const fileName = (name) => name.replace(/[^\w.-]+/g, '_');

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

/**
 * The bytes of a base64 text.
 * @param {string} text
 */
export const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/**
 * A function that looks up a text of the script by its key and fills its {placeholders}.
 * @param {Record<string, string>} words
 * @returns {(key: string, values?: Record<string, unknown>) => string}
 */
export const sayer =
  (words) =>
  (key, values = {}) =>
    words[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
