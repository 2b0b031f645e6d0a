// The axes of a radius plot, its words, and the legend.

import {colouring} from '../../canvas/colouring.js';
import {line} from '../../canvas/elements.js';
import {LEVELS} from '../../canvas/operations.js';
import {xAt, yAt} from '../../canvas/view.js';
import {scaleSaid, title} from '../plot.js';
import {isNarrow} from './look.js';
import {bandMarks, meanBar} from './marks.js';
import {axisTicks, columnEnds} from './ticks.js';

/** @typedef {import('../../canvas/elements.js').Element} Element */
/** @typedef {import('../../canvas/elements.js').Text} Text */
/** @typedef {import('../plot.js').Drawn} Drawn */
/** @typedef {import('../plot.js').Place} Place */

const QUIET = 0.8; // opacity of words that are not the point
const VERDICT = {size: 13, weight: 600};

/**
 * Lines across the plot at the marks of the axis, and the break above heights that have no logarithm.
 * @param {Drawn} plot
 * @returns {Element[]}
 */
export function grid(plot) {
  const {frame, style, scale, view} = plot;
  /** @param {number} place */
  const across = (place) => {
    const y = Math.round(yAt(plot, place)) + 0.5;
    return line([frame.left, y], [frame.left + frame.width, y]);
  };
  const lines = axisTicks(scale, view, frame.height).map(([place]) => across(place));
  /** @type {Element[]} */
  const drawn = [{kind: 'path', d: lines.join('') || 'M0 0', stroke: style.ink, opacity: 0.1}];
  if (scale.gap !== null)
    drawn.push({kind: 'path', d: across(scale.gap), stroke: style.ink, opacity: 0.5, dash: [2, 4]});
  return drawn;
}

/**
 * The words around the plot.
 * @param {Drawn} plot
 * @returns {Element[]}
 */
export function words(plot) {
  const {frame, view, scale, style, series, say, measure} = plot,
    narrow = isNarrow(plot);
  const {left, top, width, height} = frame,
    bottom = top + height,
    right = left + width,
    own = scale.kind === 'levels';
  /** @param {string} words @param {Place} at @param {Partial<Text>} look @returns {Text} */
  const text = (words, at, look = {}) => ({kind: 'text', words, at, colour: style.ink, opacity: QUIET, ...look});
  const below = bottom + (own ? 13 : 0),
    small = width < 420,
    size = small ? 9 : 11;
  const columns = LEVELS.flatMap((ids, v) => {
    const x = xAt(plot, v),
      count = ids.length.toLocaleString('en', {notation: small ? 'compact' : 'standard'});
    const ends = own ? columnEnds(scale, view, v, small) : null;
    return [
      ...(ends ? [text(ends[1], [x, top - 4], {size}), text(ends[0], [x, bottom + 12], {size})] : []),
      text(String(v), [x, below + 17], {weight: 600}),
      text(count, [x, below + 31], {size}),
    ];
  });
  const said = narrow && !series.overlaps.length ? say('apart_short') : plot.verdict,
    colour = series.overlaps.length ? style.accent : style.ink,
    start = narrow ? 10 : left;
  return [
    ...axisTicks(scale, view, height).map(([place, words]) =>
      text(words, [left - 7, yAt(plot, place) + 4], {align: 'end'}),
    ),
    ...columns,
    {kind: 'path', d: line([left, bottom + 0.5], [right, bottom + 0.5]), stroke: style.ink, opacity: 0.4},
    text(say('columns'), [right, below + 48], {align: 'end'}),
    text(said, [start, narrow ? 54 : 24], {...VERDICT, align: 'start', colour, opacity: 1}),
    text(scaleSaid(plot, narrow), narrow ? [start + measure(said, VERDICT) + 10, 54] : [start, 41], {
      size: 11.5,
      align: 'start',
    }),
    text(title(plot), [14, top + height / 2], {upwards: true, opacity: 1}),
    ...legend(plot, [narrow ? 10 : left, below + (narrow ? 64 : 48)]),
  ];
}

/**
 * What a bar, a line, a band and the colours mean, in one row from a place on.
 * @param {Drawn} plot
 * @param {Place} from
 * @returns {Element[]}
 */
function legend(plot, [x, y]) {
  const {style, points, say, measure} = plot,
    size = 11,
    middle = y - 4;
  const own = colouring.hues && colouring.legend,
    swatches = own?.swatches ?? points.colours,
    wide = 60 / swatches.length,
    // The words of the columns are in the same row, unless the plot is narrow.
    end = plot.area.clientWidth - (isNarrow(plot) ? 0 : measure(say('columns'), {}) + 14);
  /** @type {[width: number, words: string[], (x: number) => Element[]][]} */
  const entries = [
    [18, [say('legend_mean')], (x) => meanBar(plot, [x, middle], [x + 18, middle], false)],
    [
      3,
      [say('legend_range')],
      (x) => [{kind: 'path', d: line([x + 1, y - 10], [x + 1, y + 2]), stroke: points.colours[4], width: 1.5}],
    ],
    [
      18,
      [say('legend_overlap')],
      (x) =>
        bandMarks(
          {...plot, frame: {left: x, top: y - 10, width: 18, height: 12}},
          {left: x, top: y - 9, width: 18, height: 10},
          false,
        ),
    ],
    [
      60,
      own ? [...own.words, ''] : [say('legend_colours')],
      (x) =>
        swatches.map((stroke, k) => ({
          kind: 'path',
          d: line([x + wide * k, middle], [x + wide * (k + 1), middle]),
          stroke,
          width: 7,
        })),
    ],
  ];
  const drawn = [];
  let at = x;
  for (const [width, names, marks] of entries) {
    const room = end - at - width - 10,
      word = names.find((one) => measure(one, {size}) < room) ?? names[0];
    drawn.push(...marks(at));
    drawn.push({
      kind: /** @type {const} */ ('text'),
      words: word,
      at: /** @type {Place} */ ([at + width + 5, y]),
      align: /** @type {const} */ ('start'),
      size,
      colour: style.ink,
      opacity: QUIET,
    });
    at += width + 5 + measure(word, {size}) + (isNarrow(plot) ? 9 : 14);
  }
  return drawn;
}
