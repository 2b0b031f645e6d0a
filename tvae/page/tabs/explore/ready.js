// Provide loaded modules synchronously. `import()` of a loaded module resolves in a later turn of the event loop, which
// on a busy page can take a second: the first picture would wait, and an event that runs in the browser would overwrite
// what is typed meanwhile. A caller requests a module by an event of the document, and imports it if none answers.

import * as choice from '../../selection/checkpoint/checkpoint_choice.js';
import * as scatter from '../../ui/scatter/scatter.js';
import {whenIdle} from '../../ui/scripts/component.js';
import {server} from '../../ui/scripts/connection/connection.js';
import {untilDone} from '../../ui/scripts/connection/server.js';
import * as events from '../../ui/scripts/events.js';

/** @typedef {{address: string, module?: object, coming?: Promise<object>}} Asked */

const ATTEMPTS = 3; // of an import, while the server answers

/** What the first picture needs. @type {[path: string, module: object][]} */
const FIRST = [
  ['../../selection/checkpoint/checkpoint_choice.js', choice],
  ['../../ui/scatter/scatter.js', scatter],
  ['../../ui/scripts/events.js', events],
];

/** @type {Map<string, object>} modules that have run, by their address */
const modules = new Map(FIRST.map(([path, module]) => [new URL(path, import.meta.url).href, module]));

/**
 * Import a module, as soon as the server answers. Browsers ask again for a module that they did not get.
 * @param {string} href
 * @returns {Promise<any>}
 */
async function load(href) {
  const module = await untilDone(
    server,
    () => import(href),
    (failed) => failed === ATTEMPTS,
  );
  modules.set(href, module);
  return module;
}

// The other modules would only delay the first plot. They follow when the browser has nothing else to do. One that
// belongs to no component has a function `start`.
function loadOthers() {
  for (const link of document.querySelectorAll('link[rel=tvae-later]')) {
    const {href} = /** @type {HTMLLinkElement} */ (link);
    load(href).then(({start}) => start?.());
  }
}

let waiting = true;

function loadOthersOnce() {
  if (waiting) whenIdle(loadOthers);
  waiting = false;
}

document.addEventListener('tvae-module', (event) => {
  /** @type {Asked} */
  const asked = /** @type {CustomEvent} */ (event).detail;
  asked.module = modules.get(asked.address);
  if (!asked.module) asked.coming = load(asked.address);
  if (asked.module === scatter) loadOthersOnce();
});

// On a slow connection, the page can be built before this module has arrived, and has imported the plot itself.
if (document.querySelector('.scatter')) loadOthersOnce();
