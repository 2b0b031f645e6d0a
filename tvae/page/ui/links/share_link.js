// Keep the page's view in its address, and copy the address.

import {OWN, sayer} from '../scripts/component.js';
import {lacking, settled, write, writePage} from './navigation.js';

/** @typedef {import('./address.js').Field} Field */
/** @typedef {import('./address.js').Value} Value */
/** @typedef {Record<'copied' | 'by_hand' | 'copy' | 'title' | 'own' | 'left_out' | 'other', string>} Words */
/**
 * `page` is the title of the page alone, `tabs` are the labels of the tabs, and `parts` has the words for the parameters
 * that may be long.
 * @typedef {{words: Words, page: string, tabs: Record<string, string>, parts: Record<string, string>}} Titles
 */

const LABEL_STAYS = 3000; // ms

/**
 * Keep the fields of a tab in the address.
 * @param {{fields: Field[]}} data
 * @param {...Value} values
 */
export function syncUrl({fields}, ...values) {
  write(fields, values);
  if (titles) sayWhatIsLeftOut(titles);
}

/** What the page says about its address, once it is known. @type {Titles | undefined} */
let titles;

/**
 * Say next to the button what the link leaves out because it would be too long.
 * @param {Titles} titles
 */
function sayWhatIsLeftOut({words, parts}) {
  const say = sayer(words);
  const names = new Set(lacking().map((name) => parts[name] ?? words.other));
  let element = document.getElementById('left-out');
  if (!names.size && !element) return;
  if (!element) {
    element = Object.assign(document.createElement('p'), {id: 'left-out'});
    element.setAttribute('role', 'status');
    document.getElementById('link')?.after(element);
  }
  element.textContent = names.size ? say('left_out', {parts: [...names].join(', ')}) : '';
}

/**
 * Keep the page's own fields in the address, and the checkpoint and the open tab in its title.
 * @param {{fields: Field[]} & Titles} data
 * @param {string} followed the last request of `navigation.js` whose answer is on the page
 * @param {string} checkpoint value of the dropdown
 * @param {string} loaded
 * @param {...Value} values
 */
export function syncPage({fields, ...words}, followed, checkpoint, loaded, ...values) {
  titles = words;
  if (!settled(followed, checkpoint, loaded)) return;
  writePage(fields, values);
  sayWhatIsLeftOut(titles);
  const tab = String(values[fields.findIndex(([name]) => name === 'tab')]);
  document.title = titleOf(titles, tab, loaded);
}

/**
 * The title of the page, which names the entry in the browser's history.
 * @param {Titles} titles
 * @param {string} tab
 * @param {string} checkpoint
 */
export function titleOf({words, page, tabs}, tab, checkpoint) {
  const say = sayer(words);
  return say('title', {tab: tabs[tab], checkpoint: checkpoint.startsWith(OWN) ? words.own : checkpoint, page});
}

/**
 * Update the address and copy it to the clipboard; returns the button's new label.
 * @param {{fields: Field[]} & Titles} data
 * @param {string} followed
 * @param {string} checkpoint
 * @param {string} loaded
 * @param {...Value} values
 */
export async function copyUrl(data, followed, checkpoint, loaded, ...values) {
  syncPage(data, followed, checkpoint, loaded, ...values);
  try {
    await navigator.clipboard.writeText(location.href);
    return data.words.copied;
  } catch {
    return data.words.by_hand;
  }
}

/**
 * The button's original label, after a while.
 * @param {{words: Words}} data
 * @returns {Promise<string>}
 */
export const labelAgain = ({words}) => new Promise((done) => setTimeout(() => done(words.copy), LABEL_STAYS));
