// The marks of the levels: the bar of the mean, the line of the range, and the bands where neighbouring levels overlap.

import {boxed, line} from '../../canvas/elements.js';
import {LEVELS} from '../../canvas/operations.js';
import {xAt} from '../../canvas/view.js';
import {heightAt} from '../plot.js';
import {isDense, meanReach, RANGE_AT} from './look.js';

/** @typedef {import('../../canvas/elements.js').Box} Box */
/** @typedef {import('../../canvas/elements.js').Element} Element */
/** @typedef {import('../plot.js').Drawn} Drawn */
/** @typedef {import('../plot.js').Place} Place */
/** @typedef {{level: number} | {overlap: number}} Mark the mark under the pointer: of level v, or of v and v + 1 */

const HATCH = 7; // pixels between the lines of a band
const NEAR = 4; // pixels from a mark to the pointer that is on it

/**
 * The bands where level v overlaps the next, from the least of v to the largest of v + 1: over both columns, or in each
 * column on its own scale.
 * @param {Drawn} plot
 * @param {number} v
 * @returns {Box[]}
 */
export function bandsOf(plot, v) {
  const {stats} = plot.series,
    least = stats[v][0],
    largest = stats[v + 1][2];
  /** @param {number} first @param {number} last */
  const over = (first, last) => {
    const left = xAt(plot, first - 0.47),
      top = Math.max(heightAt(plot, largest, first), heightAt(plot, stats[first][2], first)),
      bottom = Math.min(heightAt(plot, least, last), heightAt(plot, stats[last][0], last));
    return {left, top, width: xAt(plot, last + 0.47) - left, height: Math.max(0, bottom - top)};
  };
  if (plot.scale.kind === 'levels') return [over(v, v), over(v + 1, v + 1)];
  const left = xAt(plot, v - 0.47),
    top = heightAt(plot, largest, v);
  return [{left, top, width: xAt(plot, v + 1.47) - left, height: heightAt(plot, least, v) - top}];
}

/**
 * @param {Drawn} plot
 * @param {number} v
 * @returns {Element[]}
 */
export const overlapMarks = (plot, v) => bandsOf(plot, v).flatMap((band) => bandMarks(plot, band, v % 2 === 1));

/**
 * A hatched band, whose lines rise or fall so that two bands can be told apart.
 * @param {Drawn} plot
 * @param {Box} band
 * @param {boolean} rising
 * @returns {Element[]}
 */
export function bandMarks({style, frame}, band, rising) {
  const {left, top, width, height} = band,
    right = left + width;
  // Only the part in view is hatched; under a zoom the band may be far larger.
  const y0 = Math.max(top, frame.top),
    y1 = Math.min(top + height, frame.top + frame.height),
    [from, to] = rising ? [y1, y0] : [y0, y1];
  const hatch = [];
  for (let x = left - Math.max(0, y1 - y0); y1 > y0 && x < right; x += HATCH)
    hatch.push(line([x, from], [x + y1 - y0, to]));
  /** @type {Element[]} */
  const inside = [{kind: 'path', d: boxed(band), fill: style.accent, opacity: 0.05}];
  if (hatch.length) inside.push({kind: 'path', d: hatch.join(''), stroke: style.accent, opacity: 0.3});
  const edges = [top, top + height].map((y) => line([left, y], [right, y])).join('');
  return [
    {kind: 'inside', frame: band, elements: inside},
    {kind: 'path', d: edges, stroke: style.accent, width: 1.5},
  ];
}

/**
 * The bar of a level's mean. That of a dense level lies on its points, which would hide it.
 * @param {Drawn} plot
 * @param {number} v
 * @returns {Element[]}
 */
export function meanMarks(plot, v) {
  const y = heightAt(plot, plot.series.stats[v][1], v),
    reach = meanReach(v);
  return meanBar(plot, [xAt(plot, v - reach), y], [xAt(plot, v + reach), y], isDense(v));
}

/**
 * @param {Drawn} plot
 * @param {Place} from
 * @param {Place} to
 * @param {boolean} dense
 * @returns {Element[]}
 */
export function meanBar({style}, from, to, dense) {
  const d = line(from, to);
  /** @type {Element} */
  const bar = {kind: 'path', d, stroke: style.ink, width: dense ? 2 : 1.5, round: true};
  return dense ? [{kind: 'path', d, stroke: style.back, width: 5, round: true}, bar] : [bar];
}

/**
 * The line of a level's range.
 * @param {Drawn} plot
 * @param {number} v
 * @returns {Element}
 */
export function rangeMark(plot, v) {
  const [low, , high] = plot.series.stats[v].map((height) => heightAt(plot, height, v)),
    x = xAt(plot, v - RANGE_AT);
  return {kind: 'path', d: line([x, low], [x, high]), stroke: plot.points.colours[v], width: 1.5};
}

/**
 * The mark at a place in the plot: a mean or a range, else an overlap.
 * @param {Drawn} plot
 * @param {Place} at
 * @returns {Mark | null}
 */
export function markAt(plot, [x, y]) {
  for (const v of LEVELS.keys()) {
    const [low, mean, high] = plot.series.stats[v].map((height) => heightAt(plot, height, v)),
      reach = meanReach(v);
    const onMean = Math.abs(y - mean) <= NEAR && x >= xAt(plot, v - reach) && x <= xAt(plot, v + reach);
    const onRange = Math.abs(x - xAt(plot, v - RANGE_AT)) <= NEAR && y <= low + NEAR && y >= high - NEAR;
    if (onMean || onRange) return {level: v};
  }
  /** @param {Box} band */
  const holds = ({left, top, width, height}) => x >= left && x <= left + width && y >= top && y <= top + height;
  const overlap = plot.series.overlaps.find((v) => bandsOf(plot, v).some(holds));
  return overlap === undefined ? null : {overlap};
}
