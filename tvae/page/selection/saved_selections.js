// Named selections, which this browser keeps: a menu below the text box. A selection is kept as it is in the address, so
// each is a link to the current view with these operations.

import {sayer} from '../ui/scripts/component.js';

/** @typedef {{name: string, query: string}} Saved `query`: `operations=...` or `selected=...` */

export const MOST = 50;
export const LONGEST_NAME = 60; // characters
const LONGEST_QUERY = 4000; // as a parameter of the address
const KEY = 'tvae-selections';
const PARAMETERS = ['operations', 'selected']; // as in selection_link.py

/**
 * A name as it is kept; '' for none.
 * @param {unknown} name
 */
export const named = (name) =>
  typeof name === 'string' ? [...name.trim().replace(/\s+/g, ' ')].slice(0, LONGEST_NAME).join('') : '';

/**
 * The part of a query that is the selection, '' if nothing is selected.
 * @param {unknown} query
 */
export function selectionIn(query) {
  if (typeof query !== 'string' || query.length > LONGEST_QUERY) return '';
  const view = new URLSearchParams(query),
    [parameter] = PARAMETERS.filter((name) => view.get(name)?.trim());
  return parameter ? new URLSearchParams([[parameter, String(view.get(parameter))]]).toString() : '';
}

/**
 * A query with another selection.
 * @param {string} query
 * @param {string} selection
 */
export function withSelection(query, selection) {
  const view = new URLSearchParams(query);
  for (const name of PARAMETERS) view.delete(name);
  for (const [name, value] of new URLSearchParams(selection)) view.set(name, value);
  return `?${view}`;
}

/**
 * What a browser kept, without what is no selection: anyone can write there.
 * @param {string | null} text
 * @returns {Saved[]}
 */
export function read(text) {
  /** @type {unknown} */
  let kept = null;
  try {
    kept = JSON.parse(text ?? '[]');
  } catch {
    // What is kept is broken: begin again.
  }
  /** @type {Saved[]} */
  const found = [];
  for (const one of Array.isArray(kept) ? kept : []) {
    const name = named(one?.name),
      query = selectionIn(one?.query);
    if (name && query && found.length < MOST) found.push({name, query});
  }
  return found.filter(({name}, k) => found.findIndex((other) => other.name === name) === k);
}

/**
 * The list with one more selection, or another one under a name that it has; null if there are too many.
 * @param {Saved[]} list
 * @param {string} name
 * @param {string} query
 */
export function saved(list, name, query) {
  const others = list.filter((one) => one.name !== name);
  return others.length < MOST ? [...others, {name, query}] : null;
}

/**
 * The list with another name for a selection; the one that had it goes.
 * @param {Saved[]} list
 * @param {string} from
 * @param {string} to
 */
export const renamed = (list, from, to) =>
  list.filter((one) => one.name !== to || from === to).map((one) => (one.name === from ? {...one, name: to} : one));

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
export function addMenu() {
  const place = /** @type {HTMLElement | null} */ (document.querySelector('.saved-selections'));
  if (place) return fill(place);
  const observer = new MutationObserver(() => {
    if (!document.querySelector('.saved-selections')) return;
    observer.disconnect();
    addMenu();
  });
  observer.observe(document.body, {childList: true, subtree: true});
}

/** @param {HTMLElement} place */
function fill(place) {
  const say = sayer(JSON.parse(place.dataset.words ?? '{}')),
    summary = made('summary', {}),
    name = made('input', {type: 'text', maxLength: LONGEST_NAME, required: true}),
    form = made(
      'form',
      {className: 'saved-form'},
      made('label', {}, say('name'), name),
      made('button', {className: 'chip'}, say('save')),
    ),
    entries = made('ul', {}),
    status = made('p', {role: 'status', className: 'saved-said'});
  place.replaceChildren(made('details', {className: 'why'}, summary, form, entries, status));
  let list = kept();

  /** @returns {Saved[]} */
  function kept() {
    try {
      return read(localStorage.getItem(KEY));
    } catch {
      return []; // the browser keeps nothing
    }
  }
  /** @param {Saved[]} next @param {string} words */
  function keep(next, words) {
    list = next;
    status.textContent = words;
    try {
      localStorage.setItem(KEY, JSON.stringify(list));
    } catch {
      status.textContent = `${words} ${say('not_kept')}`;
    }
    show();
  }
  function show() {
    summary.textContent = list.length ? say('title_some', {count: list.length}) : say('title');
    entries.replaceChildren(...list.map(entry));
  }
  /** @param {Saved} one */
  function entry(one) {
    const link = made('a', {className: 'story', href: withSelection(location.search, one.query)}, one.name);
    // The rest of the view is what it is when the link is used.
    for (const use of ['pointerdown', 'focus', 'click']) {
      link.addEventListener(use, () => {
        link.href = withSelection(location.search, one.query);
      });
    }
    /** @param {'rename' | 'copy' | 'delete'} key @param {() => void} act */
    const button = (key, act) => {
      const words = {rename: say('rename'), copy: say('copy'), delete: say('delete')}[key],
        chip = made('button', {type: 'button', className: 'chip', ariaLabel: `${words}: ${one.name}`}, words);
      chip.addEventListener('click', act);
      return chip;
    };
    const item = made('li', {}, link);
    item.append(
      button('rename', () => rename(item, one)),
      button('copy', () => copy(one)),
      button('delete', () => {
        keep(
          list.filter((other) => other !== one),
          say('deleted', {name: one.name}),
        );
        summary.focus();
      }),
    );
    return item;
  }
  /** @param {HTMLLIElement} item @param {Saved} one */
  function rename(item, one) {
    const field = made('input', {type: 'text', maxLength: LONGEST_NAME, value: one.name, ariaLabel: say('name')});
    let finished = false;
    item.replaceChildren(field);
    field.focus();
    field.select();
    field.addEventListener('keydown', ({key}) => {
      if (key === 'Escape') field.value = one.name;
      if (key === 'Escape' || key === 'Enter') finish();
    });
    field.addEventListener('blur', finish, {once: true});
    function finish() {
      if (finished) return; // a field that is removed loses the focus
      finished = true;
      const to = named(field.value);
      if (to && to !== one.name) keep(renamed(list, one.name, to), say('renamed', {name: to}));
      else show();
      summary.focus();
    }
  }
  /** @param {Saved} one */
  async function copy(one) {
    const address = new URL(location.pathname + withSelection(location.search, one.query), location.href).href;
    try {
      await navigator.clipboard.writeText(address);
      status.textContent = say('copied', {name: one.name});
    } catch {
      status.replaceChildren(say('by_hand'), ' ', made('a', {href: address, className: 'story'}, address));
    }
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const wanted = named(name.value),
      query = selectionIn(location.search);
    const next = wanted && query ? saved(list, wanted, query) : null;
    if (!query) status.textContent = say('nothing');
    else if (!wanted) status.textContent = say('no_name');
    else if (!next) status.textContent = say('too_many', {most: MOST});
    else {
      keep(next, say('saved', {name: wanted}));
      name.value = '';
    }
  });
  window.addEventListener('storage', ({key}) => {
    if (key !== KEY && key !== null) return;
    list = kept();
    show();
  });
  show();
}
