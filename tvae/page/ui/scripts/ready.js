// Provide loaded modules synchronously. `import()` of a loaded module resolves in a later turn of the event loop, which
// on a busy page can take a second: the first picture would wait, and an event that runs in the browser would overwrite
// what is typed meanwhile. A caller requests a module by an event of the document, and imports it if none answers.

import * as scatter from '../scatter/scatter.js';

/** @typedef {{address: string, module?: object}} ModuleRequest */

/** @type {Map<string, object>} modules that have run, by their address */
const modules = new Map([[new URL('./scatter/scatter.js', import.meta.url).href, scatter]]);

/**
 * Import every module that a kind of link names.
 * @param {string} relation
 */
function load(relation) {
  for (const link of document.querySelectorAll(`link[rel=${relation}][href*=tvae-static]`)) {
    const {href} = /** @type {HTMLLinkElement} */ (link);
    import(href).then((module) => modules.set(href, module));
  }
}

load('modulepreload');

// The modules of the tabs would only delay the first plot. They follow when the browser has nothing else to do.
const whenIdle = window.requestIdleCallback ?? setTimeout; // Safari has no requestIdleCallback
let waiting = true;

document.addEventListener('tvae-module', (event) => {
  /** @type {ModuleRequest} */
  const asked = /** @type {CustomEvent} */ (event).detail;
  asked.module = modules.get(asked.address);
  if (waiting && asked.module === scatter) {
    waiting = false;
    whenIdle(() => load('tvae-later'));
  }
});
