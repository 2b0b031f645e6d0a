// The address says what the page shows; a button copies it.

/** @typedef {string | number | boolean | null} Value */
/** @typedef {{copied: string, cut: string, by_hand: string, copy: string}} Words */

const LONGEST = 1500; // characters of a value; longer addresses do not survive mails and chats
const LABEL_STAYS = 3000; // ms

/**
 * A query in which these fields are as they are now: {query, cut}. A field that is as usual is left out, and so is one
 * that is too long, which makes `cut` true; what the query says of anything else stays.
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
 * Write the fields into the address; returns whether one was too long for it.
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
 * The same, and the address into the clipboard; returns what the button says then.
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
 * What the button says again after a while.
 * @param {{words: Words}} data
 * @returns {Promise<string>}
 */
export const labelAgain = ({words}) => new Promise((done) => setTimeout(() => done(words.copy), LABEL_STAYS));
