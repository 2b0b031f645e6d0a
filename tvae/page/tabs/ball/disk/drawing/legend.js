// The legend of a disk for files. On the page it is DOM below the canvas, see the room `columns`.

import {colouring} from '../../../../ui/canvas/colouring.js';
import {boxed, circled} from '../../../../ui/canvas/elements.js';

/** @typedef {import('../../../../ui/canvas/elements.js').Element} Element */
/** @typedef {{words: string, wide: number, marks: (x: number, y: number) => Element[]}} Entry `wide`: of its marks */

const LOOK = {size: 12};
const LINE = 20; // from one line to the next
const EDGE = 10;
const GAP = 12; // between entries
const DOT = 5; // radius
const BAR = 60; // length of a range of colours

/**
 * The colours, from `top` on.
 * @param {import('../state.js').Drawn} disk
 * @param {number} width
 * @param {number} top
 * @returns {{elements: Element[], height: number}}
 */
export function legendOf({style, measure}, width, top) {
  /** @type {Element[]} */
  const elements = [];
  let x = EDGE,
    y = top + LINE;
  /** @param {Entry} entry */
  const put = ({words, wide, marks}) => {
    const length = wide + measure(words, LOOK);
    if (x > EDGE && x + length > width - EDGE) {
      x = EDGE;
      y += LINE;
    }
    elements.push(...marks(x, y));
    elements.push({kind: 'text', words, at: [x + wide, y], align: 'start', ...LOOK, colour: style.ink});
    x += length + GAP;
  };
  for (const entry of colours((words) => BAR + 5 + measure(words, LOOK) < width - 2 * EDGE)) put(entry);
  const height = y - top + EDGE,
    back = {kind: /** @type {const} */ ('path'), d: boxed({left: 0, top, width, height}), fill: style.back};
  return {elements: [back, ...elements], height};
}

/**
 * The name of the column and each of its categories, or its range.
 * @param {(words: string) => boolean} fits next to the bar of a range
 * @returns {Entry[]}
 */
function colours(fits) {
  const {legend} = colouring;
  if (!legend) return [];
  if (!legend.categories.length) {
    const wide = BAR / legend.swatches.length;
    /** @param {number} x @param {number} y @returns {Element[]} */
    const marks = (x, y) =>
      legend.swatches.map((fill, k) => ({
        kind: 'path',
        d: boxed({left: x + wide * k, top: y - 9, width: wide, height: 9}),
        fill,
      }));
    return [{words: legend.words.find(fits) ?? legend.words[0], wide: BAR + 5, marks}];
  }
  const entries = legend.categories.map(({words, colour: fill}) => {
    /** @param {number} x @param {number} y @returns {Element[]} */
    const marks = (x, y) => [{kind: 'path', d: circled([x + DOT, y - 4], DOT), fill}];
    return {words, wide: 2 * DOT + 4, marks};
  });
  return [{words: legend.title, wide: 0, marks: () => []}, ...entries];
}
