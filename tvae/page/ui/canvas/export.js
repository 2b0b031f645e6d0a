// The building blocks of an SVG, and saving a text.

import {save} from '../scripts/component.js';

/** @typedef {Record<string, string | number>} Attributes */

/**
 * @param {string} text
 * @param {string} name
 * @param {string} type
 */
export const saveText = (text, name, type) => save(new Blob([text], {type}), name);

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
 * A length to one decimal, since a tenth of a pixel is invisible.
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
 * Dots of one colour and size, '' if there are none. Each is a stroke of length 0 with round ends, a dozen bytes.
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
