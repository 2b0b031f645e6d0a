// The picture of the disk as a list of elements: what canvas, PNG and SVG show.

import {colouring, hueOf, isOut, LEVELS} from '../../../../ui/canvas/colouring.js';
import {AWAY, BACK, faded} from '../../../../ui/canvas/dots.js';
import {boxed, circled, line} from '../../../../ui/canvas/elements.js';
import {placeLabels} from '../../../../ui/canvas/labels.js';
import {background, label, MAX_OUTLINES, outline, whole} from '../../../../ui/canvas/marks.js';
import {LEVEL, SIGNS} from '../../../../ui/canvas/operations.js';
import {axisLines, axisNames} from '../directions/axes.js';
import {centrePlace, placeOfPoint} from '../directions/places.js';
import {ANGLE, TURN, turnBetween} from '../points/angles.js';
import {distance, dot} from '../points/ball.js';
import {at, hasDirections, place} from '../state.js';
import {dotSize, layersOf, MAX_LABELS, rings} from './look.js';
import {arrowsOf} from './walks.js';

/** @typedef {import('../../../../ui/canvas/elements.js').Dots} Dots */
/** @typedef {import('../../../../ui/canvas/elements.js').Element} Element */
/** @typedef {import('../state.js').Disk} Disk */
/** @typedef {import('../state.js').Drawn} Drawn */
/** @typedef {import('../state.js').Path} Path */
/** @typedef {import('../state.js').Place} Place */

const LARGEST = 12; // no dot has a larger radius; those farther out of the picture are left out

/**
 * The lower layer: all points, the grid or the axes behind them, and the names on top.
 * @param {Drawn} disk
 * @returns {Element[]}
 */
export function picture(disk) {
  const behind = hasDirections(disk) ? axisLines(disk) : grid(disk),
    above = hasDirections(disk) ? axisNames(disk) : sectors(disk);
  return [background(disk.area, disk.style), ...behind, cloud(disk), ...above];
}

/**
 * All dots. While some operations are selected, the others step back in their own colour; those that are filtered out
 * are faint in either case, and below the others.
 * @param {Drawn} disk
 * @returns {Element}
 */
function cloud(disk) {
  const {selected} = disk,
    isVisible = visibility(disk),
    slices = layersOf(disk);
  /** @param {(n: number) => boolean} isShown @param {number} back */
  const others = (isShown, back) => {
    const isOther = (/** @type {number} */ n) => isShown(n) && isVisible(n) && !selected.has(n);
    return slices.flatMap(({ids, grow, opacity}) => looks(disk, ids, isOther, {grow, more: 0, opacity, back}));
  };
  const layers = [
    ...(colouring.out ? others(isOut, AWAY) : []),
    ...others((n) => !isOut(n), selected.size ? BACK : 0),
    ...looks(disk, selected, isVisible, {grow: 1, more: 1, opacity: 1, back: 0}),
  ];
  return {kind: 'cloud', frame: whole(disk.area), layers};
}

/**
 * Whether the dot of an operation is in the picture, as a function that can be called for each.
 * @param {Disk} disk
 * @returns {(n: number) => boolean}
 */
export function visibility({x, y, area}) {
  const right = area.clientWidth + LARGEST,
    bottom = area.clientHeight + LARGEST;
  return (n) => x[n] > -LARGEST && y[n] > -LARGEST && x[n] < right && y[n] < bottom;
}

/**
 * Dots of operations by their look: a level after the other, in each the colours one after the other, and those with
 * crosses on top.
 * @param {Drawn} disk
 * @param {Iterable<number>} ids
 * @param {(n: number) => boolean} isShown
 * @param {{grow: number, more: number, opacity: number, back: number}} look `grow` multiplies the radius of a dot, to
 *   which `more` is added; `back` is the share of the background in its colour
 * @returns {Dots[]}
 */
