// The form for the visitor's sequences: the browser reads files as text, Python encodes the text without storing it.

import {answer, download} from '../../ui/scripts/component.js';

/** @typedef {import('../../ui/scripts/component.js').FileWords} FileWords */

/**
 * `notes` and `examples` have a description and a FASTA text for each model's name. `limit` is the size of the longest
 * text in bytes, `parameter` the one of the page's address that names the model, and `usual` the model without it.
 * @typedef {object} Data
 * @property {number} limit
 * @property {Record<string, string>} notes
 * @property {Record<string, string>} examples
 * @property {string} parameter
 * @property {string} usual
 * @property {Record<'encoding' | 'large' | 'unread' | 'utf16' | 'other', string>} words
 * @property {FileWords} files
 */

/**
 * The sentence for a text that is too large.
 * @param {number} size in bytes
 * @param {number} limit in bytes
 * @param {{large: string}} words
 * @returns {string} empty where the size is within the limit
 */
export function sizeProblem(size, limit, words) {
  /** @param {number} bytes */
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
  if (size <= limit) return '';
  return words.large.replace('{size}', megabytes(size)).replace('{most}', megabytes(limit));
}

/**
 * The text of a file in UTF-8, or the sentence for one in another encoding; `File.text()` would replace its letters.
 * @param {Uint8Array} bytes
 * @param {{utf16: string, other: string}} words
 * @returns {{text: string, problem: string}}
 */
export function decoded(bytes, words) {
  const mark = (bytes[0] << 8) | bytes[1];
  if (mark === 0xfffe || mark === 0xfeff) return {text: '', problem: words.utf16};
  try {
    return {text: new TextDecoder('utf-8', {fatal: true}).decode(bytes), problem: ''};
  } catch {
    return {text: '', problem: words.other};
  }
}

/**
 * An address of the page that names a model.
 * @param {string} address
 * @param {string} model
 * @param {{parameter: string, usual: string}} data
 */
export function addressWithModel(address, model, {parameter, usual}) {
  const url = new URL(address);
  if (model === usual) url.searchParams.delete(parameter);
  else url.searchParams.set(parameter, model);
  return url.href;
}

/** @param {import('../../ui/scripts/component.js').Component<Data, {}>} component */
export function mount({element, server, data}) {
  const {words} = data;
  /** @param {string} selector */
  const find = (selector) => /** @type {HTMLElement} */ (element.querySelector(selector));
  const model = /** @type {HTMLSelectElement} */ (find('select'));
  const field = /** @type {HTMLTextAreaElement} */ (find('textarea'));
  const input = /** @type {HTMLInputElement} */ (find('input'));
  const results = find('.sequence-results');
  const status = find('.sequence-go .said');
  const problem = find('.alert');
  /** @type {{model: string, fasta: string} | null} */
  let encoded = null; // what the table shows
  let busy = false;

  /** @param {string} text */
  function report(text) {
    status.textContent = text;
    problem.textContent = '';
  }
  /** @param {string} text */
  function refuse(text) {
    status.textContent = '';
    problem.textContent = text;
  }
  /**
   * @param {typeof encoded} asked
   * @param {string} html
   */
  function show(asked, html) {
    encoded = asked;
    results.innerHTML = html;
  }
  async function encode() {
    if (busy) return;
    const asked = {model: model.value, fasta: field.value};
    const refused = sizeProblem(new Blob([asked.fasta]).size, data.limit, words);
    if (refused) {
      refuse(refused);
      return;
    }
    busy = true;
    report(words.encoding);
    const encoding = await answer(() => server.encode(asked), data.files.cut);
    busy = false;
    if (encoding.error) {
      refuse(encoding.error);
      if (encoding.error !== data.files.cut) show(null, ''); // what was encoded before is not of this text
      return;
    }
    report(encoding.said);
    show(asked, encoding.html);
  }
  /** @param {File} file */
  async function read(file) {
    const refused = sizeProblem(file.size, data.limit, words);
    if (refused) {
      refuse(refused);
      return;
    }
    try {
      const {text, problem: refused} = decoded(new Uint8Array(await file.arrayBuffer()), words);
      if (refused) refuse(refused);
      else {
        field.value = text;
        report(file.name);
      }
    } catch {
      refuse(words.unread);
    }
  }

  /** The visitor went to another address. */
  function followAddress() {
    const named = new URLSearchParams(location.search).get(data.parameter) ?? data.usual;
    if (!(named in data.notes)) return;
    model.value = named;
    find('#sequence-note').textContent = data.notes[named];
  }

  document.addEventListener('tvae-address', followAddress);
  model.addEventListener('change', () => {
    find('#sequence-note').textContent = data.notes[model.value];
    history.replaceState(history.state, '', addressWithModel(location.href, model.value, data));
  });
  input.addEventListener('change', async () => {
    const file = input.files?.[0];
    if (!file) return;
    await read(file);
    input.value = ''; // so that choosing the same file again triggers a change
  });
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) encode();
  });
  element.addEventListener('click', (event) => {
    const {do: action, export: kind} = /** @type {Element} */ (event.target).closest('button')?.dataset ?? {};
    if (action === 'encode') encode();
    if (action === 'example') {
      field.value = data.examples[model.value];
      report('');
    }
    if (kind) download(() => server.export({...encoded, kind}), find('.exports .status'), data.files);
  });
}
