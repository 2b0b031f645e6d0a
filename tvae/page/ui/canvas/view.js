// The part of the axes that a plot shows, and the conversion to places in it. Lengths are CSS pixels.

/** @typedef {[left: number, right: number, bottom: number, top: number]} View ends of the axes */
/** @typedef {{left: number, top: number, width: number, height: number}} Frame where the axes are in the plot */
/** @typedef {{frame: Frame, view: View}} Axes */
/** @typedef {import('./elements.js').Place} Place */

const DEEPEST = 2000; // largest ratio of the whole axis to the part that is shown

/**
 * The horizontal place of a value of the x axis.
 * @param {Axes} axes
 * @param {number} u
 */
export const xAt = ({frame, view}, u) => frame.left + ((u - view[0]) / (view[1] - view[0])) * frame.width;

/**
 * The vertical place of a value of the y axis.
 * @param {Axes} axes
 * @param {number} v
 */
export const yAt = ({frame, view}, v) => frame.top + ((view[3] - v) / (view[3] - view[2])) * frame.height;

/**
 * Whether a place is inside the axes.
 * @param {Frame} frame
 * @param {number} x
 * @param {number} y
 */
export const within = (frame, x, y) =>
  x >= frame.left && x <= frame.left + frame.width && y >= frame.top && y <= frame.top + frame.height;

/**
 * The view nearest to `next` that stays inside `home`, the whole axes, and is not too deep. All columns stay.
 * @param {View} next
 * @param {View} home
 * @returns {View}
 */
export function kept(next, home) {
  const whole = home[3] - home[2],
    height = Math.min(whole, Math.max(next[3] - next[2], whole / DEEPEST));
  const bottom = Math.min(Math.max(next[2], home[2]), home[3] - height);
  return [home[0], home[1], bottom, bottom + height];
}

/**
 * The view after the points were dragged down by `dy`.
 * @param {Axes} axes
 * @param {number} dy
 * @returns {View}
 */
export function moved({frame, view: [left, right, bottom, top]}, dy) {
  const by = (dy / frame.height) * (top - bottom);
  return [left, right, bottom + by, top + by];
}

/**
 * The view with `factor` times the height that keeps the place `y` fixed.
 * @param {Axes} axes
 * @param {number} factor
 * @param {number} y
 * @returns {View}
 */
export function zoomed({frame, view: [left, right, bottom, top]}, factor, y) {
  const fixed = top - ((y - frame.top) / frame.height) * (top - bottom);
  return [left, right, fixed + (bottom - fixed) * factor, fixed + (top - fixed) * factor];
}

/**
 * The view between two places of the y axis.
 * @param {Axes} axes
 * @param {number} y0
 * @param {number} y1
 * @returns {View}
 */
export function between({frame, view: [left, right, bottom, top]}, y0, y1) {
  const [upper, lower] = [y0, y1]
    .sort((a, b) => a - b)
    .map((y) => top - ((y - frame.top) / frame.height) * (top - bottom));
  return [left, right, lower, upper];
}

/**
 * The magnification of the y axis relative to the whole plot.
 * @param {View} view
 * @param {View} home
 */
export const magnification = (view, home) => (home[3] - home[2]) / (view[3] - view[2]);

/**
 * The whole axes: all columns, and a margin around the range of the values.
 * @param {number} low
 * @param {number} high
 * @returns {View}
 */
export function wholeView(low, high) {
  const margin = 0.04 * (high - low) || 0.1;
  return [-0.5, 9.5, low - margin, high + margin];
}

/**
 * Round values of an axis, with as many decimals as they need.
 * @param {number} low
 * @param {number} high
 * @param {number} length of the axis
 * @returns {[value: number, text: string][]}
 */
export function ticks(low, high, length) {
  const rough = (high - low) / Math.max(2, length / 55),
    power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((k) => k * power >= rough) ?? 10) * power,
    first = Math.ceil(low / step);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return Array.from({length: Math.floor(high / step) - first + 1}, (_, k) => {
    const value = (first + k) * step;
    return [value, value.toFixed(decimals)];
  });
}

/**
 * Whether a closed path encloses a place (even-odd rule).
 * @param {Place[]} path
 * @param {Place} at
 */
export function encloses(path, [x, y]) {
  let inside = false;
  path.forEach(([u, v], k) => {
    const [s, t] = path.at(k - 1) ?? [u, v];
    if (v > y !== t > y && x < ((s - u) * (y - v)) / (t - v) + u) inside = !inside;
  });
  return inside;
}
