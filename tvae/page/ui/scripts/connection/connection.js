// The page's connection to its server. Importing this makes the page's requests outlast a server that is away.

import {listen} from '../leaving.js';
import {lastingFetch} from './requests.js';
import {ask, watchServer} from './server.js';

listen();
const send = window.fetch.bind(window);
let leaving = false;

export const server = watchServer(
  () => ask(import.meta.url, send),
  (act, milliseconds) => {
    const timer = setTimeout(act, milliseconds);
    return () => clearTimeout(timer);
  },
);
window.fetch = lastingFetch(send, server, () => leaving);

const checkIfAway = () => server.state() === 'here' || server.check();
window.addEventListener('online', checkIfAway);
window.addEventListener('offline', server.check);
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && checkIfAway());
window.addEventListener('pagehide', () => {
  leaving = true;
});
window.addEventListener('pageshow', () => {
  leaving = false;
});
