// The page's view as the query of its address.

/** @typedef {string | number | boolean | null | string[]} Value */
/**
 * A field of the page: the name of its parameter, its usual value, which is omitted, and its choices if they are fixed.
 * The value of a field with several names is itself a query with these parameters; one whose usual value is a list has
 * any of its choices, in their order.
 * @typedef {[name: string | string[], usual: Value, choices?: Value[] | null]} Field
 */

export const LONGEST = 4000; // characters of a value; `LONGEST` of share_link.py
export const WHOLE = 7000; // characters of a query; servers refuse addresses of more than 8,000
const SHORT = 50; // characters of a value that is always written

// A change of one of these parameters makes an entry in the browser's history; other changes replace the current entry.
const STEPS = ['tab', 'checkpoint', 'operations', 'selected', 'with', 'colour', 'filter'];

/**
 * The value of a parameter; the last one, as in Python, if it is repeated.
 * @param {URLSearchParams} view
 * @param {string} name
 */
const last = (view, name) => view.getAll(name).at(-1) ?? null;

/**
 * The parameters with which a field is written; null for those that are omitted.
 * @param {Field} field
 * @param {Value | undefined} value
 * @returns {[name: string, text: string | null][]}
 */
function parametersOf([name, usual, choices], value) {
  /** @param {Value | undefined} one */
  const inOrder = (one) => (Array.isArray(one) ? choices?.filter((choice) => one.includes(String(choice))) : one);
  const text = String(inOrder(value) ?? '');
  const given = new URLSearchParams(Array.isArray(name) ? text : text === String(inOrder(usual)) ? [] : [[name, text]]);
  return [name].flat().map((one) => [one, given.get(one)]);
}

/**
 * A query with the values of fields. Usual values are omitted, and so are those for which there is no room; other
 * parameters of the query stay.
 * @param {string} query
 * @param {Field[]} fields
 * @param {(Value | undefined)[]} values
 */
export function queryWith(query, fields, values) {
  const view = new URLSearchParams(query);
  fields.forEach((field, k) => {
    for (const [name, text] of parametersOf(field, values[k])) {
      if (text !== null) view.set(name, text);
      const long = text !== null && text.length > SHORT;
      if (text === null || (long && (text.length > LONGEST || view.toString().length > WHOLE))) view.delete(name);
    }
  });
  return view.toString();
}

/**
 * The parameters of a field that are not in a query with its value, since there was no room.
 * @param {string} query
 * @param {Field} field
 * @param {Value | undefined} value
 * @returns {string[]}
 */
export function leftOut(query, field, value) {
  const view = new URLSearchParams(query);
  return parametersOf(field, value).flatMap(([name, text]) => (text === null || view.has(name) ? [] : [name]));
}

/**
 * The values of fields in a query; the usual one for a parameter that is missing or has no such choice.
 * @param {string} query
 * @param {Field[]} fields
 * @returns {Value[]}
 */
export function valuesIn(query, fields) {
  const view = new URLSearchParams(query);
  return fields.map(([name, usual, choices]) => {
    if (Array.isArray(name)) {
      const given = name.map((one) => [one, last(view, one)]).filter(([, value]) => value !== null);
      return new URLSearchParams(/** @type {string[][]} */ (given)).toString();
    }
    const text = last(view, name);
    if (text !== null && Array.isArray(usual)) {
      const given = text.split(',');
      return (choices ?? []).map(String).filter((one) => given.includes(one));
    }
    if (text === null || (choices && !choices.map(String).includes(text))) return usual;
    return typeof usual === 'boolean' ? text === 'true' : text;
  });
}

/**
 * What happens to the browser's history when the query changes.
 * @param {string} before
 * @param {string} after
 * @param {boolean} acted whether the visitor did something since the current entry was made or opened; if not, the
 *   change is still a consequence of what made it
 * @returns {'entry' | 'replacement' | 'nothing'}
 */
export function changeOf(before, after, acted) {
  const [from, to] = [new URLSearchParams(before), new URLSearchParams(after)];
  if (from.toString() === to.toString()) return 'nothing';
  return acted && STEPS.some((name) => last(from, name) !== last(to, name)) ? 'entry' : 'replacement';
}
