// The page's connection to its server. Importing this makes the page's requests outlast a server that is away.

import {listen} from '../leaving.js';
import {lastingFetch} from './requests.js';
import {ask, watchServer} from './server.js';

const asksBeforeLeaving = listen();
const send = window.fetch.bind(window);
let leaving = false;

/** What the page says about an event that failed without a sentence, once the page is there. */
export const words = {failed: ''};

export const server = watchServer(
  () => ask(import.meta.url, send),
  (act, milliseconds) => {
    const timer = setTimeout(act, milliseconds);
    return () => clearTimeout(timer);
  },
  Math.random,
  // A run would end while its page waits to be seen.
  () => document.visibilityState === 'visible' || asksBeforeLeaving(),
);
window.fetch = lastingFetch(
  send,
  server,
  () => leaving,
  (event, reason) => import('../late_tab.js').then(({explain}) => explain(event, reason)),
  words,
);

window.addEventListener('online', server.wake);
window.addEventListener('offline', server.check);
document.addEventListener('visibilitychange', server.wake);
window.addEventListener('pagehide', () => {
  leaving = true;
});
window.addEventListener('pageshow', () => {
  leaving = false;
});