function looks(disk, ids, isShown, {grow, more, opacity, back}) {
  const {palette, style} = disk,
    {tone, crossed: top} = colouring;
  /** @type {Map<number, Dots>} */
  const found = new Map();
  for (const n of ids) {
    if (!isShown(n)) continue;
    const look = 100 * LEVEL[n] + (tone[n] === top ? 99 : tone[n]),
      dots = found.get(look);
    if (dots) dots.places.push(place(disk, n));
    else {
      const radius = dotSize(LEVEL[n]) * grow + more,
        hue = hueOf(n, palette.levels);
      found.set(look, {places: [place(disk, n)], colour: back ? faded(hue, style.back, back) : hue, radius, opacity});
    }
  }
  return [...found].sort(([a], [b]) => a - b).map(([, dots]) => dots);
}

/** @param {Drawn} disk @returns {Element[]} */
function grid(disk) {
  const {frame, style} = disk,
    stroke = style.ink;
  /** @type {Element[]} */
  const drawn = [];
  let free = frame.r;
  for (const [radius, words] of rings(disk).reverse()) {
    const [u, v] = at(disk, radius, 0);
    drawn.push({kind: 'path', d: circled([frame.x, frame.y], u - frame.x), stroke, opacity: 0.16});
    if (u - frame.x > free - 18) continue;
    free = u - frame.x;
    drawn.push({kind: 'text', words, at: [u, v - 3], size: 10.5, colour: stroke, opacity: 0.8});
  }
  for (let k = 0; k < 9; k++) {
    const turn = (k * TURN) / 9,
      d = line(spoke(frame, turn, k % 3 ? 0.985 : 0), spoke(frame, turn, 1));
    drawn.push({kind: 'path', d, stroke, opacity: k % 3 ? 0.6 : 0.22});
  }
  return [...drawn, {kind: 'path', d: circled([frame.x, frame.y], frame.r), stroke, opacity: 0.55, width: 1.2}];
}

/**
 * The first digit of each sector.
 * @param {Drawn} disk
 * @returns {Element[]}
 */
const sectors = ({frame, palette}) =>
  SIGNS.flatMap((words, k) => {
    const [u, v] = spoke(frame, ((k + 0.5) * TURN) / 3, 1 + 13 / frame.r);
    return [
      {kind: 'path', d: boxed({left: u - 8, top: v - 8, width: 16, height: 16}), fill: palette.trits[k]},
      {kind: 'text', words, at: [u, v + 4], weight: 700, colour: '#fff'},
    ];
  });

/**
 * @param {{x: number, y: number, r: number}} frame
 * @param {number} turn
 * @param {number} part of the disk's radius
 * @returns {Place}
 */
const spoke = ({x, y, r}, turn, part) => [x + part * r * Math.cos(turn), y - part * r * Math.sin(turn)];

/**
 * The upper layer without pointer and keyboard: outlines, crosses, arrows, the path, labels.
 * @param {Drawn} disk
 * @returns {Element[]}
 */
export const selectionMarks = (disk) => [...marks(disk), ...labels(disk)];

/**
 * The upper layer: also the point to decode, and the cursor of the keyboard.
 * @param {Drawn} disk
 * @returns {Element[]}
 */
export function upperLayer(disk) {
  const drawn = marks(disk);
  if (disk.handle && disk.decoding) drawn.push(...handle(disk, disk.handle));
  if (disk.cursor >= 0) drawn.push(...cursor(disk));
  return [...drawn, ...labels(disk)];
}

/** @param {Drawn} disk @returns {Element[]} */
function marks(disk) {
  const {props, selected} = disk,
    chosen = selected.size <= MAX_OUTLINES ? [...selected] : [];
  const path = props.path ? way(disk, props.path) : [];
  return [...chosen.map((n) => outlined(disk, n, 3)), ...crosses(disk), ...arrowsOf(disk), ...path];
}

/** @param {Drawn} disk @param {number} n @param {number} more than the dot's radius */
const outlined = (disk, n, more) =>
  outline(place(disk, n), dotSize(LEVEL[n]) + more, hueOf(n, disk.palette.levels), disk.style);

/** @type {{colouring: import('../../../../ui/canvas/colouring.js').Colouring, ids: number[]}} */
let wrong = {colouring: LEVELS, ids: []}; // what has crosses with these colours

/** The operations with crosses. They follow from the colours alone, and the upper layer is drawn at each move. */
function crossed() {
  if (wrong.colouring !== colouring) {
    const all = colouring.crossed < 0 ? [] : [...colouring.tone.keys()];
    wrong = {colouring, ids: all.filter((n) => colouring.tone[n] === colouring.crossed && !isOut(n))};
  }
  return wrong.ids;
}

