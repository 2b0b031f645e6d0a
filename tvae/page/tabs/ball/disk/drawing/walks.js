// The walks n → n + 1 and n → 3n modulo 19,683 as arrows between operations. Nothing is drawn unless asked for.

import {line} from '../../../../ui/canvas/elements.js';
import {MAX_OUTLINES} from '../../../../ui/canvas/marks.js';
import {COUNT, LEVEL} from '../../../../ui/canvas/operations.js';
import {hasPoints, isDigital, place} from '../state.js';
import {dotSize} from './look.js';

/** @typedef {import('../../../../ui/canvas/elements.js').Element} Element */
/** @typedef {import('../state.js').Disk} Disk */
/** @typedef {import('../state.js').Place} Place */
/** @typedef {{from: number, to: number, wraps: number}} Step `wraps`: how often 19,683 is subtracted */

const STEPS = 27; // of a walk from one operation: n + 1 comes back to its first three trits
const GAP = 3; // between an arrow and a dot
const HEAD = {long: 8, half: 3.5};
const LABEL = {wide: 44, high: 12}; // of what is subtracted; two of the same words nearer than that would be one blot

/** @type {Record<string, (n: number) => number>} */
const AFTER = {next: (n) => n + 1, triple: (n) => 3 * n};

/**
 * The steps from one operation, up to one that is its own next; 3n reaches operation 0 in nine steps at most.
 * @param {(n: number) => number} after
 * @param {number} from
 * @param {number} most
 */
function walk(after, from, most) {
  /** @type {Step[]} */
  const steps = [];
  for (let n = from; steps.length < most; n = after(n) % COUNT) {
    const to = after(n) % COUNT;
    if (to === n) break;
    steps.push({from: n, to, wraps: (after(n) - to) / COUNT});
  }
  return steps;
}

/**
 * The whole walk from the selected operation; if there are several, one step from each, and if too many, none.
 * @param {string} arrows 'none', 'next' or 'triple'
 * @param {ReadonlySet<number>} selected
 * @returns {Step[]}
 */
export function stepsOf(arrows, selected) {
  const after = AFTER[arrows];
  if (!after || selected.size > MAX_OUTLINES) return [];
  return [...selected].flatMap((n) => walk(after, n, selected.size === 1 ? STEPS : 1));
}

/**
 * Where an arrow begins and ends, and its head; null between dots that touch.
 * @param {Disk} disk
 * @param {Step} step
 * @returns {{shaft: Place[], head: Place[]} | null}
 */
function arrow(disk, {from, to}) {
  const [x, y] = place(disk, from),
    [u, v] = place(disk, to),
    length = Math.hypot(u - x, v - y),
    begin = dotSize(LEVEL[from]) + GAP,
    end = length - dotSize(LEVEL[to]) - GAP,
    base = end - HEAD.long;
  if (base < begin) return null;
  const [p, q] = [(u - x) / length, (v - y) / length];
  /** @param {number} along @param {number} aside @returns {Place} */
  const at = (along, aside) => [x + along * p - aside * q, y + along * q + aside * p];
  return {shaft: [at(begin, 0), at(base, 0)], head: [at(base, HEAD.half), at(end, 0), at(base, -HEAD.half)]};
}

/**
 * What is subtracted in a step that wraps, in words.
 * @param {Disk} disk
 * @param {Step} step
 */
const subtracted = ({say}, {wraps}) => say('subtracted', {number: (wraps * COUNT).toLocaleString('en')});

/**
 * Whether a label says the same at nearly the same place.
 * @param {Element} sign
 * @param {string} words
 * @param {Place} at
 */
const isSame = (sign, words, [x, y]) =>
  sign.kind === 'text' &&
  sign.words === words &&
  Math.abs(sign.at[0] - x) < LABEL.wide &&
  Math.abs(sign.at[1] - y) < LABEL.high;

/**
 * The arrows as elements. Those that wrap are dashed, and in the walk of one operation say what is subtracted.
 * @param {Disk} disk
 * @returns {Element[]}
 */
export function arrowsOf(disk) {
  const {selected, style, props} = disk,
    steps = stepsOf(props.arrows, selected),
    {ink, back} = style;
  /** @type {Record<'whole' | 'wrapped' | 'heads', string>} */
  const d = {whole: '', wrapped: '', heads: ''};
  /** @type {Element[]} */
  const signs = [];
  for (const step of steps) {
    const drawn = arrow(disk, step);
    if (!drawn) continue;
    d[step.wraps ? 'wrapped' : 'whole'] += line(...drawn.shaft);
    d.heads += `${line(...drawn.head)}Z`;
    const [[x, y], [u, v]] = drawn.shaft;
    if (step.wraps && selected.size === 1) {
      /** @type {Place} */
      const at = [(x + u) / 2, (y + v) / 2 + 4],
        words = subtracted(disk, step);
      if (!signs.some((sign) => isSame(sign, words, at)))
        signs.push({kind: 'text', words, at, size: 11, colour: ink, halo: back});
    }
  }
  /** @type {Element[]} */
  const paths = [
    {kind: 'path', d: d.whole, stroke: ink, width: 1.5},
    {kind: 'path', d: d.wrapped, stroke: ink, width: 1.5, dash: [5, 4]},
    {kind: 'path', d: d.heads, fill: ink},
  ];
  return [...paths.filter((path) => path.kind === 'path' && path.d), ...signs];
}

/**
 * The arrows in words: where the walk of one operation goes, or how many there are, and which are not drawn; empty
 * unless asked for.
 * @param {Disk} disk
 */
export const walkInWords = (disk) => [stepsInWords(disk), noArrows(disk)].filter(Boolean).join(' ');

/** @param {Disk} disk */
function stepsInWords(disk) {
  const {say, selected, props} = disk,
    steps = stepsOf(props.arrows, selected);
  if (!steps.length) return '';
  const rule = say(`rule_${props.arrows}`);
  if (selected.size > 1) return say('arrows_each', {rule, count: steps.length});
  const way = steps.map((step) => (step.wraps ? `${step.to} (${subtracted(disk, step)})` : step.to));
  const end =
    props.arrows === 'triple' ? say('ends_triple', {count: way.length}) : say('ends_next', {count: way.length});
  return say('arrows_from', {rule, way: [steps[0].from, ...way].join(' → '), end});
}

/**
 * Why arrows are not drawn although they were asked for, and what to do; empty if all are.
 * @param {Disk} disk
 */
export function noArrows(disk) {
  const {say, selected, props} = disk;
  if (!AFTER[props.arrows]) return '';
  if (!selected.size) return say('arrows_none');
  if (selected.size > MAX_OUTLINES) return say('arrows_many', {most: MAX_OUTLINES});
  const steps = stepsOf(props.arrows, selected);
  if (!steps.length) return say('arrows_still');
  const drawn = hasPoints(disk) ? steps.filter((step) => arrow(disk, step)).length : steps.length;
  if (drawn === steps.length) return '';
  const what = drawn ? say('arrows_some') : say('arrows_short');
  return `${what} ${isDigital(disk) ? say('arrows_apart') : say('arrows_zoom')}`;
}
