// What the browser remembers of a session through a reload, and of the upload form through signing in. A browser may
// refuse to store anything; then a reload begins anew.

const SESSION = 'visit';
const FORM = 'upload';
const OVER = 'over'; // in place of a key: nothing of the session is left on the server

/**
 * Event: Python gave this session a key.
 * @param {unknown} _data
 * @param {string} key
 */
export function rememberSession(_data, key) {
  attempt((storage) => {
    if (key === OVER) storage.removeItem(SESSION);
    else if (key) storage.setItem(SESSION, key);
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
 * @returns {string} {visit, upload} as JSON; nothing where there was no session
 */
export function recall() {
  let recalled = '';
  attempt((storage) => {
    const visit = storage.getItem(SESSION);
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
