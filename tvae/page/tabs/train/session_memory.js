// What the browser remembers across a reload: the key of the visit, the values of the form, and the upload form while
// the visitor signs in. If the browser stores nothing, a reload starts a new visit with an empty form.

const VISIT = 'visit';
const RUN = 'run';
const FORM = 'train';
const UPLOAD = 'upload';
const ADDRESS = 'address'; // of the page from which the visitor leaves to sign in
const OVER = 'over'; // instead of a key: the visit has ended
const LOST = 'lost'; // the run has ended with the server

/** @type {string | null} */
let recalled = null; // the key when the page was loaded
let ran = false; // whether a run went on then, which has not ended otherwise since

/**
 * Event: Python sent the key of the visit.
 * @param {unknown} _data
 * @param {string} key
 */
export function rememberSession(_data, key) {
  attempt((storage) => {
    if (key === OVER) for (const name of [VISIT, RUN]) storage.removeItem(name);
    else if (key) storage.setItem(VISIT, key);
  });
}

/**
 * Event: a field of the form changed.
 * @param {{names: string[]}} data
 * @param {...unknown} values of the fields of these names
 */
export function rememberForm({names}, ...values) {
  const form = Object.fromEntries(names.map((name, k) => [name, values[k]]));
  attempt((storage) => storage.setItem(FORM, JSON.stringify(form)));
}

/**
 * Event: the visitor leaves to sign in.
 * @param {unknown} _data
 * @param {string} repository
 * @param {boolean} hidden whether the repository will be private
 */
export function rememberUpload(_data, repository, hidden) {
  attempt((storage) => storage.setItem(UPLOAD, JSON.stringify([repository, hidden])));
}

/** Event: the visitor leaves to sign in. Gradio comes back with the first parameter of the address alone. */
export function rememberAddress() {
  attempt((storage) => storage.setItem(ADDRESS, location.search));
}

/** Open the whole address again, unless the visitor gave up signing in and opened another. */
function returnToAddress() {
  const address = /** @type {string | null} */ (stored(ADDRESS));
  attempt((storage) => storage.removeItem(ADDRESS));
  if (!address?.startsWith('?') || address === location.search) return;
  const left = new URLSearchParams(address);
  const came = [...new URLSearchParams(location.search)].every(([name, value]) => left.get(name) === value);
  if (came) location.replace(`${location.pathname}${address}`);
}

/**
 * Event: the page was loaded, perhaps after the visitor has signed in.
 * @returns {string} {visit, upload} as JSON; empty if there was no visit
 */
export function recall() {
  returnToAddress();
  recalled = stored(VISIT);
  ran = stored(RUN) !== null;
  return recalled ? JSON.stringify({visit: recalled, upload: parsed(stored(UPLOAD))}) : '';
}

/**
 * Event: another tab of the page was opened. Python builds this tab from the answer when it is opened first.
 * @param {{tab: string}} data
 * @param {string} open id of the open tab
 * @param {string} opened the current answer
 * @returns {string} {visit, run, form, upload} as JSON; `run`: whether one went on; `upload` is recalled once, `visit`
 *   and `run` also if they are over by now
 */
export function opened({tab}, open, opened) {
  if (open !== tab || opened) return opened;
  const visit = stored(VISIT) ?? recalled;
  const memory = {visit, run: ran || stored(RUN) !== null, form: parsed(stored(FORM)), upload: parsed(stored(UPLOAD))};
  attempt((storage) => storage.removeItem(UPLOAD));
  return JSON.stringify(memory);
}

/**
 * Event: a run began or ended that leaving the page would end, so that the browser asks first; see `leaving.js`.
 * @param {unknown} _data
 * @param {string} going empty if there is none
 */
export function askBeforeLeaving(_data, going) {
  const goes = going !== '' && going !== LOST;
  document.dispatchEvent(new CustomEvent('tvae-leaving', {detail: goes}));
  if (going === LOST) return;
  if (!goes) ran = false;
  attempt((storage) => (goes ? storage.setItem(RUN, going) : storage.removeItem(RUN)));
}

/** @param {string} key */
function stored(key) {
  /** @type {string | null} */
  let found = null;
  attempt((storage) => {
    found = storage.getItem(key);
  });
  return found;
}

/** @param {string | null} text */
function parsed(text) {
  try {
    return text && JSON.parse(text);
  } catch {
    return null;
  }
}

/** @param {(storage: Storage) => void} action */
function attempt(action) {
  try {
    action(sessionStorage);
  } catch {
    // Storage is switched off or full.
  }
}
