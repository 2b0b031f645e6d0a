// The state of a disk on the page, and places in it. As a share of the disk's radius, 1 is its edge.

import {namesIn, ruler} from '../../../ui/canvas/labels.js';
import {COUNT} from '../../../ui/canvas/operations.js';
import {sayer} from '../../../ui/scripts/component.js';
import {FIRST} from './directions/rotation.js';
import {COS, SIN, TURN} from './points/angles.js';
import {distancesFrom} from './points/ball.js';

/** @typedef {import('../../../ui/canvas/elements.js').Place} Place */
/** @typedef {import('../../../ui/canvas/layers.js').Style} Style */
/** @typedef {import('./points/ball.js').Ball} Ball */
/** @typedef {import('./directions/projection.js').Directions} Directions */
/** @typedef {import('./directions/rotation.js').Turn} Turn */
/** @typedef {'digits' | '2d' | '3d'} View whether angles come from digits, or places from measured directions */
/** @typedef {{levels: string[], trits: string[]}} Palette */
/** @typedef {{words: Record<string, string>, palette: Palette, names: string}} Data what Python passes */
/** @typedef {{checkpoint: string, title: string, sha256: string, encoder: string, key: string, ball: boolean}} Source
 *   `title`: the checkpoint's name in pictures; `sha256`: its first digits */

/**
 * @typedef {object} Path a geodesic between two operations
 * @property {number[][]} points
 * @property {number} start
 * @property {number} end
 * @property {(number | null)[]} [decoded] the operation that is decoded from each point
 */

/**
 * Properties of the component; `turn` changes with every selection.
 * @typedef {object} Props
 * @property {Source | null} source
 * @property {'poincare' | 'even'} rule what the distance from the middle means, if digits give the angles
 * @property {View} view
 * @property {'auto' | 'equal' | 'own'} scales of the axes of directions
 * @property {number[]} selected
 * @property {{centre: number} | null} move
 * @property {[radius: number, degrees: number] | null} mark
 * @property {Path | null} path
 * @property {string} arrows 'none', or the walk that they show: 'next' for n + 1, 'triple' for 3n
 */

/**
 * @typedef {object} Disk
 * @property {HTMLElement} root
 * @property {HTMLElement} area that has the canvases
 * @property {HTMLCanvasElement} base all points and the grid
 * @property {HTMLCanvasElement} over what changes while the pointer moves
 * @property {HTMLElement} tip
 * @property {HTMLElement} status
 * @property {HTMLElement} panel what is decoded
 * @property {HTMLElement} faithful how faithful the directions are
 * @property {HTMLElement} legend below the canvas, with the choice of colours and the filter
 * @property {Props} props
 * @property {(key: string, values?: Record<string, unknown>) => string} say
 * @property {import('../../../ui/canvas/labels.js').Measure} measure
 * @property {Palette} palette
 * @property {Map<number, string>} names of operations that have one
 * @property {Ball | null} ball
 * @property {string} busy what is said while there is none
 * @property {string} walk what was said last about arrows that are asked for
 * @property {number} centre an operation, or -1 for the origin
 * @property {number[]} seat the point of the ball that is in the middle now
 * @property {Float64Array} radii distances of all operations from there
 * @property {number} rim a little more than the largest
 * @property {boolean} moving
 * @property {number} frames drawn while moving or turning, for the benchmarks
 * @property {Float32Array} x places of all operations, in CSS pixels
 * @property {Float32Array} y
 * @property {Float32Array} depth in -1..1, 1 is nearest; 0 if the picture has no depth
 * @property {Directions | null} directions
 * @property {Turn} turn of the directions
 * @property {boolean} turned whether the last press of the pointer turned them, and so selects nothing
 * @property {{x: number, y: number, r: number} | null} frame middle and radius of the disk
 * @property {Style} style
 * @property {Set<number>} selected
 * @property {number} cursor
 * @property {{radius: number, turn: number} | null} handle the point to decode
 * @property {boolean} decoding
 * @property {number} step of the path that is looked at, -1 for none
 * @property {number} drawMs
 */

/** @typedef {Disk & {ball: Ball, frame: {x: number, y: number, r: number}}} Drawn a disk with points */
/** @typedef {Drawn & {directions: Directions}} Directed a disk that shows directions */

/** @param {Disk} disk */
export const viewOf = ({props}) => props.view ?? 'digits';

/** @param {Disk} disk */
export const isDigital = (disk) => viewOf(disk) === 'digits';

/**
 * Whether the points are there, though their directions may not be.
 * @param {Disk} disk
 * @returns {disk is Drawn}
 */
export const isLoaded = (disk) => disk.ball !== null && disk.frame !== null;

/**
 * @param {Disk} disk
 * @returns {disk is Drawn}
 */
