// What all plots draw alike: the background, a sentence instead of dots, and what marks an operation.

import {boxed} from './elements.js';

/** @typedef {import('./elements.js').Element} Element */
/** @typedef {import('./elements.js').Place} Place */
/** @typedef {import('./layers.js').Style} Style */
/** @typedef {{clientWidth: number, clientHeight: number}} Area of a plot */

export const MAX_OUTLINES = 400; // with more selected operations, none has an outline

/** @param {Area} area */
export const whole = ({clientWidth: width, clientHeight: height}) => ({left: 0, top: 0, width, height});

/** @param {Area} area @param {Style} style @returns {Element} */
export const background = (area, {back}) => ({kind: 'path', d: boxed(whole(area)), fill: back});

/**
 * A plot without points: a sentence.
 * @param {Area} area
 * @param {Style} style
 * @param {string} words
 * @returns {Element[]}
 */
export const sentence = (area, style, words) => [
  background(area, style),
  {kind: 'text', words, at: [area.clientWidth / 2, area.clientHeight / 2], colour: style.ink},
];

/** @param {Place} at @param {number} radius @param {string} fill @param {Style} style @returns {Element} */
export const outline = (at, radius, fill, {ink}) => ({kind: 'ring', at, radius, fill, stroke: ink, width: 1.5});

/** @param {string} words @param {Place} at @param {Style} style @returns {Element} */
export const label = (words, at, {ink, back}) => ({
  kind: 'text',
  words,
  at,
  align: 'start',
  weight: 600,
  colour: ink,
  halo: back,
});
