// Let the browser ask before the page is left while something would be lost.

/**
 * Ask whenever an event `tvae-leaving` of the document has said so. Call this before Gradio's scripts run: listeners of
 * the window run in the order in which they were added, and Gradio 6.31 adds one that closes the page's connections, also
 * those of a visitor who then stays.
 * @returns {() => boolean} whether the browser would ask now
 */
export function listen() {
  let asks = false;
  document.addEventListener('tvae-leaving', (event) => {
    asks = /** @type {CustomEvent} */ (event).detail;
  });
  window.addEventListener('beforeunload', (event) => {
    if (!asks) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    event.returnValue = true; // for browsers from before 2024
  });
  return () => asks;
}
