// The bar that says that the server is away, and what happens to the page meanwhile.

import {words as sentences, server} from './connection.js';

/** @typedef {import('./server.js').State} State */
/** @typedef {Record<'away' | 'offline' | 'changed' | 'back' | 'failed' | 'retry' | 'reload', string>} Words */

const BACK_STAYS = 4000; // ms

/** @param {import('../component.js').Component<{words: Words}, {}>} component */
export function mount({element, data: {words}}) {
  const bar = /** @type {HTMLElement} */ (element.querySelector('.connection'));
  const status = /** @type {HTMLElement} */ (bar.querySelector('[role=status]'));
  const button = /** @type {HTMLButtonElement} */ (bar.querySelector('button'));
  let timer = 0;
  sentences.failed = words.failed;

  /** @param {State} state */
  function show(state) {
    clearTimeout(timer);
    bar.dataset.state = state;
    button.hidden = state === 'here';
    button.textContent = state === 'changed' ? words.reload : words.retry;
    if (state === 'changed') status.textContent = words.changed;
    else if (state === 'away') status.textContent = navigator.onLine ? words.away : words.offline;
    else {
      status.textContent = words.back;
      timer = setTimeout(() => {
        status.textContent = '';
      }, BACK_STAYS);
    }
  }
  button.addEventListener('click', () => (server.state() === 'changed' ? location.reload() : server.check()));
  server.watch(show);
  if (server.state() !== 'here') show(server.state());
}
