// The form for the visitor's sequences: the browser reads files as text, Python encodes the text without storing it.

import {download} from '../../ui/canvas/files/saving.js';
import {valuesIn} from '../../ui/links/address.js';
import {write} from '../../ui/links/navigation.js';
import {answer, sayer} from '../../ui/scripts/component.js';

/** @typedef {import('../../ui/canvas/files/saving.js').FileWords} FileWords */
/** @typedef {import('../../ui/links/address.js').Field} Field */

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
 * @property {string[]} mapped the models whose map has points before anything is encoded
 * @property {import('./map/sequence_map.js').Data} map
 */

/** @typedef {{model: string, fasta: string}} Asked */

/**
 * @typedef {object} Form
 * @property {HTMLSelectElement} model
 * @property {HTMLElement} note about the model
 * @property {HTMLTextAreaElement} field
 * @property {HTMLElement} status
 * @property {HTMLElement} problem
 * @property {HTMLElement} results
 * @property {Asked | null} encoded what the table shows
 * @property {boolean} busy
 * @property {(asked: Asked | null) => void} map shows the map of a model with sequences, or none
 * @property {Data} data
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
  const say = sayer(words);
  return size > limit ? say('large', {size: megabytes(size), most: megabytes(limit)}) : '';
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
 * The model as a field of the address.
 * @param {Pick<Data, 'parameter' | 'usual' | 'notes'>} data
 * @returns {Field}
 */
const fieldOf = ({parameter, usual, notes}) => [parameter, usual, Object.keys(notes)];

/**
 * The model that a query names, or the usual one.
 * @param {string} query
 * @param {Pick<Data, 'parameter' | 'usual' | 'notes'>} data
 */
export const modelIn = (query, data) => String(valuesIn(query, [fieldOf(data)])[0]);

/**
 * @param {Form} form
 * @param {string} text
 */
function report({status, problem}, text) {
  status.textContent = text;
  problem.textContent = '';
}

/**
 * @param {Form} form
 * @param {string} text
 */
function refuse({status, problem}, text) {
  status.textContent = '';
  problem.textContent = text;
}

/**
 * @param {Form} form
 * @param {Asked | null} asked
 * @param {string} html
 */
function show(form, asked, html) {
  form.encoded = asked;
  form.results.innerHTML = html;
  form.map(asked);
}

/**
 * Encode the text of the form.
 * @param {Form} form
 * @param {(asked: Asked) => Promise<any>} ask
 */
async function encode(form, ask) {
  const {data, model, field} = form;
  if (form.busy) return;
  const asked = {model: model.value, fasta: field.value};
  const refused = sizeProblem(new Blob([asked.fasta]).size, data.limit, data.words);
  if (refused) {
    refuse(form, refused);
    return;
  }
  form.busy = true;
  report(form, data.words.encoding);
  const encoding = await answer(() => ask(asked), data.files.cut);
  form.busy = false;
  if (encoding.error) {
    refuse(form, encoding.error);
    if (encoding.error !== data.files.cut) show(form, null, ''); // what was encoded before is not of this text
    return;
  }
  report(form, encoding.said);
  show(form, asked, encoding.html);
}

/**
 * Put the text of a file into the form.
 * @param {Form} form
 * @param {File} file
 */
async function read(form, file) {
  const {words, limit} = form.data,
    large = sizeProblem(file.size, limit, words);
  if (large) {
    refuse(form, large);
    return;
  }
  try {
    const {text, problem} = decoded(new Uint8Array(await file.arrayBuffer()), words);
    if (problem) refuse(form, problem);
    else {
      form.field.value = text;
      report(form, file.name);
    }
  } catch {
    refuse(form, words.unread);
  }
}

/**
 * Show the map when the form is first on the screen: its scripts are loaded only then.
 * @param {HTMLElement} element
 * @param {Form} form
 * @param {Record<string, (asked: object) => Promise<any>>} server
 */
function mapWhenSeen(element, form, server) {
  const {data, model} = form,
    section = /** @type {HTMLElement} */ (element.querySelector('.sequence-map'));
  /** @type {Promise<(asked: Asked | null) => void> | undefined} */
  let loading;
  form.map = async (asked) => {
    loading ??= import('./map/sequence_map.js').then(({opened}) => opened(section, data.map, server));
    const named = {model: model.value, fasta: ''};
    (await loading)(asked ?? (data.mapped.includes(named.model) ? named : null));
  };
  new IntersectionObserver(([{isIntersecting}], observer) => {
    if (!isIntersecting) return;
    observer.disconnect();
    if (!form.encoded) form.map(null);
  }).observe(element);
}

/**
 * @param {Form} form
 * @param {string} name
 */
function choose({model, note, data}, name) {
  model.value = name;
  note.textContent = data.notes[name];
}

/** @param {import('../../ui/scripts/component.js').Component<Data, {}>} component */
export function mount({element, server, data}) {
  /** @template {HTMLElement} T @param {string} selector */
  const find = (selector) => /** @type {T} */ (element.querySelector(selector));
  /** @type {Form} */
  const form = {
    model: find('select'),
    note: find('#sequence-note'),
    field: find('textarea'),
    status: find('.sequence-go .said'),
    problem: find('.alert'),
    results: find('.sequence-results'),
    encoded: null,
    busy: false,
    map: () => {},
    data,
  };
  const {model, field} = form,
    input = /** @type {HTMLInputElement} */ (find('input'));
  document.addEventListener('tvae-address', () => {
    const before = model.value;
    choose(form, modelIn(location.search, data));
    if (model.value !== before) form.map(null);
  });
  mapWhenSeen(element, form, server);
  model.addEventListener('change', () => {
    choose(form, model.value);
    write([fieldOf(data)], [model.value]);
    form.map(null);
  });
  input.addEventListener('change', async () => {
    const file = input.files?.[0];
    if (!file) return;
    await read(form, file);
    input.value = ''; // so that choosing the same file again triggers a change
  });
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) encode(form, (asked) => server.encode(asked));
  });
  element.addEventListener('click', (event) => {
    const {do: action, export: kind, table} = /** @type {Element} */ (event.target).closest('button')?.dataset ?? {};
    if (action === 'encode') encode(form, (asked) => server.encode(asked));
    if (action === 'example') {
      field.value = data.examples[model.value];
      report(form, '');
    }
    if (kind && table !== 'map')
      download(() => server.export({...form.encoded, kind}), find('.sequence-results .status'), data.files);
  });
}
