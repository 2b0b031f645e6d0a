// The axes of the directions as elements of the picture.

import {line} from '../../../../ui/canvas/elements.js';
import {hasDirections} from '../state.js';
import {axesOf, hasOwnScales} from './places.js';

/** @typedef {import('../../../../ui/canvas/elements.js').Element} Element */
/** @typedef {import('../state.js').Drawn} Drawn */
/** @typedef {import('../state.js').Place} Place */

const ALIGN = /** @type {const} */ ({left: 'start', center: 'middle', right: 'end'});
const NAME = 12; // font sizes
const MARK = 10.5;

/**
 * The remark that axes have different scales, if they do.
 * @param {Drawn} disk
 */
const remark = (disk) => (hasDirections(disk) && hasOwnScales(disk) ? disk.say('own_scale') : '');

/**
 * The lines, behind the dots.
 * @param {Drawn} disk
 * @returns {Element[]}
 */
export const axisLines = (disk) =>
  axesOf(disk).map(({ends, strength}) => ({
    kind: 'path',
    d: line(...ends),
    stroke: disk.style.ink,
    opacity: 0.4 * strength,
  }));

/**
 * The names and marks, on top; an outline keeps them readable in front of dots.
 * @param {Drawn} disk
 * @returns {Element[]}
 */
export function axisNames(disk) {
  const {style, area} = disk;
  /** @param {string} words @param {Place} at @param {keyof typeof ALIGN} align @param {number} size @param {number} opacity */
  const text = (words, at, align, size, opacity) => ({
    kind: /** @type {const} */ ('text'),
    words,
    at,
    align: ALIGN[align],
    size,
    opacity,
    colour: style.ink,
    halo: style.back,
  });
  const names = axesOf(disk).flatMap(({name, at, align, strength, marks}) => [
    text(name, at, align, NAME, strength),
    ...marks.map((mark) => text(mark.text, mark.at, mark.align, MARK, 0.85)),
  ]);
  const words = remark(disk);
  return words ? [...names, text(words, [10, area.clientHeight - 10], 'left', MARK, 0.85)] : names;
}
