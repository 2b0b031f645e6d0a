// Dots as pixels. Without a GPU, writing the pixels of 19,683 discs is some ten times faster than as many canvas calls.

/** @typedef {{width: number, height: number, pixels: Uint32Array}} Raster */

// The shares of the background in the colours of dots, see `faded`.
export const BACK = 0.55; // of those that are not selected, while others are: their colours still tell them apart
export const AWAY = 0.9; // of those that are filtered out

/**
 * The pixels of an image, red in the lowest byte.
 * @param {ImageData} image
 * @returns {Raster}
 */
export const raster = ({width, height, data}) => ({width, height, pixels: new Uint32Array(data.buffer)});

/**
 * A colour #rrggbb as a pixel with opacity 0.
 * @param {string} colour
 */
export const rgb = (colour) => [5, 3, 1].reduce((sum, k) => (sum << 8) | parseInt(colour.slice(k, k + 2), 16), 0);

/**
 * A colour nearer to the background: its hue stays, and it steps back.
 * @param {string} colour #rrggbb
 * @param {string} back rgb(r, g, b), as style sheets give it
 * @param {number} share of the background in 0..1
 */
export function faded(colour, back, share) {
  const behind = back.match(/[\d.]+/g) ?? [];
  const mixed = [1, 3, 5].map((at, k) => {
    const own = parseInt(colour.slice(at, at + 2), 16);
    return Math.round(own + (Number(behind[k] ?? own) - own) * share);
  });
  return `#${mixed.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** @type {Map<number, number[]>} */
const discs = new Map();

/**
 * A disc with a soft edge: dx, dy and the covered share in 0..1 of each pixel that it touches.
 * @param {number} radius in pixels of the device
 */
export function disc(radius) {
  const known = discs.get(radius);
  if (known) return known;
  const reach = Math.ceil(radius),
    mask = [];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const cover = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(dx, dy)));
      if (cover) mask.push(dx, dy, cover);
    }
  }
  if (discs.size > 200) discs.clear(); // each step of a zoom adds sizes that are never used again
  discs.set(radius, mask);
  return mask;
}

/**
 * Paint a disc. Where dots overlap, the colour of the last one is kept, and opacities accumulate.
 * @param {Raster} to
 * @param {number} x of the middle, in pixels of the device
 * @param {number} y
 * @param {number[]} mask of `disc`
 * @param {number} colour of `rgb`
 * @param {number} strength opacity in 0..1
 */
export function stamp({width, height, pixels}, x, y, mask, colour, strength) {
  for (let k = 0; k < mask.length; k += 3) {
    const column = x + mask[k],
      row = y + mask[k + 1];
    if (column < 0 || row < 0 || column >= width || row >= height) continue;
    const place = row * width + column,
      before = pixels[place] >>> 24;
    pixels[place] = ((before + (255 - before) * mask[k + 2] * strength) << 24) | colour;
  }
}
