// The two canvases of a plot, one above the other, and redrawing them when their size or the page's dark mode changes.

/** @typedef {{ink: string, back: string, accent: string, font: string}} Style */

// The CPU writes the pixels of the points, and Chromium leaves the last picture of a canvas of the GPU on the screen
// when the canvas becomes empty, however it is cleared: a selection box would stay.
const IN_MEMORY = {willReadFrequently: true};

/**
 * The current colours and font of the plot, from the style sheets.
 * @param {Element} root
 * @param {string} accent name of the CSS variable with the plot's own colour
 * @returns {Style}
 */
export function styleOf(root, accent) {
  const css = getComputedStyle(root);
  return {ink: css.color, back: css.backgroundColor, accent: css.getPropertyValue(accent), font: css.fontFamily};
}

/**
 * A blank context in CSS pixels, on a canvas that fills the plot in device pixels.
 * @param {HTMLCanvasElement} canvas
 * @param {Element} plot
 * @param {CanvasRenderingContext2DSettings} settings
 */
export function surface(canvas, plot, settings = IN_MEMORY) {
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
 * Draw when the plot's size or the page's dark mode changes; the caller draws it in its first size.
 * @param {Element} plot
 * @param {() => void} draw
 */
export function redrawWithPage(plot, draw) {
  const size = () => `${plot.clientWidth} ${plot.clientHeight}`;
  let drawn = size();
  new ResizeObserver(() => {
    if (drawn === size()) return; // an observer also reports the initial size
    drawn = size();
    draw();
  }).observe(plot);
  new MutationObserver(draw).observe(document.body, {attributeFilter: ['class']});
}
