// A plot as a file: its pixels as PNG, and the pieces of an SVG.

import {fileName, save} from '../scripts/component.js';

/** @typedef {Record<string, string | number>} Attributes */

/**
 * @param {string} text
 * @param {string} name may have letters that no file system takes
 * @param {string} type
 */
export const saveText = (text, name, type) => save(new Blob([text], {type}), fileName(name));

/**
 * Layers, the lowest first, as one PNG.
 * @param {HTMLCanvasElement[]} layers all of one size
 * @param {string} name
 */
export function savePng(layers, name) {
  const {width, height} = layers[0],
    canvas = Object.assign(document.createElement('canvas'), {width, height});
  for (const layer of layers) canvas.getContext('2d')?.drawImage(layer, 0, 0);
  canvas.toBlob((blob) => {
    if (blob) save(blob, fileName(name));
  });
}

/** @param {string | number} words */
export const escaped = (words) => String(words).replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/**
 * @param {string} name
 * @param {Attributes} attributes
 * @param {string} inside
 */
export function node(name, attributes, inside = '') {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`);
  return `<${name}${written.join('')}>${inside}</${name}>`;
}

/**
 * A length with one decimal: a tenth of a pixel is not seen.
 * @param {number} length
 */
export const short = (length) => Math.round(length * 10) / 10;

/**
 * @param {string} d
 * @param {string} colour
 * @param {number} width
 * @param {Attributes} more
 */
export const stroke = (d, colour, width, more = {}) =>
  node('path', {d, fill: 'none', stroke: colour, 'stroke-width': width, ...more});

/**
 * Dots of one look, or '' for none. Each is a stroke of no length with round ends: a dozen bytes a dot.
 * @param {[x: number, y: number][]} places
 * @param {string} colour
 * @param {number} radius
 * @param {number} opacity
 */
export function dots(places, colour, radius, opacity) {
  if (!places.length) return '';
  const d = places.map(([x, y]) => `M${short(x)} ${short(y)}h0`).join('');
  return stroke(d, colour, short(2 * radius), {'stroke-linecap': 'round', 'stroke-opacity': opacity});
}
