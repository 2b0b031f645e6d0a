// Back and Forward, and links within the page: the page follows its address without a reload. Python is asked only for
// another checkpoint or selection.

import {SKIP} from '../scripts/events.js';
import {changeOf, leftOut, queryWith, valuesIn} from './address.js';

/** @typedef {import('./address.js').Field} Field */
/** @typedef {import('./address.js').Value} Value */

const OPENING = 'opening'; // as in navigation.py
const ACTIONS = ['pointerdown', 'keydown', 'click', 'drop', 'change'];
const MODIFIERS = ['Alt', 'Control', 'Meta', 'Shift'];

/** Whether the visitor did something since the current entry was made or opened. */
let acted = false;
/** The visitor went to the current entry by Back, Forward or a link, and no entry was made since. */
let came = false;
/** Since the page last showed the current entry, Python was asked for it again; and this will be done now. */
let repeated = false;
let repeating = false;
/** The address has changed, and `follow` has not run yet. */
let arriving = false;
/** The request that Python has not answered, as it will repeat it; empty without one. Python answers the first unasked. */
let asked = OPENING;
let count = 0;
/** Fields for whose values the address has no room, with these values, by their names. @type {Map<string, [Field, Value]>} */
const without = new Map();
/** Let the page follow the address. */
let navigate = () => {};

/**
 * Listen to the visitor, and trigger `navigate` when the address has changed.
 * @param {import('../scripts/component.js').Component<{}, {}>} component
 */
export function mount({trigger}) {
  navigate = () => {
    arriving = true;
    trigger('navigate', {});
  };
  for (const kind of ACTIONS) {
    document.addEventListener(
      kind,
      (event) => {
        if (event.isTrusted && !MODIFIERS.includes(/** @type {KeyboardEvent} */ (event).key)) acted = true;
      },
      true,
    );
  }
  window.addEventListener('popstate', navigate);
  document.addEventListener('click', (event) => {
    const link = storyOf(event);
    if (!link) return;
    event.preventDefault();
    go(link.search, changeOf(location.search, link.search, true) === 'entry');
    navigate();
  });
}

/**
 * The link that a click opens in this page; not with a modifier key, which opens it in another tab or window.
 * @param {MouseEvent} event
 */
function storyOf(event) {
  const link = event.target instanceof Element ? event.target.closest('a.story') : null;
  const elsewhere = event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  return link instanceof HTMLAnchorElement && !elsewhere && !event.defaultPrevented ? link : null;
}

/**
 * Change the query of the address.
 * @param {string} query
 * @param {boolean} entry whether the browser's history gets an entry
 */
function go(query, entry) {
  const address = location.pathname + (query ? `?${query.replace(/^\?/, '')}` : '');
  if (entry) history.pushState(null, '', address);
  else history.replaceState(null, '', address);
  if (!entry) return;
  acted = false;
  came = false;
}

/**
 * The query of the address with the values of fields, and with others for which there is room again.
 * @param {Field[]} fields
 * @param {Value[]} values
 */
function queryOf(fields, values) {
  for (const [name] of fields) without.delete(String(name));
  const others = [...without.values()];
  without.clear();
  const all = [...fields, ...others.map(([field]) => field)];
  const wanted = [...values, ...others.map(([, value]) => value)];
  const query = queryWith(location.search, all, wanted);
  all.forEach((field, k) => {
    if (leftOut(query, field, wanted[k]).length) without.set(String(field[0]), [field, wanted[k]]);
  });
  return query;
}

/** The parameters that the address lacks, since it would be too long. */
export const lacking = () => [...without.values()].flatMap(([field, value]) => leftOut('', field, value));

/**
 * Write the values of fields into the address. Before the page has followed the address to another entry, what it shows
 * belongs to the entry that the visitor has left.
 * @param {Field[]} fields
 * @param {Value[]} values
 */
export function write(fields, values) {
  if (arriving) return;
  const query = queryOf(fields, values);
  const change = changeOf(location.search, query, acted);
  if (change !== 'nothing') go(query, change === 'entry');
}

