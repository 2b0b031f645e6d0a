// The menu that saves a plot: a button that opens a list of file formats. It is imported when it is first opened.

import {tag} from '../pointer.js';

/**
 * @typedef {object} Menu
 * @property {(key: string, values?: Record<string, unknown>) => string} say
 * @property {string[]} kinds of files
 * @property {(kind: string) => Promise<string>} save saves the plot, and says what it saved or why not
 */

/**
 * What is going on in an open list. A list that replaces it, since its plot has been replaced, goes on with it.
 * @typedef {object} Going
 * @property {number} focused place of the item that has the focus, -1 if the button has it
 * @property {(words: string) => void} say shows words as the status
 * @property {string} said
 */

let opened = 0; // numbers the lists

/**
 * Open the list below its button, or close it. An event `tvae-close` of the button closes it, too, and `tvae-closed`
 * follows however it is closed.
 * @param {HTMLElement} button
 * @param {Menu} menu
 * @param {Going} going
 */
export function toggle(button, {say, kinds, save}, going = {focused: 0, say: () => {}, said: ''}) {
  if (button.getAttribute('aria-expanded') === 'true') {
    button.dispatchEvent(new Event('tvae-close'));
    return;
  }
  const list = tag('div', '', 'export-list'),
    status = tag('span', going.said, 'export-status');
  going.say = (words) => {
    going.said = words;
    status.textContent = words;
  };
  // The browser may be unable to make a picture of this size.
  const saved = (/** @type {string} */ kind) => save(kind).catch(() => say('too_large'));
  Object.assign(list, {id: `export-list-${++opened}`, role: 'group', ariaLabel: say('formats')});
  status.setAttribute('role', 'status');
  list.append(...kinds.map((kind) => item(say(`as_${kind}`), going, () => saved(kind))), status);
  list.addEventListener('focusin', () => {
    going.focused = items(list).indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
  });
  button.after(list);
  button.setAttribute('aria-expanded', 'true');
  button.setAttribute('aria-controls', list.id);
  keepInside(list);
  closeWhenLeft(button, list, going);
  (items(list)[going.focused] ?? button).focus();
}

/**
 * @param {HTMLElement} button
 * @param {HTMLElement} list
 * @param {Going} going
 */
function closeWhenLeft(button, list, going) {
  /** @param {Event} event */
  const outside = ({target}) => {
    const at = /** @type {Node} */ (target);
    if (button.contains(at)) going.focused = -1;
    else if (!list.contains(at)) close();
  };
  function close() {
    list.remove();
    button.setAttribute('aria-expanded', 'false');
    button.removeAttribute('aria-controls');
    button.removeEventListener('tvae-close', close);
    document.removeEventListener('pointerdown', outside, true);
    document.removeEventListener('focusin', outside);
    button.dispatchEvent(new Event('tvae-closed'));
  }
  button.addEventListener('tvae-close', close);
  document.addEventListener('pointerdown', outside, true);
  document.addEventListener('focusin', outside);
  list.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      close();
      button.focus();
    } else if (!step(list, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  });
}

/** @param {HTMLElement} list */
const items = (list) => [...list.querySelectorAll('button')];

/**
 * @param {string} words
 * @param {Going} going
 * @param {() => Promise<string>} save
 */
function item(words, going, save) {
  const button = /** @type {HTMLButtonElement} */ (tag('button', words));
  button.type = 'button';
  button.addEventListener('click', async () => {
    going.say('');
    going.say(await save());
  });
  return button;
}

/**
 * Move the focus along the list; false for a key that does not.
 * @param {HTMLElement} list
 * @param {string} key
 */
function step(list, key) {
  const all = items(list),
    at = all.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
  /** @type {Record<string, number>} */
  const to = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1};
  if (!(key in to)) return false;
  all.at(to[key] % all.length)?.focus();
  return true;
}

/**
 * Move a list that would leave the window to the left or right back into it.
 * @param {HTMLElement} list
 */
function keepInside(list) {
  const {left, right} = list.getBoundingClientRect(),
    most = document.documentElement.clientWidth - 8;
  const by = left < 8 ? 8 - left : Math.min(0, most - right);
  if (by) list.style.translate = `${by}px`;
}
