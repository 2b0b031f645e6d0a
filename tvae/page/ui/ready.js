// Mounts what the first picture needs in the same turn of the event loop in which Gradio makes its component. `import()`
// in the component would wait behind all that the page does as it opens, although the module is there.

import {mount} from './scatter/scatter.js';

/** @type {Record<string, (component: any) => void>} */
const READY = {'ui/scatter/scatter.js': mount};

document.addEventListener('tvae-mount', (event) => {
  const {module, component} = /** @type {CustomEvent} */ (event).detail;
  if (!READY[module]) return;
  event.preventDefault(); // so that the component does not import it
  READY[module](component);
});
