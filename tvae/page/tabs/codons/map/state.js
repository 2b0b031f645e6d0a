// The state of the map of sequences, and values derived from it. Points are numbered as in the answer of Python.

import {ruler} from '../../../ui/canvas/labels.js';
import {xAt, yAt} from '../../../ui/canvas/view.js';
import {sayer} from '../../../ui/scripts/component.js';

/** @typedef {import('../../../ui/canvas/elements.js').Place} Place */
/** @typedef {import('../../../ui/canvas/view.js').Frame} Frame */
/** @typedef {import('../../../ui/canvas/view.js').View} View */
/** @typedef {{id: string, point: number, distance: number}} Near */
/** @typedef {{model: string, fasta: string}} Asked */

/**
 * @typedef {object} Point
 * @property {string} id
 * @property {boolean} training false for a sequence of the visitor
 * @property {number} x
 * @property {number} y
 * @property {Record<string, string>} columns
 * @property {Near[]} nearest
 */

/** @typedef {{name: string, labels: string[], colours: string[], of: number[]}} Column `of`: the label of each point */

/**
 * What Python answers; it is never empty.
 * @typedef {object} Sequences
 * @property {string} checkpoint
 * @property {string} sha256
 * @property {string[]} notes
 * @property {[number, number]} shares of the variance
 * @property {Point[]} points
 * @property {Column[]} columns by which points can be coloured
 */

/**
 * What is passed when the page is built: words, the colours of own and of other points, and parameters of the address.
 * @typedef {object} Data
 * @property {Record<string, string>} words
 * @property {string} own
 * @property {string} usual
 * @property {string} colour
 * @property {string} selected
 */

/** @typedef {{drawing: 'lasso' | 'box' | 'pan' | 'tap', path: Place[], centre: Place, moved: boolean}} Gesture */

/**
 * @typedef {object} SequenceMap
 * @property {HTMLElement} section
 * @property {HTMLElement} area that has the canvases
 * @property {HTMLCanvasElement} base
 * @property {HTMLCanvasElement} over
 * @property {HTMLElement} tip
 * @property {ReturnType<typeof sayer>} say
 * @property {import('../../../ui/canvas/labels.js').Measure} measure
 * @property {Data} data
 * @property {Asked | null} asked what the map shows
 * @property {Sequences | null} shown
 * @property {Column | null} column
 * @property {Place} centre of the view, in the units of the points
 * @property {number} zoom 1 for all points
 * @property {Frame} frame
 * @property {View} view
 * @property {import('../../../ui/canvas/layers.js').Style} style
 * @property {Set<number>} selected
 * @property {number} cursor point under the keyboard's cursor, -1 for none
 * @property {Gesture | null} gesture
 */

/** @typedef {SequenceMap & {shown: Sequences, asked: Asked}} Shown a map with points */

/** @param {SequenceMap} map @returns {map is Shown} */
export const hasPoints = (map) => map.shown !== null;

/**
 * A map before it has points.
 * @param {HTMLElement} section
 * @param {Data} data
 * @returns {SequenceMap}
 */
export function emptyMap(section, data) {
  const area = /** @type {HTMLElement} */ (section.querySelector('.scatter-plot')),
    [base, over] = area.querySelectorAll('canvas');
  /** @type {SequenceMap} */
  const map = {
    section,
    area,
    base,
    over,
    tip: /** @type {HTMLElement} */ (section.querySelector('.point-tip')),
    say: sayer(data.words),
    measure: ruler(() => map.style.font),
    data,
    asked: null,
    shown: null,
    column: null,
    centre: [0, 0],
    zoom: 1,
    frame: {left: 0, top: 0, width: 0, height: 0},
    view: [0, 1, 0, 1],
    style: {ink: '', back: '', accent: '', font: ''},
    selected: new Set(),
    cursor: -1,
    gesture: null,
  };
  return map;
}

/** @param {number[]} values @returns {[least: number, most: number]} */
const ends = (values) => [Math.min(...values), Math.max(...values)];

/**
 * The middle of all points, and the units of a pixel at which they fill the frame; both axes have the same units.
 * @param {Point[]} points
 * @param {{width: number, height: number}} frame
 * @returns {{centre: Place, unit: number}}
 */
export function fit(points, {width, height}) {
  const [left, right] = ends(points.map(({x}) => x)),
    [bottom, top] = ends(points.map(({y}) => y)),
    unit = Math.max((right - left) / (0.86 * width), (top - bottom) / (0.84 * height)) || 1 / Math.max(1, width);
  return {centre: [(left + right) / 2, (bottom + top) / 2], unit};
}

/**
 * The part of the axes around a centre.
 * @param {Place} centre
 * @param {number} unit of a pixel
 * @param {{width: number, height: number}} frame
 * @returns {View}
 */
export const viewAround = ([x, y], unit, {width, height}) => [
  x - (unit * width) / 2,
  x + (unit * width) / 2,
  y - (unit * height) / 2,
  y + (unit * height) / 2,
];

/** @param {Shown} map @param {number} i @returns {Place} */
export const at = (map, i) => [xAt(map, map.shown.points[i].x), yAt(map, map.shown.points[i].y)];

/**
 * The colour of a point.
 * @param {Shown} map
 * @param {number} i
 */
export function hueOf({shown, column, data}, i) {
  if (column) return column.colours[column.of[i]];
  return shown.points[i].training ? data.usual : data.own;
}

/** @param {Sequences} shown @returns {number[]} */
export const ownOf = ({points}) => [...points.keys()].filter((i) => !points[i].training);

/**
 * The points that are listed and joined to their nearest ones: the selected ones, or else the visitor's.
 * @param {Shown} map
 */
export const listed = ({shown, selected}) => (selected.size ? [...selected].sort((a, b) => a - b) : ownOf(shown));

/** @param {number} share */
export const percent = (share) => `${(100 * share).toFixed(1)}%`;

/**
 * What the map shows, in words.
 * @param {Shown} map
 */
export function inWords({shown, selected, say}) {
  const own = ownOf(shown).length,
    [first, second] = shown.shares.map(percent);
  return say('words', {training: shown.points.length - own, own, first, second, selected: selected.size});
}

/**
 * Where an arrow key moves the cursor: to the nearest point within 45 degrees of its direction.
 * @param {Place[]} places
 * @param {number} from
 * @param {string} key
 * @returns {number} `from` if there is none
 */
export function stepped(places, from, key) {
  /** @type {Record<string, Place>} */
  const directions = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
  const [u, v] = directions[key],
    [x, y] = places[from];
  let best = from,
    least = Infinity;
  places.forEach(([s, t], i) => {
    const along = (s - x) * u + (t - y) * v,
      across = Math.abs((s - x) * v) + Math.abs((t - y) * u),
      far = Math.hypot(along, across);
    if (i !== from && along > 0 && across <= along && far < least) [best, least] = [i, far];
  });
  return best;
}
