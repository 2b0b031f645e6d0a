// The menu of saved selections, below the text box.

import {lacking} from '../ui/links/navigation.js';
import {sayer} from '../ui/scripts/component.js';
import {
  KEY,
  LONGEST_NAME,
  MOST,
  named,
  PARAMETERS,
  renamed,
  saved,
  selectionIn,
  store,
  stored,
  withoutOwn,
  withSelection,
} from './saved_selections.js';

/** @typedef {import('./saved_selections.js').Saved} Saved */

/**
 * @typedef {object} Menu
 * @property {(key: string, values?: Record<string, unknown>) => string} say
 * @property {HTMLElement} summary
 * @property {HTMLElement} entries
 * @property {HTMLElement} status
 * @property {Saved[]} list
 * @property {boolean} renaming whether an entry is a field now, which must stay
 */

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, unknown>} properties
 * @param {(Node | string)[]} inside
 * @returns {HTMLElementTagNameMap[Name]}
 */
function made(name, properties, ...inside) {
  const element = document.createElement(name);
  Object.assign(element, properties);
  element.append(...inside);
  return element;
}

/** Add the menu to its place on the page, as soon as that is there. */
export function start() {
  const place = /** @type {HTMLElement | null} */ (document.querySelector('.saved-selections'));
  if (place) return fill(place);
  const observer = new MutationObserver(() => {
    if (!document.querySelector('.saved-selections')) return;
    observer.disconnect();
    start();
  });
  observer.observe(document.body, {childList: true, subtree: true});
}

/** @param {HTMLElement} place */
function fill(place) {
  const say = sayer(JSON.parse(place.dataset.words ?? '{}')),
    name = made('input', {type: 'text', maxLength: LONGEST_NAME, required: true}),
    button = made('button', {className: 'chip'}, say('save')),
    form = made('form', {className: 'saved-form'}, made('label', {}, say('name'), name), button);
  /** @type {Menu} */
  const menu = {
    say,
    summary: made('summary', {}),
    entries: made('ul', {}),
    status: made('p', {role: 'status', className: 'saved-said'}),
    list: stored(),
    renaming: false,
  };
  place.replaceChildren(made('details', {className: 'why'}, menu.summary, form, menu.entries, menu.status));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    save(menu, name);
  });
  window.addEventListener('storage', ({key}) => {
    if (key !== KEY && key !== null) return;
    menu.list = stored();
    if (!menu.renaming) show(menu);
  });
  show(menu);
}

/** @param {Menu} menu */
function show(menu) {
  const {say, summary, entries, list} = menu;
  summary.textContent = list.length ? say('title_some', {count: list.length}) : say('title');
  entries.replaceChildren(...list.map((one) => entry(menu, one)));
}

/**
 * Keep a list, and say what was done.
 * @param {Menu} menu
 * @param {Saved[]} list
 * @param {string} words
 */
function keep(menu, list, words) {
  menu.list = list;
  menu.status.textContent = store(list) ? words : `${words} ${menu.say('not_kept')}`;
  show(menu);
}

/**
 * Save what is selected.
 * @param {Menu} menu
 * @param {HTMLInputElement} field of the name
 */
function save(menu, field) {
  const {say, status, list} = menu,
    name = named(field.value),
    query = selectionIn(location.search);
  const next = name && query ? saved(list, name, query) : null;
  if (!query) status.textContent = lacking().some((one) => PARAMETERS.includes(one)) ? say('too_long') : say('nothing');
  else if (!name) status.textContent = say('no_name');
  else if (!next) status.textContent = say('too_many', {most: MOST});
  else {
    keep(menu, next, say('saved', {name}));
    field.value = '';
  }
}

/**
 * A selection in the list: a link, and what can be done with it.
 * @param {Menu} menu
 * @param {Saved} one
 */
function entry(menu, one) {
  const {say, summary} = menu,
    {name, query} = one,
    link = made('a', {className: 'story', href: withSelection(location.search, query)}, name);
  // The rest of the view is what it is when the link is used.
  for (const use of ['pointerdown', 'focus', 'click']) {
    link.addEventListener(use, () => {
      link.href = withSelection(location.search, query);
    });
  }
  /** @param {string} words @param {() => void} act */
  const button = (words, act) => {
    const chip = made('button', {type: 'button', className: 'chip', ariaLabel: `${words}: ${name}`}, words);
    chip.addEventListener('click', act);
    return chip;
  };
  const item = made('li', {}, link);
  item.append(
    button(say('rename'), () => rename(menu, item, name)),
    button(say('copy'), () => copy(menu, one)),
    button(say('delete'), () => {
      const others = menu.list.filter((other) => other.name !== name);
      keep(menu, others, say('deleted', {name}));
      summary.focus();
    }),
  );
  return item;
}

/**
 * Turn an entry into a field for its name.
 * @param {Menu} menu
 * @param {HTMLLIElement} item
 * @param {string} name
 */
function rename(menu, item, name) {
  const {say, summary} = menu,
    field = made('input', {type: 'text', maxLength: LONGEST_NAME, value: name, ariaLabel: say('name')});
  menu.renaming = true;
  item.replaceChildren(field);
  field.focus();
  field.select();
  field.addEventListener('keydown', ({key}) => {
    if (key === 'Escape') field.value = name;
    if (key === 'Escape' || key === 'Enter') finish();
  });
  field.addEventListener('blur', finish, {once: true});
  function finish() {
    if (!menu.renaming) return; // a field that is removed loses the focus
    menu.renaming = false;
    const to = named(field.value) || name,
      list = renamed(menu.list, name, to);
    if (list === menu.list) show(menu);
    else keep(menu, list, say('renamed', {name: to}));
    summary.focus();
  }
}

/**
 * Copy the link to a selection.
 * @param {Menu} menu
 * @param {Saved} one
 */
async function copy({say, status}, {name, query}) {
  const address = new URL(location.pathname + withoutOwn(withSelection(location.search, query)), location.href).href;
  try {
    await navigator.clipboard.writeText(address);
    status.textContent = say('copied', {name});
  } catch {
    status.replaceChildren(say('by_hand'), ' ', made('a', {href: address, className: 'story'}, address));
  }
}
