// Draw the upper layer of the disk, which changes while the pointer moves: outlines, labels, cursor, path, point.

import {colouring, hueOf} from '../../../../ui/canvas/colouring.js';
import {surface} from '../../../../ui/canvas/layers.js';
import {COUNT, LEVEL} from '../../../../ui/canvas/operations.js';
import {circle, drawLabels, MAX_LABELS, MAX_OUTLINES, polyline, ring} from '../../../../ui/canvas/pen.js';
import {centrePlace, placeOfPoint} from '../directions/places.js';
import {ANGLE, turnBetween} from '../points/angles.js';
import {distance, dot, isExact} from '../points/ball.js';
import {at, hasDirections, hasPoints, place} from '../state.js';
import {dotSize, SETTINGS} from './look.js';

/** @typedef {import('../state.js').Disk} Disk */
/** @typedef {import('../state.js').Drawn} Drawn */
/** @typedef {import('../state.js').Path} Path */
/** @typedef {import('../state.js').Place} Place */
/** @typedef {CanvasRenderingContext2D} Context */

/** @param {Disk} disk */
export function drawOver(disk) {
  if (!disk.frame) return;
  const g = surface(disk.over, disk.area, SETTINGS);
  if (!hasPoints(disk)) return;
  const {style, frame, cursor, props} = disk,
    chosen = [...disk.selected];
  Object.assign(g, {lineWidth: 1.5, strokeStyle: style.ink});
  if (chosen.length <= MAX_OUTLINES) for (const n of chosen) outline(g, disk, n, 3);
  if (colouring.column === 'exactness') drawCrosses(g, disk);
  if (props.path) drawPath(g, disk, props.path);
  if (disk.handle && disk.decoding) drawHandle(g, disk, disk.handle);
  if (cursor >= 0) {
    Object.assign(g, {strokeStyle: style.ink, lineWidth: 1});
    dashed(g, [3, 3], [hasDirections(disk) ? centrePlace(disk) : [frame.x, frame.y], place(disk, cursor)]);
    outline(g, disk, cursor, 4);
  }
  if (chosen.length > MAX_LABELS) return;
  const labels = chosen.map((n) => ({text: String(n), at: place(disk, n), gap: dotSize(LEVEL[n]) + 6}));
  drawLabels(g, style, labels, disk.area.clientWidth);
}

/** @param {Context} g @param {Drawn} disk @param {number} n @param {number} more */
const outline = (g, disk, n, more) => ring(g, place(disk, n), dotSize(LEVEL[n]) + more, hueOf(n, disk.palette.levels));

/** @param {Context} g @param {number[]} dashes @param {Place[]} points */
function dashed(g, dashes, points) {
  g.setLineDash(dashes);
  g.stroke(polyline(points));
  g.setLineDash([]);
}

/**
 * Mark operations that are not reconstructed with a cross, so that colour is not the only sign.
 * @param {Context} g
 * @param {Drawn} disk
 */
function drawCrosses(g, disk) {
  const wrong = Array.from({length: COUNT}, (_, n) => n).filter((n) => !isExact(disk.ball, n));
  if (wrong.length > MAX_OUTLINES) return;
  Object.assign(g, {strokeStyle: disk.style.ink, lineWidth: 1.2});
  for (const n of wrong) {
    const [x, y] = place(disk, n);
    for (const s of [4, -4])
      g.stroke(
        polyline([
          [x - 4, y - s],
          [x + 4, y + s],
        ]),
      );
  }
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

/** @param {Context} g @param {Drawn} disk @param {Path} path */
function drawPath(g, disk, path) {
  const places = placesOf(disk, path),
    {style, step} = disk,
    n = path.decoded?.[step] ?? -1;
  Object.assign(g, {strokeStyle: style.accent, fillStyle: style.back, lineWidth: 2});
  dashed(g, [6, 3], places);
  for (const at of places) ring(g, at, 3, style.back);
  if (step < 0 || step >= places.length) return;
  g.fillStyle = style.accent;
  g.fill(circle(places[step], 6));
  if (n < 0) return;
  dashed(g, [2, 3], [places[step], place(disk, n)]);
  g.stroke(circle(place(disk, n), dotSize(LEVEL[n]) + 5));
}

/** @param {Context} g @param {Drawn} disk @param {{radius: number, turn: number}} handle */
function drawHandle(g, disk, {radius, turn}) {
  const [u, v] = at(disk, radius, turn),
    {style} = disk;
  /** @type {[colour: string, width: number][]} */
  const strokes = [
    [style.back, 5],
    [style.ink, 2],
  ];
  for (const [strokeStyle, lineWidth] of strokes) {
    Object.assign(g, {strokeStyle, lineWidth});
    g.stroke(circle([u, v], 9));
    for (const [a, b] of [
      [15, 0],
      [-15, 0],
      [0, 15],
      [0, -15],
    ]) {
      g.stroke(
        polyline([
          [u + a, v + b],
          [u + a / 2.5, v + b / 2.5],
        ]),
      );
    }
  }
}