/**
 * Crosses on operations that are not reconstructed, so that colour is not the only sign.
 * @param {Drawn} disk
 * @returns {Element[]}
 */
function crosses(disk) {
  const ids = crossed();
  if (ids.length > MAX_OUTLINES) return [];
  return ids.map((n) => {
    const [x, y] = place(disk, n),
      d = line([x - 4, y - 4], [x + 4, y + 4]) + line([x - 4, y + 4], [x + 4, y - 4]);
    return {kind: 'path', d, stroke: disk.style.ink, width: 1.2};
  });
}

/**
 * Places of a path. Among directions, those of its points; in the disk, their radii, and angles evenly from one end to
 * the other, the shorter way round.
 * @param {Drawn} disk
 * @param {Path} path
 */
export function placesOf(disk, {points, start, end}) {
  if (hasDirections(disk)) return points.map((point) => placeOfPoint(disk, point));
  const {seat, ball} = disk,
    own = dot(seat, seat),
    turn = turnBetween(ANGLE[start], ANGLE[end]);
  return points.map((point, k) => {
    const radius = distance(ball.c, point, 0, dot(point, point), seat, own);
    return at(disk, radius, ANGLE[start] + (turn * k) / (points.length - 1));
  });
}

/** @param {Drawn} disk @param {Path} path @returns {Element[]} */
function way(disk, path) {
  const places = placesOf(disk, path),
    {style, step} = disk,
    stroke = style.accent,
    n = path.decoded?.[step] ?? -1;
  /** @type {Element[]} */
  const drawn = [
    {kind: 'path', d: line(...places), stroke, width: 2, dash: [6, 3]},
    ...places.map((at) => ({kind: /** @type {const} */ ('ring'), at, radius: 3, fill: style.back, stroke, width: 2})),
  ];
  if (step < 0 || step >= places.length) return drawn;
  drawn.push({kind: 'path', d: circled(places[step], 6), fill: stroke});
  if (n < 0) return drawn;
  drawn.push({kind: 'path', d: line(places[step], place(disk, n)), stroke, width: 2, dash: [2, 3]});
  drawn.push({kind: 'path', d: circled(place(disk, n), dotSize(LEVEL[n]) + 5), stroke, width: 2});
  return drawn;
}

/** @param {Drawn} disk @param {{radius: number, turn: number}} handle @returns {Element[]} */
function handle(disk, {radius, turn}) {
  const [u, v] = at(disk, radius, turn),
    {back, ink} = disk.style;
  /** @type {Place[]} */
  const arms = [
    [15, 0],
    [-15, 0],
    [0, 15],
    [0, -15],
  ];
  const d = circled([u, v], 9) + arms.map(([a, b]) => line([u + a, v + b], [u + a / 2.5, v + b / 2.5])).join('');
  return [
    {kind: 'path', d, stroke: back, width: 5},
    {kind: 'path', d, stroke: ink, width: 2},
  ];
}

/** @param {Drawn} disk @returns {Element[]} */
function cursor(disk) {
  const {frame, style} = disk,
    d = line(hasDirections(disk) ? centrePlace(disk) : [frame.x, frame.y], place(disk, disk.cursor));
  return [{kind: 'path', d, stroke: style.ink, dash: [3, 3]}, outlined(disk, disk.cursor, 4)];
}

/** @param {Drawn} disk @returns {Element[]} */
function labels(disk) {
  const {selected, style, area, measure, names} = disk;
  if (selected.size > MAX_LABELS) return [];
  const chosen = [...selected].sort((a, b) => Number(names.has(b)) - Number(names.has(a))); // a name is placed first
  const wanted = chosen.map((n) => {
    const words = names.get(n) ?? String(n);
    return {words, at: place(disk, n), gap: dotSize(LEVEL[n]) + 6, width: measure(words, {weight: 600})};
  });
  /** @type {[number, number, number][]} */
  const dots = chosen.map((n) => [...place(disk, n), dotSize(LEVEL[n]) + 3]);
  return placeLabels(wanted, area.clientWidth, {dots}).flatMap((at, k) =>
    at ? [label(wanted[k].words, at, style)] : [],
  );
}
