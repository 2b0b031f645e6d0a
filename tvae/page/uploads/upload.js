// Upload a checkpoint file: its bytes go to the app's own route, not to Gradio's upload.

import {answer} from '../ui/scripts/component.js';

/**
 * `limit` in bytes; `tooLarge` is the sentence for a larger file.
 * @typedef {{path: string, limit: number, tooLarge: string, words: Record<'reading' | 'opened' | 'cut', string>}} Data
 */

/**
 * Where a file is sent to. Errors are requested with status 200, because the browser would log any other.
 * @param {string} base address of the page
 * @param {string} path of the app's route
 * @param {string} name of the file
 */
export function uploadAddress(base, path, name) {
  return new URL(`.${path}?refusal=200&name=${encodeURIComponent(name)}`, base).href;
}

/**
 * Upload a file, unless it is too large.
 * @param {File} file
 * @param {Data} data
 * @param {string} base address of the page
 * @returns {Promise<{checkpoint: string, title: string, error?: undefined} | {error: string}>}
 */
export async function upload(file, {path, limit, tooLarge, words}, base) {
  if (file.size > limit) return {error: tooLarge};
  const address = uploadAddress(base, path, file.name);
  return answer(async () => (await fetch(address, {method: 'POST', body: file})).json(), words.cut);
}

/**
 * Run once when the form shows another answer, as it does about a repository; the error about a file is then out of
 * date.
 * @param {() => void} act
 */
function whenAnswered(act) {
  const answers = document.getElementById('upload-status');
  const observer = new MutationObserver(() => {
    observer.disconnect();
    act();
  });
  if (answers) observer.observe(answers, {childList: true, subtree: true, characterData: true});
}

/** @param {import('../ui/scripts/component.js').Component<Data, {}>} component */
export function mount({element, trigger, data}) {
  const input = /** @type {HTMLInputElement} */ (element.querySelector('#upload-input'));
  const status = /** @type {HTMLElement} */ (element.querySelector('#upload-said'));

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
    const uploaded = await upload(file, data, document.baseURI);
    input.disabled = false;
    input.value = ''; // so that choosing the same file again triggers a change
    if (uploaded.error !== undefined) {
      say(uploaded.error, 'said alert');
      whenAnswered(() => status.classList.contains('alert') && say(''));
      return;
    }
    say(`${data.words.opened} ${uploaded.title}`);
    trigger('uploaded', {checkpoint: uploaded.checkpoint});
  });
}
