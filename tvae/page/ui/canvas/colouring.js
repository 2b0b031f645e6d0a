// The colours of the operations in all plots of the page, and which of them a filter leaves out. The room `columns` sets
// both; the plots of each tab draw again when they change. At first, colours are those of the levels.

import {LEVEL} from './operations.js';

/**
 * @typedef {object} Colouring
 * @property {string} column the key of what is coloured by
 * @property {string[] | null} hues #rrggbb; null for the plot's own colours of the levels
 * @property {Uint8Array} tone which of the hues each operation has
 * @property {Uint8Array | null} out 1 for each operation that is filtered out; null without a filter
 * @property {number} crossed the tone whose dots lie on top and have crosses in the ball, -1 for none
 * @property {Legend | null} legend null until the words are there
 * @property {(n: number) => string} said the value of an operation in words, '' if the plot says it anyway
 */

/**
 * What a picture says about its colours and the filter.
 * @typedef {object} Legend
 * @property {string} title of the column
 * @property {{words: string, colour: string}[]} categories none for a range
 * @property {string[]} swatches
 * @property {string[]} words of the swatches: the longest that fit are drawn
 * @property {string} filter in words, '' if it leaves out no operation
 * @property {string} sentences about both, for those who do not see them, '' if there is nothing to say
 */

/** @type {Colouring} */
export const LEVELS = {
  column: 'valuation',
  hues: null,
  tone: LEVEL,
  out: null,
  crossed: -1,
  legend: null,
  said: () => '',
};

export let colouring = LEVELS;

/** @type {Set<() => void>} */
const plots = new Set();

/**
 * Colour all plots.
 * @param {Colouring} next
 */
export function recolour(next) {
  colouring = next;
  for (const draw of plots) draw();
}

/**
 * Draw a plot again whenever the colours change.
 * @param {() => void} draw
 */
export const whenRecoloured = (draw) => plots.add(draw);

/**
 * What a plot shows in words, and what its colours and the filter do.
 * @param {string} words
 */
export const withColours = (words) => [words, colouring.legend?.sentences].filter(Boolean).join(' ');

/** @param {number} n */
export const isOut = (n) => colouring.out !== null && colouring.out[n] === 1;

/**
 * The colour of an operation.
 * @param {number} n
 * @param {string[]} levels the plot's colours of the levels
 */
export const hueOf = (n, levels) => (colouring.hues ?? levels)[colouring.tone[n]];

/**
 * Operations by their colour, the most frequent one first, so that few dots lie on many and not below them.
 * @param {ArrayLike<number> & Iterable<number>} ids
 * @param {string[]} levels the plot's colours of the levels
 * @returns {Map<string, number[]>}
 */
export function byHue(ids, levels) {
  /** @type {Map<string, number[]>} */
  const found = new Map();
  for (const n of ids) {
    const hue = hueOf(n, levels),
      members = found.get(hue);
    if (members) members.push(n);
    else found.set(hue, [n]);
  }
  return new Map([...found].sort(([, one], [, other]) => other.length - one.length));
}
