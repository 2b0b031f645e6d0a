// Hands out the page's modules at once. `import()` resolves in later turns of the event loop, which on a busy page are
// up to a second away although the module is there: the first picture would wait, and an event that the browser answers
// alone would overwrite what is typed meanwhile. Whoever wants a module asks by an event of the document, and imports it
// where there is no answer.

import * as scatter from '../scatter/scatter.js';

/** @typedef {{address: string, module?: object}} Asked */

/** @type {Map<string, object>} modules that have run, by their address */
const modules = new Map([[new URL('./scatter/scatter.js', import.meta.url).href, scatter]]);

for (const link of document.querySelectorAll('link[rel=modulepreload][href*=tvae-static]')) {
  const {href} = /** @type {HTMLLinkElement} */ (link);
  import(href).then((module) => modules.set(href, module));
}

document.addEventListener('tvae-module', (event) => {
  /** @type {Asked} */
  const asked = /** @type {CustomEvent} */ (event).detail;
  asked.module = modules.get(asked.address);
});
