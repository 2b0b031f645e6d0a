// The picture of a radius plot as a list of elements: what canvas, PNG and SVG show.

import {byHue, hueOf, isOut} from '../../canvas/colouring.js';
import {AWAY, BACK, faded} from '../../canvas/dots.js';
import {line} from '../../canvas/elements.js';
import {placeLabels} from '../../canvas/labels.js';
import {background, label, MAX_OUTLINES, outline} from '../../canvas/marks.js';
import {LEVEL, LEVELS} from '../../canvas/operations.js';
import {at, inView, named} from '../plot.js';
import {grid, words} from './axes.js';
import {dotSize, isDense, MAX_LABELS, opacity} from './look.js';
import {meanMarks, overlapMarks, rangeMark} from './marks.js';

/** @typedef {import('../../canvas/elements.js').Dots} Dots */
/** @typedef {import('../../canvas/elements.js').Element} Element */
/** @typedef {import('../plot.js').Drawn} Drawn */
/** @typedef {import('../plot.js').Place} Place */

/**
 * The lower layer: axes, all points, and the marks of the levels.
 * @param {Drawn} plot
 * @returns {Element[]}
 */
export function picture(plot) {
  const {frame, series} = plot,
    all = [...LEVELS.keys()];
  /** @param {boolean} dense */
  const means = (dense) => all.filter((v) => isDense(v) === dense).flatMap((v) => meanMarks(plot, v));
  return [
    background(plot.area, plot.style),
    {
      kind: 'inside',
      frame,
      elements: [...grid(plot), ...series.overlaps.flatMap((v) => overlapMarks(plot, v)), ...means(false)],
    },
    {kind: 'cloud', frame, layers: all.flatMap((v) => cloud(plot, v))},
    {kind: 'inside', frame, elements: [...all.map((v) => rangeMark(plot, v)), ...means(true)]},
    ...words(plot),
  ];
}

/**
 * The dots of a level. While some operations are selected, the others step back in their own colour; those that are
 * filtered out are faint in either case.
 * @param {Drawn} plot
 * @param {number} v
 * @returns {Dots[]}
 */
function cloud(plot, v) {
  const {selected, points, style} = plot,
    radius = dotSize(plot, v);
  /** @param {number[]} ids @param {number} back share of the background @param {number} more @param {number} opacity */
  const dots = (ids, back, more, opacity) =>
    [...byHue(ids, points.colours)].map(([hue, members]) => ({
      places: members.map((i) => at(plot, i)),
      colour: back ? faded(hue, style.back, back) : hue,
      radius: radius + more,
      opacity,
    }));
  const seen = LEVELS[v].filter((i) => inView(plot, i)),
    left = seen.filter((i) => !isOut(i)),
    others = left.filter((i) => !selected.has(i)),
    chosen = seen.filter((i) => selected.has(i));
  return [
    ...dots(
      seen.filter((i) => isOut(i) && !selected.has(i)),
      AWAY,
      0,
      opacity(v),
    ),
    ...dots(others, selected.size ? BACK : 0, 0, opacity(v)),
    ...dots(chosen, 0, 0.6, 1),
  ];
}

/**
 * The upper layer without the pointer: outlines and labels of the selected operations in view.
 * @param {Drawn} plot
 * @returns {Element[]}
 */
export function selectionMarks(plot) {
  const chosen = [...plot.selected].filter((i) => inView(plot, i));
  const outlines = chosen.length <= MAX_OUTLINES ? chosen.map((i) => outlined(plot, i, 3)) : [];
  return [{kind: 'inside', frame: plot.frame, elements: outlines}, ...labels(plot, chosen)];
}

/**
 * @param {Drawn} plot
 * @param {number} i
 * @param {number} more than the dot's radius
 */
const outlined = (plot, i, more) =>
  outline(at(plot, i), dotSize(plot, LEVEL[i]) + more, hueOf(i, plot.points.colours), plot.style);

/**
 * Labels, as many as fit: operations with a name come first. Of a selection without outlines, only those have one.
 * @param {Drawn} plot
 * @param {number[]} chosen
 * @returns {Element[]}
 */
function labels(plot, chosen) {
  const {area, frame, measure, names, style} = plot,
    withName = chosen.filter((i) => names.has(i)),
    others = chosen.length <= MAX_OUTLINES ? chosen.filter((i) => !names.has(i)) : [];
  const wanted = [...withName, ...others].map((i) => {
    const words = named(plot, i);
    return {words, at: at(plot, i), gap: dotSize(plot, LEVEL[i]) + 6, width: measure(words, {weight: 600})};
  });
  /** @type {[number, number, number][]} */
  const dots = chosen.length <= MAX_OUTLINES ? chosen.map((i) => [...at(plot, i), dotSize(plot, LEVEL[i]) + 3]) : [];
  const places = placeLabels(wanted, area.clientWidth, {left: frame.left, top: frame.top + 8, dots});
  return wanted
    .flatMap(({words}, k) => (places[k] ? [label(words, /** @type {Place} */ (places[k]), style)] : []))
    .slice(0, MAX_LABELS);
}

/**
 * The upper layer: the selection, the cursor of the keyboard, and what the pointer draws.
 * @param {Drawn} plot
 * @returns {Element[]}
 */
export function upperLayer(plot) {
  const {frame, gesture, cursor} = plot;
  /** @type {Element[]} */
  const inside = cursor >= 0 ? cursorMarks(plot) : [];
  if (gesture?.moved && gesture.path.length > 1) inside.push(...shape(plot, gesture.path));
  return [...selectionMarks(plot), {kind: 'inside', frame, elements: inside}];
}

/** @param {Drawn} plot @returns {Element[]} */
function cursorMarks(plot) {
  const {frame, style, cursor} = plot,
    [x, y] = at(plot, cursor);
  const cross =
    line([x, frame.top], [x, frame.top + frame.height]) + line([frame.left, y], [frame.left + frame.width, y]);
  return [{kind: 'path', d: cross, stroke: style.ink, width: 1.5, dash: [3, 3]}, outlined(plot, cursor, 4)];
}

/** @param {Drawn} plot @param {Place[]} path @returns {Element[]} */
function shape({style}, path) {
  const d = `${line(...path)}Z`;
  return [
    {kind: 'path', d, fill: style.ink, opacity: 0.08},
    {kind: 'path', d, stroke: style.ink, width: 1.5},
  ];
}