export const hasPoints = (disk) => isLoaded(disk) && (isDigital(disk) || disk.directions !== null);

/**
 * @param {Disk} disk
 * @returns {disk is Directed}
 */
export const hasDirections = (disk) => hasPoints(disk) && !isDigital(disk);

/**
 * A disk before it has points.
 * @param {HTMLElement} root
 * @param {Props} props
 * @param {Data} data
 * @returns {Disk}
 */
export function emptyDisk(root, props, {words, palette, names}) {
  /** @param {string} name */
  const part = (name) => /** @type {HTMLElement} */ (root.querySelector(name));
  const area = part('.disk-plot'),
    [base, over] = area.querySelectorAll('canvas');
  /** @type {Disk} */
  const disk = {
    root,
    area,
    base,
    over,
    tip: part('.point-tip'),
    status: part('.disk-status'),
    panel: part('.disk-decoded'),
    faithful: part('.disk-faithful'),
    legend: part('.disk-colour'),
    props,
    say: sayer(words),
    measure: ruler(() => disk.style.font),
    palette,
    names: namesIn(names),
    ball: null,
    busy: '',
    walk: '',
    centre: -1,
    seat: [],
    radii: new Float64Array(COUNT),
    rim: 1,
    moving: false,
    frames: 0,
    x: new Float32Array(COUNT),
    y: new Float32Array(COUNT),
    depth: new Float32Array(COUNT),
    directions: null,
    turn: FIRST,
    turned: false,
    frame: null,
    style: {ink: '', back: '', accent: '', font: ''},
    selected: new Set(),
    cursor: -1,
    handle: null,
    decoding: false,
    step: -1,
    drawMs: 0,
  };
  return disk;
}

/**
 * Say what is waited for, or why it does not come; '' for nothing.
 * @param {Disk} disk
 * @param {string} words
 */
export function setBusy(disk, words) {
  disk.busy = words;
  disk.status.textContent = words;
}

/**
 * Move a point of the ball to the middle of the disk.
 * @param {Disk} disk
 * @param {Ball} ball
 * @param {number[]} point
 */
export function settle(disk, ball, point) {
  disk.seat = point;
  distancesFrom(ball, point, disk.radii);
  disk.rim = disk.radii.reduce((most, radius) => Math.max(most, radius), 1e-6) * 1.04;
}

/** @param {Disk} disk */
export const isEven = ({props}) => props.rule === 'even';

/**
 * Where a hyperbolic distance is drawn, as a share of the disk's radius: as in the Poincare disk, or in proportion.
 * @param {Drawn} disk
 * @param {number} radius
 */
export function share(disk, radius) {
  return isEven(disk) ? radius / disk.rim : Math.tanh((Math.sqrt(disk.ball.c) * radius) / 2);
}

/**
 * The hyperbolic distance that is drawn at a share of the disk's radius.
 * @param {Drawn} disk
 * @param {number} drawn
 */
export function radiusAt(disk, drawn) {
  return isEven(disk) ? drawn * disk.rim : (2 / Math.sqrt(disk.ball.c)) * Math.atanh(Math.min(drawn, 0.9999));
}

/**
 * @param {Drawn} disk
 * @param {number} radius
 * @param {number} turn
 * @returns {Place}
 */
export function at(disk, radius, turn) {
  const {frame} = disk,
    reach = frame.r * share(disk, radius);
  return [frame.x + reach * Math.cos(turn), frame.y - reach * Math.sin(turn)];
}

/**
 * Find the places of all operations from their digits.
 * @param {Drawn} disk
 */
export function locate(disk) {
  const {frame, radii, x, y, depth} = disk;
  depth.fill(0);
  for (let n = 0; n < COUNT; n++) {
    const reach = frame.r * share(disk, radii[n]);
    x[n] = frame.x + reach * COS[n];
    y[n] = frame.y - reach * SIN[n];
  }
}

/** @param {Disk} disk @param {number} n @returns {Place} */
export const place = ({x, y}, n) => [x[n], y[n]];

/** @param {number} turn in radians */
export const degrees = (turn) => (turn * 360) / TURN;

/**
 * The operation under the cursor, else the last selected one, else -1.
 * @param {Disk} disk
 */
export const inHand = ({cursor, selected}) => (cursor >= 0 ? cursor : ([...selected].at(-1) ?? -1));

/** @param {Disk} disk @param {number} n */
export const named = ({say}, n) => (n < 0 ? say('origin') : say('operation', {n}));

/**
 * An operation with its name, if it has one.
 * @param {Disk} disk
 * @param {number} n
 */
export function fullName(disk, n) {
  const name = disk.names.get(n);
  return name ? disk.say('operation_named', {n, name}) : named(disk, n);
}
