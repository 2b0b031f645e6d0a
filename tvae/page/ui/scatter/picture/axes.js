// The axes of a radius plot, and its words.

import {line} from '../../canvas/elements.js';
import {LEVELS} from '../../canvas/operations.js';
import {xAt, yAt} from '../../canvas/view.js';
import {isFlat, scaleSaid, title} from '../plot.js';
import {legend} from './legend.js';
import {isNarrow, QUIET, roomBesideTools} from './look.js';
import {axisTicks, columnEnds} from './ticks.js';

/** @typedef {import('../../canvas/elements.js').Element} Element */
/** @typedef {import('../../canvas/elements.js').Text} Text */
/** @typedef {import('../plot.js').Drawn} Drawn */
/** @typedef {import('../plot.js').Place} Place */

const VERDICT = {size: 13, weight: 600},
  SCALE = 11.5; // size of the sentence on the scale

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
    const ends = own ? columnEnds(series.stats[v], view, small) : null;
    return [
      ...(ends ? [text(ends[1], [x, top - 4], {size}), text(ends[0], [x, bottom + 12], {size})] : []),
      text(String(v), [x, below + 17], {weight: 600}),
      text(count, [x, below + 31], {size}),
    ];
  });
  const bad = series.overlaps.length > 0 && !isFlat(plot);
  const said = narrow && !bad && !isFlat(plot) ? say('apart_short') : plot.verdict,
    colour = bad ? style.accent : style.ink,
    start = narrow ? 10 : left,
    whole = scaleSaid(plot, narrow),
    fits = narrow || measure(whole, {size: SCALE}) <= roomBesideTools(plot, start);
  return [
    ...axisTicks(scale, view, height).map(([place, words]) =>
      text(words, [left - 7, yAt(plot, place) + 4], {align: 'end'}),
    ),
    ...columns,
    {kind: 'path', d: line([left, bottom + 0.5], [right, bottom + 0.5]), stroke: style.ink, opacity: 0.4},
    text(say('columns'), [right, below + 48], {align: 'end'}),
    text(said, [start, narrow ? 54 : 24], {...VERDICT, align: 'start', colour, opacity: 1}),
    text(fits ? whole : scaleSaid(plot, true), narrow ? [start + measure(said, VERDICT) + 10, 54] : [start, 41], {
      size: SCALE,
      align: 'start',
    }),
    text(title(plot), [14, top + height / 2], {upwards: true, opacity: 1}),
    ...legend(plot, [narrow ? 10 : left, below + (narrow ? 64 : 48)]),
  ];
}
