// The state of a radius plot on the page, and values derived from it.

import {LEVEL, LEVELS} from '../canvas/operations.js';
import {within, xAt, yAt} from '../canvas/view.js';
import {sayer} from '../scripts/component.js';
import {horizontalPlaces} from './points.js';

/** @typedef {import('../canvas/layers.js').Style} Style */
/** @typedef {import('../canvas/pen.js').Place} Place */
/** @typedef {import('./points.js').Encoder} Encoder */
/** @typedef {import('./points.js').Measure} Measure */
/** @typedef {import('./points.js').Points} Points */
/** @typedef {import('./points.js').Series} Series */
/** @typedef {import('../canvas/view.js').Frame} Frame */
/** @typedef {import('../canvas/view.js').View} View */

/**
 * Properties of the component, which Python and events of the page change. `turn` changes with every selection.
 * @typedef {object} Props
 * @property {string | null} value the packed points
 * @property {Encoder} encoder
 * @property {Measure} measure
 * @property {number[]} selected
 * @property {Partial<Record<Encoder, Partial<Record<Measure, [low: number, high: number]>>>>} range of the y axis where
 *   it is not the points' own
 */

/** @typedef {{words: Record<string, string>, jitter: import('./points.js').Jitter}} Data what Python passes */

/** @typedef {{start: Place, path: Place[], lasso: boolean, box: boolean, view: View, moved: boolean}} Gesture */

/**
 * @typedef {object} Plot
 * @property {HTMLElement} root
 * @property {HTMLElement} area that has the canvases
 * @property {HTMLCanvasElement} base axes and all points
 * @property {HTMLCanvasElement} over what changes while the pointer moves
 * @property {HTMLElement} tip what is said about the point under the pointer
 * @property {Props} props
 * @property {(key: string, values?: Record<string, unknown>) => string} say
 * @property {Float64Array} x horizontal places, in columns
 * @property {Points | null} points
 * @property {Series | null} series of the encoder and the measure that are shown
 * @property {View} home the whole axes
 * @property {View} view
 * @property {Frame} frame
 * @property {boolean} narrow
 * @property {Style} style
 * @property {string} verdict whether levels overlap, in words
 * @property {Set<number>} selected
 * @property {number} cursor operation under the keyboard's cursor, -1 for none
 * @property {Gesture | null} gesture
 * @property {number} drawMs how long the last drawing took
 */

/** @typedef {Plot & {points: Points, series: Series}} Drawn a plot with points */

/**
 * @param {Plot} plot
 * @returns {plot is Drawn}
 */
export const hasPoints = (plot) => plot.series !== null;

/**
 * The measure that is shown: the chosen one if the checkpoint has it, else the radius.
 * @param {Plot} plot
 * @returns {Measure}
 */
export const measureOf = ({points, props}) =>
  points?.encoders[props.encoder][props.measure] ? props.measure : 'radius';

/** @param {Drawn} plot */
export function title(plot) {
  return plot.say('titled', {measure: plot.points.titles[measureOf(plot)], encoder: plot.props.encoder});
}

/**
 * The place of an operation.
 * @param {Drawn} plot
 * @param {number} i
 * @returns {Place}
 */
export const at = (plot, i) => [xAt(plot, plot.x[i]), yAt(plot, plot.series.values[i])];

/**
 * Whether an operation is inside the axes.
 * @param {Drawn} plot
 * @param {number} i
 */
export const inView = (plot, i) => within(plot.frame, ...at(plot, i));

/**
 * What the plot shows, in words.
 * @param {Drawn} plot
 */
export function inWords(plot) {
  const {say, series, verdict, selected} = plot;
  const pairs = series.overlaps.map((v) => say('pair', {lower: v, higher: v + 1})).join(', ');
  const words = {title: title(plot), count: plot.x.length, verdict, pairs, chosen: selected.size};
  return pairs ? say('words_overlaps', words) : say('words', words);
}

/**
 * A plot before it has points.
 * @param {HTMLElement} root
 * @param {Props} props
 * @param {Data} data
 * @returns {Plot}
 */
export function emptyPlot(root, props, {words, jitter}) {
  const area = /** @type {HTMLElement} */ (root.querySelector('.scatter-plot'));
  const [base, over] = area.querySelectorAll('canvas');
  return {
    root,
    area,
    base,
    over,
    tip: /** @type {HTMLElement} */ (root.querySelector('.point-tip')),
    props,
    say: sayer(words),
    x: horizontalPlaces(jitter),
    points: null,
    series: null,
    home: [0, 1, 0, 1],
    view: [0, 1, 0, 1],
    frame: {left: 0, top: 0, width: 0, height: 0},
    narrow: false,
    style: {ink: '', back: '', accent: '', font: ''},
    verdict: '',
    selected: new Set(),
    cursor: -1,
    gesture: null,
    drawMs: 0,
  };
}

/**
 * Where an arrow key moves the cursor: up or down within its level, or to the nearest value of a neighbouring level.
 * @param {Drawn} plot
 * @param {string} key
 */
export function stepped({cursor, series: {values}}, key) {
  /** @param {number} v */
  const byValue = (v) => [...LEVELS[v]].sort((a, b) => values[a] - values[b]);
  if (cursor < 0) return byValue(0).at(-1) ?? -1;
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    const ids = byValue(LEVEL[cursor]);
    return ids[ids.indexOf(cursor) + (key === 'ArrowUp' ? 1 : -1)] ?? cursor;
  }
  const ids = LEVELS[LEVEL[cursor] + (key === 'ArrowRight' ? 1 : -1)] ?? [cursor];
  /** @param {number} i */
  const gap = (i) => Math.abs(values[i] - values[cursor]);
  return ids.reduce((best, i) => (gap(i) < gap(best) ? i : best));
}
