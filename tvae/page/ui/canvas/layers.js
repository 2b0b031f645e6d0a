// The two canvases of a plot, one over the other, and what makes it draw anew: its size, and the page's dark mode.

/** @typedef {{ink: string, back: string, accent: string, font: string}} Style */

/**
 * The colours and the font that style sheets give the plot now.
 * @param {Element} root
 * @param {string} accent name of the property that has the plot's own colour
 * @returns {Style}
 */
export function styleOf(root, accent) {
  const css = getComputedStyle(root);
  return {ink: css.color, back: css.backgroundColor, accent: css.getPropertyValue(accent), font: css.fontFamily};
}

/**
 * A blank context in CSS pixels, on a canvas that fills the plot in pixels of the device.
 * @param {HTMLCanvasElement} canvas
 * @param {Element} plot
 * @param {CanvasRenderingContext2DSettings} settings
 */
export function surface(canvas, plot, settings = {}) {
  const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', settings)),
    q = devicePixelRatio;
  const width = Math.round(plot.clientWidth * q),
    height = Math.round(plot.clientHeight * q);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, {width, height});
  else g.reset();
  g.scale(q, q);
  return g;
}

/**
 * Draw whenever the plot has another size or the page another look.
 * @param {Element} plot
 * @param {() => void} draw
 */
export function redrawWithPage(plot, draw) {
  new ResizeObserver(draw).observe(plot);
  new MutationObserver(draw).observe(document.body, {attributeFilter: ['class']});
}
