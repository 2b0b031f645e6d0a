// How a picture with three components is turned and enlarged, and where its points are then.

/** @typedef {{yaw: number, pitch: number, zoom: number}} Turn angles in radians, and the enlargement, at least 1 */
/** @typedef {[x: number, y: number, z: number]} Vector */
/** @typedef {{right: Vector, up: Vector, toward: Vector}} Rotation what the three screen axes are in components */

/** The first side: all three components can be seen. */
export const FIRST = {yaw: -0.6, pitch: 0.35, zoom: 1};
/** The plane of the first two components. */
export const FLAT = {yaw: 0, pitch: 0};
const LARGEST = 40; // zoom

/**
 * Turn by the yaw around the second component, then by the pitch around the horizontal.
 * @param {{yaw: number, pitch: number}} turn
 * @returns {Rotation} orthonormal; `toward` points out of the screen
 */
export function rotation({yaw, pitch}) {
  const [s, c] = [Math.sin(yaw), Math.cos(yaw)],
    [t, d] = [Math.sin(pitch), Math.cos(pitch)];
  return {right: [c, 0, s], up: [s * t, d, -c * t], toward: [-s * d, t, c * d]};
}

/**
 * The turn after a drag: what is in front follows the pointer. Looking from above or below ends at the pole.
 * @param {Turn} turn
 * @param {number} dx in radians of the picture
 * @param {number} dy
 * @returns {Turn}
 */
export function turned({yaw, pitch, zoom}, dx, dy) {
  const whole = 2 * Math.PI;
  return {
    yaw: (((yaw + dx) % whole) + whole) % whole,
    pitch: Math.min(whole / 4, Math.max(-whole / 4, pitch + dy)),
    zoom,
  };
}

/**
 * @param {Turn} turn
 * @param {number} factor
 * @returns {Turn}
 */
export const enlarged = ({yaw, pitch, zoom}, factor) => ({
  yaw,
  pitch,
  zoom: Math.min(LARGEST, Math.max(1, zoom * factor)),
});

/**
 * Sort points into `slices` of equal depth, the farthest first.
 * @param {Float32Array} depth in -1..1, 1 is nearest
 * @param {number} slices
 * @param {Uint16Array} points in the order that they keep within a slice
 */
export function byDepth(depth, slices, points) {
  const counts = new Uint16Array(slices + 1),
    cells = new Uint8Array(depth.length);
  for (let n = 0; n < depth.length; n++) {
    const cell = Math.floor(((depth[n] + 1) / 2) * slices);
    cells[n] = Math.min(slices - 1, Math.max(0, cell));
    counts[cells[n] + 1]++;
  }
  for (let k = 1; k <= slices; k++) counts[k] += counts[k - 1];
  const order = new Uint16Array(depth.length),
    next = counts.slice();
  for (const n of points) order[next[cells[n]]++] = n;
  return Array.from({length: slices}, (_, k) => order.subarray(counts[k], counts[k + 1]));
}
