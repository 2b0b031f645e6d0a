// Draw the upper layer of a radius plot, which changes while the pointer moves: outlines, labels, cursor, lasso.

import {surface} from '../canvas/layers.js';
import {LEVEL} from '../canvas/operations.js';
import {drawLabels, MAX_LABELS, MAX_OUTLINES, polyline, ring} from '../canvas/pen.js';
import {dotSize, inset, line} from './look.js';
import {at, hasPoints, inView} from './plot.js';

/** @typedef {import('./plot.js').Drawn} Drawn */
/** @typedef {import('./plot.js').Plot} Plot */
/** @typedef {CanvasRenderingContext2D} Context */

/** @param {Plot} plot */
export function drawOver(plot) {
  const g = surface(plot.over, plot.area);
  if (!hasPoints(plot)) return;
  const {style, cursor, gesture} = plot,
    drawn = [...plot.selected].filter((i) => inView(plot, i));
  g.save();
  g.clip(inset(plot));
  Object.assign(g, {lineWidth: 1.5, strokeStyle: style.ink});
  if (drawn.length <= MAX_OUTLINES) for (const i of drawn) outline(g, plot, i, 3);
  if (cursor >= 0) drawCursor(g, plot);
  if (gesture?.moved && gesture.lasso) drawLasso(g, plot, gesture.path);
  g.restore();
  if (drawn.length <= MAX_LABELS) {
    const labels = drawn.map((i) => ({text: String(i), at: at(plot, i), gap: dotSize(plot, LEVEL[i]) + 6}));
    drawLabels(g, style, labels, plot.area.clientWidth);
  }
}

/** @param {Context} g @param {Drawn} plot @param {number} i @param {number} more */
function outline(g, plot, i, more) {
  ring(g, at(plot, i), dotSize(plot, LEVEL[i]) + more, plot.points.colours[LEVEL[i]]);
}

/** @param {Context} g @param {Drawn} plot */
function drawCursor(g, plot) {
  const {frame, cursor} = plot,
    [x, y] = at(plot, cursor);
  g.setLineDash([3, 3]);
  line(g, x, frame.top, x, frame.top + frame.height);
  line(g, frame.left, y, frame.left + frame.width, y);
  g.setLineDash([]);
  outline(g, plot, cursor, 4);
}

/** @param {Context} g @param {Plot} plot @param {import('./plot.js').Place[]} path */
function drawLasso(g, {style}, path) {
  const shape = polyline(path);
  shape.closePath();
  g.stroke(shape);
  Object.assign(g, {globalAlpha: 0.08, fillStyle: style.ink});
  g.fill(shape);
}
