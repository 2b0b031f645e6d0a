// What Gradio hands to the script of a component, and how a script asks Python for answers and files.

/**
 * What `mount` of a module is called with, once, when its component is on the page.
 * @template Data what Python hands over for the life of the component: words, limits
 * @template Props properties that Python or an event may change
 * @typedef {object} Component
 * @property {HTMLElement} element
 * @property {(event: string, data: object) => void} trigger calls the Python handlers of an event
 * @property {Props} props as they are now
 * @property {Record<string, (asked: object) => Promise<any>>} server the component's Python functions
 * @property {(names: string | string[], act: () => void) => void} watch calls `act` after one of these properties
 *   changed; a change before `mount` is in `props` and calls nothing
 * @property {Data} data
 */

/** @typedef {{preparing: string, saved: string, cut: string}} FileWords */

/**
 * Hand a file to the browser.
 * @param {Blob} blob
 * @param {string} name
 */
export function save(blob, name) {
  const link = Object.assign(document.createElement('a'), {href: URL.createObjectURL(blob), download: name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/**
 * A name that every file system takes.
 * @param {string} name
 */
export const fileName = (name) => name.replace(/[^\w.-]+/g, '_');

/**
 * What Python answers; {error: cut} where it does not.
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
 * Ask Python for a file, {name, base64} or {error}, save it, and say in `status` how that goes.
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
 * The words of a script: a text by its key, its {places} filled.
 * @param {Record<string, string>} words
 * @returns {(key: string, values?: Record<string, unknown>) => string}
 */
export const sayer =
  (words) =>
  (key, values = {}) =>
    words[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
