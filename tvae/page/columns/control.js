// The control of colours and filter below a plot: a choice of column, the legend, the filter in words. It is DOM and not
// a part of the picture, so that it can be used by keyboard; the picture has a legend of its own for files.

import {tag} from '../ui/canvas/pointer.js';
import {apply, begin, change, choose, follow, list} from './columns.js';
import {chips, handles, setLegend} from './legend.js';
import {operationOf} from './loading.js';
import {filterSaid, meaningOf, titleOf} from './sentences.js';

/** @typedef {import('./columns.js').State} State */

const GROUP = 'group '; // begins the value of a group in the menu; no column has a space there

let count = 0; // of fields on the page

/**
 * A field with a label, whose words are set later.
 * @param {HTMLSelectElement | HTMLInputElement} field
 */
function labelled(field) {
  const name = document.createElement('label'),
    both = tag('span', '', 'columns-field');
  count += 1;
  field.id = `columns-field-${count}`;
  name.htmlFor = field.id;
  both.append(name, field);
  return {both, name};
}

/**
 * The control of the plot that leads, which has `data`, or in a component of its own, for several plots.
 * @param {import('../ui/scripts/component.js').Component<{columns?: string}, {}>} component `columns`: `Data` as JSON
 */
export function mount({element, server, data}) {
  if (data.columns) begin(JSON.parse(data.columns), (asked) => server.column(asked));
  attach(element.querySelector('.scatter') ?? element, Boolean(data.columns));
}

/** @returns {HTMLButtonElement} whose words are set later */
const chip = () =>
  Object.assign(document.createElement('button'), {type: /** @type {const} */ ('button'), className: 'chip'});

/**
 * The parts of the control. Its words are set with the first state.
 * @param {HTMLElement} root
 */
function partsIn(root) {
  const bar = tag('div', '', 'columns-bar'),
    select = document.createElement('select'),
    input = Object.assign(document.createElement('input'), {type: 'text', inputMode: 'numeric', maxLength: 5}),
    inGroup = document.createElement('select'),
    by = labelled(select),
    which = labelled(inGroup),
    from = labelled(input),
    legend = tag('div', '', 'columns-legend'),
    said = tag('span', '', 'columns-said'),
    [listing, clear, again] = [chip(), chip(), chip()];
  said.role = 'status';
  legend.role = 'group';
  bar.append(by.both, which.both, from.both, legend, clear, listing, said, again);
  root.append(bar);
  return {select, inGroup, input, by, which, from, legend, said, listing, clear, again, group: '', shown: ''};
}

/**
 * `group`: of which the second menu is; `shown`: what the legend is of.
 * @typedef {ReturnType<typeof partsIn> & {leads: boolean}} Parts
 */

/**
 * Add the control at the end of an element.
 * @param {HTMLElement} root
 * @param {boolean} leads whether the table to which columns are added is of the same tab
 */
export function attach(root, leads = false) {
  const parts = {...partsIn(root), leads},
    {select, inGroup, input, listing, clear, again} = parts;
  select.addEventListener('change', () => choose(firstOf(select.value)));
  inGroup.addEventListener('change', () => choose(inGroup.value));
  input.addEventListener('change', () => choose(select.value, input.value));
  listing.addEventListener('click', () => {
    if (latest) list(latest.choice.column);
  });
  clear.addEventListener('click', () => {
    change({filter: null});
    select.focus(); // the button is hidden now
  });
  again.addEventListener('click', () => {
    apply();
    select.focus();
  });
  /** @type {State | null} */
  let latest = null;
  /** @param {State} state */
  const refresh = (state) => {
    latest = state;
    update(parts, state);
  };
  /** The column of an entry of the menu: for a group, its first one. @param {string} value */
  const firstOf = (value) =>
    latest?.columns.find(({key, group}) => (value.startsWith(GROUP) ? GROUP + group === value : key === value))?.key ??
    value;
  input.addEventListener('blur', () => follow(refresh));
  follow(refresh);
}

/** @param {Parts} parts @param {State} state */
function update(parts, state) {
  const {select, input, from, said, listing, clear, again, leads} = parts,
    {say, choice, filter, listed, problem, failed} = state,
    {key, group} = choice.column;
  if (!select.length) setWords(parts, state);
  select.value = group ? GROUP + group : key;
  updateGroup(parts, state);
  listing.hidden = !group;
  const [add, remove] = leads ? [say('list'), say('unlist')] : [say('list_there'), say('unlist_there')];
  listing.textContent = listed.includes(choice.column) ? remove : add;
  from.both.hidden = choice.column.needs !== 'operation';
  // What the visitor types, or has typed wrongly, stays.
  if (!problem && document.activeElement !== input) input.value = String(operationOf(choice) ?? '');
  updateLegend(parts, state);
  clear.hidden = !filter;
  again.hidden = !failed;
  const error = problem || failed,
    words = error || (state.waiting ? say('waiting') : filter ? filterSaid(state, filter) : meaningOf(state));
  if (said.textContent !== words) said.textContent = words;
  said.classList.toggle('columns-problem', error !== '');
}

/** @param {Parts} parts @param {State} state */
function setWords({select, by, which, from, clear, again}, {say, columns, groups}) {
  select.append(...columns.filter(({group}) => !group).map(({key, label}) => new Option(label, key)));
  select.append(...Object.entries(groups).map(([group, label]) => new Option(label, GROUP + group)));
  by.name.textContent = say('by');
  which.name.textContent = say('which');
  from.name.textContent = say('from');
  clear.textContent = say('clear');
  again.textContent = say('again');
}

/**
 * The second menu, with the columns of the group of the chosen one.
 * @param {Parts} parts
 * @param {State} state
 */
function updateGroup(parts, {choice, columns}) {
  const {which, inGroup} = parts,
    {key, group} = choice.column;
  which.both.hidden = !group;
  if (group && group !== parts.group) {
    parts.group = group;
    inGroup.replaceChildren(
      ...columns.filter((column) => column.group === group).map(({key, label}) => new Option(label, key)),
    );
  }
  if (group) inGroup.value = key;
}

/** @param {Parts} parts @param {State} state */
function updateLegend(parts, state) {
  const {legend} = parts,
    {say, choice, values} = state;
  legend.hidden = !values;
  if (!values) return;
  const title = titleOf(state, choice),
    shown = [title, 'low' in values && [values.low, values.high]].join();
  if (shown !== parts.shown) {
    parts.shown = shown;
    legend.ariaLabel = say('legend', {column: title});
    legend.replaceChildren(...('codes' in values ? chips(state) : handles(state, values)));
  }
  setLegend(legend, state, values);
}
