// What is said about the operation and the mark under the pointer or the cursor of the keyboard.

import {colouring} from '../../canvas/colouring.js';
import {isExact, LEVEL, LEVELS} from '../../canvas/operations.js';
import {tag, tritTiles} from '../../canvas/pointer.js';
import {measureOf} from '../plot.js';

/** @typedef {import('../plot.js').Drawn} Drawn */

/**
 * @param {Drawn} plot
 * @param {number} i
 * @returns {HTMLElement[]}
 */
export function operationLines(plot, i) {
  const {points, series, names, say} = plot,
    name = names.get(i);
  const facts = tag('div', `${say('facts', {valuation: LEVEL[i], measure: points.titles[measureOf(plot)]})} `);
  facts.append(tag('b', series.values[i].toFixed(4)));
  const value = colouring.said(i);
  return [
    tag('b', name ? say('operation_named', {n: i, name}) : say('operation', {n: i})),
    tritTiles(i),
    facts,
    tag('div', isExact(points, i) ? say('exact') : say('inexact')),
    ...(value ? [tag('div', value)] : []),
  ];
}

/**
 * @param {Drawn} plot
 * @param {import('./marks.js').Mark} mark
 * @returns {HTMLElement[]}
 */
export function markLines(plot, mark) {
  const [head, ...more] = 'level' in mark ? levelSaid(plot, mark.level) : overlapSaid(plot, mark.overlap);
  return [tag('b', head, 'point-mark'), ...more.map((line) => tag('div', line))];
}

/**
 * A level in words: its size, mean and range, and the levels that it overlaps with.
 * @param {Drawn} plot
 * @param {number} v
 */
export function levelSaid({series, say}, v) {
  const [least, mean, largest] = series.stats[v].map((height) => height.toFixed(4)),
    count = LEVELS[v].length;
  const others = [...(series.overlaps.includes(v - 1) ? [v - 1] : []), ...(series.overlaps.includes(v) ? [v + 1] : [])];
  const [lower, higher] = others;
  const overlaps = others.length === 2 ? say('level_both', {lower, higher}) : say('level_overlaps', {other: lower});
  return [
    count === 1 ? say('level_one', {v}) : say('level', {v, count: count.toLocaleString('en')}),
    say('level_mean', {mean, least, largest}),
    others.length ? overlaps : say('level_apart'),
  ];
}

/** @param {Drawn} plot @param {number} v */
function overlapSaid({series, say}, v) {
  const [least, largest] = [series.stats[v][0], series.stats[v + 1][2]].map((height) => height.toFixed(4));
  return [
    say('overlap_band', {lower: v, higher: v + 1}),
    say('overlap_why', {lower: v, higher: v + 1, least, largest}),
  ];
}
