// What the browser remembers across a reload: the key of the visit, and the upload form while the visitor signs in. If
// the browser stores nothing, a reload starts a new visit.

const VISIT = 'visit';
const FORM = 'upload';
const OVER = 'over'; // instead of a key: the visit's files have been deleted

/**
 * Event: Python sent the key of the visit.
 * @param {unknown} _data
 * @param {string} key
 */
export function rememberSession(_data, key) {
  attempt((storage) => {
    if (key === OVER) storage.removeItem(VISIT);
    else if (key) storage.setItem(VISIT, key);
  });
}

/**
 * Event: the visitor leaves to sign in.
 * @param {unknown} _data
 * @param {string} repository
 * @param {boolean} hidden whether the repository will be private
 */
export function rememberForm(_data, repository, hidden) {
  attempt((storage) => storage.setItem(FORM, JSON.stringify([repository, hidden])));
}

/**
 * Event: the page was loaded.
 * @returns {string} {visit, upload} as JSON; empty if there was no visit
 */
export function recall() {
  let recalled = '';
  attempt((storage) => {
    const visit = storage.getItem(VISIT);
    const form = storage.getItem(FORM);
    storage.removeItem(FORM);
    if (visit) recalled = JSON.stringify({visit, upload: form && JSON.parse(form)});
  });
  return recalled;
}

/** @param {(storage: Storage) => void} action */
function attempt(action) {
  try {
    action(sessionStorage);
  } catch {
    // Storage is switched off or full.
  }
}
