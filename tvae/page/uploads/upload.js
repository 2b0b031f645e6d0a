// A checkpoint file that the visitor uploads: sent to the app's own route as it is, never through Gradio's upload.

import {answer} from '../ui/scripts/component.js';

/**
 * `limit` in bytes; `tooLarge` is the sentence for a larger file.
 * @typedef {{path: string, limit: number, tooLarge: string, words: Record<'reading' | 'opened' | 'cut', string>}} Data
 */

/**
 * Where a file is sent to. A refusal is to have status 200, so that the browser logs no error.
 * @param {string} root address of the app
 * @param {string} path
 * @param {string} name of the file
 */
export function uploadAddress(root, path, name) {
  return `${root.replace(/[/]$/, '')}${path}?refusal=200&name=${encodeURIComponent(name)}`;
}

/**
 * Upload a file, unless it is too large.
 * @param {File} file
 * @param {Data} data
 * @param {string} root address of the app
 * @returns {Promise<{checkpoint: string, title: string, error?: undefined} | {error: string}>}
 */
export async function upload(file, {path, limit, tooLarge, words}, root) {
  if (file.size > limit) return {error: tooLarge};
  const address = uploadAddress(root, path, file.name);
  return answer(async () => (await fetch(address, {method: 'POST', body: file})).json(), words.cut);
}

/** @param {import('../ui/scripts/component.js').Component<Data, {}>} component */
export function mount({element, trigger, data}) {
  const input = /** @type {HTMLInputElement} */ (element.querySelector('#own-input'));
  const status = /** @type {HTMLElement} */ (element.querySelector('#own-said'));
  /** @type {{gradio_config?: {root?: string}}} */
  const {gradio_config: app} = /** @type {any} */ (window);

  /**
   * @param {string} text
   * @param {string} classes
   */
  function say(text, classes = 'said') {
    status.textContent = text;
    status.className = classes;
  }
  input.addEventListener('change', async () => {
    const file = input.files?.[0];
    if (!file) return;
    say(data.words.reading);
    input.disabled = true;
    const uploaded = await upload(file, data, app?.root ?? location.origin);
    input.disabled = false;
    input.value = ''; // so that the same file, corrected, can be chosen again
    if (uploaded.error !== undefined) {
      say(uploaded.error, 'said alert');
      return;
    }
    say(`${data.words.opened} ${uploaded.title}`);
    trigger('brought', {checkpoint: uploaded.checkpoint});
  });
}
