// Keep the page's view in its address, and copy the address.

/** @typedef {string | number | boolean | null} Value */
/** @typedef {{copied: string, cut: string, by_hand: string, copy: string}} Words */

const LONGEST = 1500; // characters of a value; mail and chat programs cut longer addresses
const LABEL_STAYS = 3000; // ms

/**
 * Write the values of fields into a query: {query, cut}. A field with its usual value is omitted, and so is one that is
 * too long, which sets `cut`. Other parameters of the query stay.
 * @param {string} query
 * @param {[name: string, usual: Value][]} fields
 * @param {Value[]} values
 */
export function queryWith(query, fields, values) {
  const view = new URLSearchParams(query);
  let cut = false;
  fields.forEach(([name, usual], k) => {
    const text = String(values[k] ?? ''),
      tooLong = text.length > LONGEST;
    cut ||= tooLong;
    if (tooLong || text === String(usual)) view.delete(name);
    else view.set(name, text);
  });
  return {query: view.toString(), cut};
}

/**
 * Write the fields into the page's address; returns whether one was too long.
 * @param {[name: string, usual: Value][]} fields
 * @param {Value[]} values
 */
function write(fields, values) {
  const {query, cut} = queryWith(location.search, fields, values);
  history.replaceState(null, '', location.pathname + (query ? `?${query}` : ''));
  return cut;
}

/**
 * Keep the address up to date.
 * @param {{fields: [string, Value][]}} data
 * @param {...Value} values
 */
export function syncUrl({fields}, ...values) {
  write(fields, values);
}

/**
 * Update the address and copy it to the clipboard; returns the button's new label.
 * @param {{fields: [string, Value][], words: Words}} data
 * @param {...Value} values
 */
export async function copyUrl({fields, words}, ...values) {
  const cut = write(fields, values);
  try {
    await navigator.clipboard.writeText(location.href);
    return cut ? words.cut : words.copied;
  } catch {
    return words.by_hand;
  }
}

/**
 * The button's original label, after a while.
 * @param {{words: Words}} data
 * @returns {Promise<string>}
 */
export const labelAgain = ({words}) => new Promise((done) => setTimeout(() => done(words.copy), LABEL_STAYS));
