// The legend of a radius plot: what a bar, a line, a band and the colours mean.

import {colouring} from '../../canvas/colouring.js';
import {line} from '../../canvas/elements.js';
import {isNarrow, QUIET} from './look.js';
import {bandMarks, meanBar} from './marks.js';

/** @typedef {import('../../canvas/elements.js').Element} Element */
/** @typedef {import('../plot.js').Drawn} Drawn */
/** @typedef {import('../plot.js').Place} Place */
/** @typedef {{wide: number, names: string[], marks: (x: number) => Element[]}} Entry `wide`: of its marks; the longest of
 *   its names that fits is drawn */

const SIZE = 11; // of the words
const BAR = 60; // length of the colours

/**
 * @param {Drawn} plot
 * @param {number} y of the baseline
 * @returns {Entry[]}
 */
function entries(plot, y) {
  const {points, say} = plot,
    middle = y - 4,
    own = colouring.hues && colouring.legend,
    swatches = own?.swatches ?? points.colours,
    step = BAR / swatches.length;
  return [
    {
      wide: 18,
      names: [say('legend_mean')],
      marks: (x) => meanBar(plot, [x, middle], [x + 18, middle], false),
    },
    {
      wide: 3,
      names: [say('legend_range')],
      marks: (x) => [{kind: 'path', d: line([x + 1, y - 10], [x + 1, y + 2]), stroke: points.colours[4], width: 1.5}],
    },
    {
      wide: 18,
      names: [say('legend_overlap')],
      marks: (x) => {
        const frame = {left: x, top: y - 10, width: 18, height: 12};
        return bandMarks({...plot, frame}, {...frame, top: y - 9, height: 10}, false);
      },
    },
    {
      wide: BAR,
      names: own ? [...own.words, ''] : [say('legend_colours')],
      marks: (x) =>
        swatches.map((stroke, k) => ({
          kind: 'path',
          d: line([x + step * k, middle], [x + step * (k + 1), middle]),
          stroke,
          width: 7,
        })),
    },
  ];
}

/**
 * The entries in one row from a place on.
 * @param {Drawn} plot
 * @param {Place} from
 * @returns {Element[]}
 */
export function legend(plot, [x, y]) {
  const {style, say, measure, area} = plot,
    narrow = isNarrow(plot);
  // The words of the columns are in the same row, unless the plot is narrow.
  const end = area.clientWidth - (narrow ? 0 : measure(say('columns'), {}) + 14);
  /** @type {Element[]} */
  const drawn = [];
  let at = x;
  for (const entry of entries(plot, y)) {
    const from = at + entry.wide + 5,
      words = entry.names.find((one) => measure(one, {size: SIZE}) < end - from - 5) ?? entry.names[0];
    drawn.push(...entry.marks(at));
    drawn.push({kind: 'text', words, at: [from, y], align: 'start', size: SIZE, colour: style.ink, opacity: QUIET});
    at = from + measure(words, {size: SIZE}) + (narrow ? 9 : 14);
  }
  return drawn;
}