/**
 * The same for what the page shows as a whole. If the visitor went to another entry and did nothing since, a difference
 * is the late answer to something from before, such as a click in a plot, and the page goes to its address again. If that
 * does not help, or the checkpoint differs, the address cannot be shown, and follows the page.
 * @param {Field[]} fields
 * @param {Value[]} values
 */
export function writePage(fields, values) {
  const query = queryWith(location.search, fields, values);
  const [there, here] = [location.search, query].map((one) => new URLSearchParams(one).get('checkpoint'));
  const differs = there === here && changeOf(location.search, query, true) === 'entry';
  if (differs && came && !acted && !repeated) {
    repeated = repeating = true;
    navigate();
    return;
  }
  if (!differs) repeated = false;
  write(fields, values);
}

/**
 * Whether the page shows what it was asked for, so that the address may follow it.
 * @param {string} followed the last request whose answer is on the page
 * @param {string} checkpoint value of the dropdown
 * @param {string} loaded
 */
export function settled(followed, checkpoint, loaded) {
  if (followed === asked) asked = '';
  return !arriving && !asked && checkpoint === loaded;
}

/**
 * The visitor went to another address: show it, as far as the browser can, and ask Python for the rest. While a request
 * is pending there is always another, since its answer may show what the address no longer names.
 * @param {{tab: Field, shown: Field[], fields: Field[]}} data `shown`: what only Python can show
 * @param {...Value} values of `shown`
 * @returns {unknown[]} the address, for the tabs that are open; the request to Python; tabs, open tab and `fields`,
 *   which `arrive` sets if Python is asked
 */
export function follow({tab, shown, fields}, ...values) {
  const query = location.search;
  arriving = false;
  acted = false;
  without.clear();
  count += 1;
  const address = `${count} ${query}`;
  if (asked || queryWith('', shown, values) !== queryWith('', shown, valuesIn(query, shown))) asked = address;
  came = true;
  if (!repeating) repeated = false;
  repeating = false;
  document.dispatchEvent(new Event('tvae-address'));
  return [address, asked || SKIP, ...open(query, tab), ...(asked ? fields.map(() => SKIP) : valuesIn(query, fields))];
}

/**
 * Python's answer is on the page: set the fields to the address with it, so that nothing is computed for the new values
 * of some and the old ones of others. When the page opens, only those that the address names: the visitor may have
 * changed others.
 * @param {{tab: Field, fields: Field[]}} data
 * @param {string} answered the request
 * @returns {unknown[]} the request, tabs, open tab and `fields`
 */
export function arrive({tab, fields}, answered) {
  const query = location.search;
  if (answered !== asked) return [answered, SKIP, SKIP, ...fields.map(() => SKIP)];
  const opening = answered === OPENING;
  const values = valuesIn(query, fields).map((value, k) => (opening && value === fields[k][1] ? SKIP : value));
  const named = opening && new URLSearchParams(query).has(String(tab[0]));
  return [answered, ...(named ? open(query, tab) : [SKIP, SKIP]), ...values];
}

/**
 * Gradio's message that opens the tab of the address, and its id.
 * @param {string} query
 * @param {Field} tab
 */
function open(query, tab) {
  const [selected] = valuesIn(query, [tab]);
  return [{__type__: 'update', selected}, selected];
}

/** Python could not answer: from now on, the address follows the page again. */
export function unanswered() {
  asked = '';
}

/**
 * Set the fields of a tab to the address.
 * @param {{fields: Field[]}} data
 * @param {string} address as `follow` wrote it
 * @param {string} arrived the address to which the fields were last set
 * @param {...Value} values
 * @returns {unknown[]} arrived, and a value for each field; unchanged if the fields have these values already
 */
export function followFields({fields}, address, arrived, ...values) {
  const updates = valuesIn(location.search, fields).map((wanted, k) =>
    String(wanted ?? '') === String(values[k] ?? '') ? SKIP : wanted,
  );
  return [updates.every((update) => update === SKIP) ? arrived : address, ...updates];
}
