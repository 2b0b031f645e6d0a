// The menu that saves a plot: a button that opens a list of file formats. It is imported when it is first opened.

import {tag} from '../pointer.js';

/**
 * @typedef {object} Menu
 * @property {(key: string, values?: Record<string, unknown>) => string} say
 * @property {string[]} kinds of files
 * @property {(kind: string) => Promise<string>} save saves the plot, and says what it saved or why not
 */

let opened = 0; // numbers the lists

/**
 * Open the list below its button, or close it.
 * @param {HTMLElement} button
 * @param {Menu} menu
 */
export function toggle(button, {say, kinds, save}) {
  if (button.getAttribute('aria-expanded') === 'true') {
    button.dispatchEvent(new Event('tvae-close'));
    return;
  }
  const list = tag('div', '', 'export-list'),
    status = tag('span', '', 'export-status');
  Object.assign(list, {id: `export-list-${++opened}`, role: 'group', ariaLabel: say('formats')});
  status.setAttribute('role', 'status');
  list.append(...kinds.map((kind) => item(say(`as_${kind}`), status, () => save(kind))), status);
  button.after(list);
  button.setAttribute('aria-expanded', 'true');
  button.setAttribute('aria-controls', list.id);
  keepInside(list);

  /** @param {Event} event */
  const outside = ({target}) => {
    const at = /** @type {Node} */ (target);
    if (!list.contains(at) && !button.contains(at)) close();
  };
  function close() {
    list.remove();
    button.setAttribute('aria-expanded', 'false');
    button.removeAttribute('aria-controls');
    button.removeEventListener('tvae-close', close);
    document.removeEventListener('pointerdown', outside, true);
    document.removeEventListener('focusin', outside);
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
  list.querySelector('button')?.focus();
}

/**
 * @param {string} words
 * @param {HTMLElement} status
 * @param {() => Promise<string>} save
 */
function item(words, status, save) {
  const button = /** @type {HTMLButtonElement} */ (tag('button', words));
  button.type = 'button';
  button.addEventListener('click', async () => {
    status.textContent = '';
    status.textContent = await save();
  });
  return button;
}

/**
 * Move the focus along the list; false for a key that does not.
 * @param {HTMLElement} list
 * @param {string} key
 */
function step(list, key) {
  const items = [...list.querySelectorAll('button')],
    at = items.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
  /** @type {Record<string, number>} */
  const to = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1};
  if (!(key in to)) return false;
  items.at(to[key] % items.length)?.focus();
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
