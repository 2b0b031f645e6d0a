// The state of a radius plot on the page, and values derived from it.

import {withColours} from '../canvas/colouring.js';
import {namesIn, ruler} from '../canvas/labels.js';
import {LEVEL, LEVELS} from '../canvas/operations.js';
import {within, xAt, yAt} from '../canvas/view.js';
import {sayer} from '../scripts/component.js';
import {scaleOf} from './picture/scale.js';
import {horizontalPlaces} from './points.js';

/** @typedef {import('../canvas/layers.js').Style} Style */
/** @typedef {import('../canvas/elements.js').Place} Place */
/** @typedef {import('./points.js').Encoder} Encoder */
/** @typedef {import('./points.js').Measure} Measure */
/** @typedef {import('./points.js').Points} Points */
/** @typedef {import('./points.js').Series} Series */
/** @typedef {import('./picture/scale.js').Axis} Axis */
/** @typedef {import('./picture/scale.js').Scale} Scale */
/** @typedef {import('../canvas/view.js').Frame} Frame */
/** @typedef {import('../canvas/view.js').View} View */

/**
 * Properties of the component, which Python and events of the page change. `turn` changes with every selection.
 * @typedef {object} Props
 * @property {string | null} value the packed points
 * @property {Encoder} encoder
 * @property {Measure} measure
 * @property {import('./picture/scale.js').Choice} axis the scale of the heights
 * @property {number[]} selected
 * @property {number} current the selected operation that the page shows, -1 for none
 * @property {Partial<Record<Encoder, Partial<Record<Measure, Axis>>>>} axes where they are not the points' own
 */

/**
 * What Python passes; `names` has the names of operations as "index:name" with spaces between.
 * @typedef {object} Data
 * @property {Record<string, string>} words
 * @property {import('./points.js').Jitter} jitter
 * @property {import('./picture/scale.js').Floor} floor
 * @property {string} names
 * @property {boolean} [leads] whether the plot has the checkpoint of the page, and runs the control of the colours
 * @property {boolean} [compared] whether the checkpoint is the one that is compared with that of the page
 */

/** @typedef {'lasso' | 'box' | 'pan' | 'interval' | 'wait'} Drawing 'wait': a finger that may become a long press */
/** @typedef {{start: Place, path: Place[], drawing: Drawing, view: View, moved: boolean}} Gesture */

/**
 * @typedef {object} Plot
 * @property {HTMLElement} root
 * @property {HTMLElement} area that has the canvases
 * @property {HTMLCanvasElement} base axes and all points
 * @property {HTMLCanvasElement} over what changes while the pointer moves
 * @property {HTMLElement} tip what is said about the point under the pointer
 * @property {Props} props
 * @property {(key: string, values?: Record<string, unknown>) => string} say
 * @property {import('../canvas/labels.js').Measure} measure
 * @property {Map<number, string>} names of operations that have one
 * @property {import('./picture/scale.js').Floor} floor
 * @property {Float64Array} x horizontal places, in columns
 * @property {Points | null} points
 * @property {Series | null} series of the encoder and the measure that are shown
 * @property {Axis} axis of the heights
 * @property {Scale} scale
 * @property {View} view the part of the scale that is shown
 * @property {Frame} frame
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

/**
 * Whether the points have no ball, so that the order of the levels is not judged.
 * @param {Plot} plot
 */
export const isFlat = ({points, props}) => points !== null && !points.encoders[props.encoder].norm;

/** @param {Drawn} plot */
export function title(plot) {
  return plot.say('titled', {measure: plot.points.titles[measureOf(plot)], encoder: plot.props.encoder});
}

/**
 * Whether the scale of the heights follows from the data.
 * @param {Plot} plot
 */
export const isAutomatic = ({props}) => (props.axis ?? 'auto') === 'auto';

/**
 * The scale of the heights in words, and if it was not chosen, why it is this one; `short`: without the reason.
 * @param {Plot} plot
 * @param {boolean} short
 */
export function scaleSaid(plot, short) {
  const {linear, log, levels} = plot.axis,
    {kind, gap} = plot.scale,
    {say} = plot;
  const why = short ? say(`short_${kind}`) : say(`why_${kind}`, {linear, log, levels});
  const scale = isAutomatic(plot) ? why : say(`scale_${kind}`);
  return gap === null ? scale : say('below', {scale});
}

/**
 * The vertical place of a height in level v.
 * @param {Plot} plot
 * @param {number} height
 * @param {number} v
 */
export const heightAt = (plot, height, v) => yAt(plot, plot.scale.place(height, v));

/**
 * The place of an operation.
 * @param {Drawn} plot
 * @param {number} i
 * @returns {Place}
 */
export const at = (plot, i) => [xAt(plot, plot.x[i]), heightAt(plot, plot.series.values[i], LEVEL[i])];

/**
 * The name of an operation, or its index.
 * @param {Plot} plot
 * @param {number} i
 */
export const named = ({names}, i) => names.get(i) ?? String(i);

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
  const scale = scaleSaid(plot, false),
    words = {title: title(plot), count: plot.x.length, verdict, pairs, scale, chosen: selected.size};
  return withColours(pairs ? say('words_overlaps', words) : say('words', words));
}

/**
 * A plot before it has points.
 * @param {HTMLElement} root
 * @param {Props} props
 * @param {Data} data
 * @returns {Plot}
 */
export function emptyPlot(root, props, {words, jitter, floor, names}) {
  const area = /** @type {HTMLElement} */ (root.querySelector('.scatter-plot'));
  const [base, over] = area.querySelectorAll('canvas');
  /** @type {Axis} */
  const axis = {low: 0, positive: 1, high: 1, linear: 0, log: 0, levels: 0, scale: 'linear'};
  /** @type {Plot} */
  const plot = {
    root,
    area,
    base,
    over,
    tip: /** @type {HTMLElement} */ (root.querySelector('.point-tip')),
    props,
    say: sayer(words),
    measure: ruler(() => plot.style.font),
    names: namesIn(names),
    floor,
    x: horizontalPlaces(jitter),
    points: null,
    series: null,
    axis,
    scale: scaleOf('linear', axis, [], floor),
    view: [0, 1, 0, 1],
    frame: {left: 0, top: 0, width: 0, height: 0},
    style: {ink: '', back: '', accent: '', font: ''},
    verdict: '',
    selected: new Set(),
    cursor: -1,
    gesture: null,
    drawMs: 0,
  };
  return plot;
}

/**
 * Where a key moves the cursor: up or down within its level, to the ends of the level, or to the nearest value of a
 * neighbouring level.
 * @param {Drawn} plot
 * @param {string} key
 */
export function stepped({cursor, series: {values}}, key) {
  /** @param {number} v */
  const byValue = (v) => [...LEVELS[v]].sort((a, b) => values[a] - values[b]);
  if (cursor < 0) return byValue(0).at(-1) ?? -1;
  if (key === 'Home' || key === 'End') return byValue(LEVEL[cursor]).at(key === 'Home' ? 0 : -1) ?? cursor;
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    const ids = byValue(LEVEL[cursor]);
    return ids[ids.indexOf(cursor) + (key === 'ArrowUp' ? 1 : -1)] ?? cursor;
  }
  const ids = LEVELS[LEVEL[cursor] + (key === 'ArrowRight' ? 1 : -1)] ?? [cursor];
  /** @param {number} i */
  const gap = (i) => Math.abs(values[i] - values[cursor]);
  return ids.reduce((best, i) => (gap(i) < gap(best) ? i : best));
}
