// Draw the lower layer of a radius plot: axes, all points, and the marks behind them.

import {disc, GREY, raster, rgb, stamp} from '../canvas/dots.js';
import {styleOf, surface} from '../canvas/layers.js';
import {LEVELS} from '../canvas/operations.js';
import {write} from '../canvas/pen.js';
import {xAt, yAt} from '../canvas/view.js';
import {box, dotSize, inset, isDense, line, meanReach, opacity, overlapBox, yTicks} from './look.js';
import {drawOver} from './over.js';
import {at, hasPoints, inWords, title} from './plot.js';

/** @typedef {import('./plot.js').Drawn} Drawn */
/** @typedef {import('./plot.js').Plot} Plot */
/** @typedef {CanvasRenderingContext2D} Context */

/** @param {Plot} plot */
export function draw(plot) {
  const width = plot.area.clientWidth,
    height = plot.area.clientHeight,
    narrow = width < 560;
  if (!width) return;
  const began = performance.now(),
    top = narrow ? 68 : 44;
  plot.style = styleOf(plot.root, '--scatter-alert');
  plot.narrow = narrow;
  plot.frame = {left: narrow ? 50 : 62, top, width: width - (narrow ? 58 : 76), height: height - top - 54};
  const g = surface(plot.base, plot.area),
    {empty} = plot.root.dataset;
  if (hasPoints(plot)) {
    drawCloud(g, plot);
    drawMarks(g, plot);
    drawText(g, plot);
  } else write(g, plot.style, empty ?? '', [width / 2, height / 2]);
  drawOver(plot);
  const words = hasPoints(plot) ? `${inWords(plot)} ${plot.say('hands')}` : plot.say('nothing', {empty});
  plot.area.setAttribute('aria-label', words);
  plot.drawMs = performance.now() - began;
}

/** @param {Context} g @param {Drawn} plot */
function drawCloud(g, plot) {
  const {frame, points, selected} = plot,
    q = devicePixelRatio;
  const left = Math.round(frame.left * q),
    top = Math.round(frame.top * q);
  const image = g.createImageData(Math.round(frame.width * q), Math.round(frame.height * q)),
    to = raster(image);
  LEVELS.forEach((ids, v) => {
    const size = dotSize(plot, v) * q,
      colour = rgb(points.colours[v]),
      some = selected.size > 0;
    /** @param {number[]} drawn @param {number[]} mask @param {number} hue @param {number} strength */
    const put = (drawn, mask, hue, strength) => {
      for (const i of drawn) {
        const [x, y] = at(plot, i);
        stamp(to, Math.round(x * q) - left, Math.round(y * q) - top, mask, hue, strength);
      }
    };
    if (!some) put(ids, disc(size), colour, opacity(v, false));
    else {
      put(
        ids.filter((i) => !selected.has(i)),
        disc(size),
        rgb(GREY),
        opacity(v, true),
      );
      put(
        ids.filter((i) => selected.has(i)),
        disc(size + 0.6),
        colour,
        1,
      );
    }
  });
  g.putImageData(image, left, top);
}

/**
 * Draw what lies behind the points, after them and the topmost first.
 * @param {Context} g
 * @param {Drawn} plot
 */
function drawMarks(g, plot) {
  const {frame, style, series, area} = plot,
    right = frame.left + frame.width;
  g.save();
  g.clip(inset(plot));
  for (const v of LEVELS.keys()) {
    g.globalCompositeOperation = isDense(v) ? 'source-over' : 'destination-over';
    drawMean(g, plot, v);
  }
  g.globalCompositeOperation = 'destination-over';
  for (const v of series.overlaps) drawOverlap(g, plot, v);
  Object.assign(g, {strokeStyle: style.ink, globalAlpha: 0.1, lineWidth: 1});
  for (const [value] of yTicks(plot)) {
    const y = Math.round(yAt(plot, value)) + 0.5;
    line(g, frame.left, y, right, y);
  }
  g.restore();
  Object.assign(g, {globalCompositeOperation: 'destination-over', fillStyle: style.back});
  g.fillRect(0, 0, area.clientWidth, area.clientHeight);
  g.globalCompositeOperation = 'source-over';
}

/** @param {Context} g @param {Drawn} plot @param {number} v */
function drawOverlap(g, plot, v) {
  const {frame, style} = plot,
    {left, right, top, bottom} = overlapBox(plot, v),
    {height} = frame;
  const band = box(left, top, right, bottom),
    far = Math.min(right, frame.left + frame.width);
  const [y0, y1] = v % 2 ? [frame.top + height, frame.top] : [frame.top, frame.top + height];
  g.save();
  Object.assign(g, {strokeStyle: style.accent, fillStyle: style.accent, lineWidth: 1.5});
  for (const y of [top, bottom]) line(g, left, y, right, y);
  g.clip(band);
  Object.assign(g, {lineWidth: 1, globalAlpha: 0.3});
  for (let x = Math.max(left, frame.left) - height; x < far; x += 7) line(g, x, y1, x + height, y0);
  g.globalAlpha = 0.05;
  g.fill(band);
  g.restore();
}

/**
 * Draw the bar of a mean: on the points of a dense level, which would hide it, and behind those of a sparse one.
 * @param {Context} g
 * @param {Drawn} plot
 * @param {number} v
 */
function drawMean(g, plot, v) {
  const {series, style, points} = plot,
    [low, mean, high] = series.stats[v].map((u) => yAt(plot, u)),
    reach = meanReach(v);
  /** @type {[colour: string, width: number][]} */
  const strokes = isDense(v)
    ? [
        [style.back, 5],
        [style.ink, 2],
      ]
    : [[style.ink, 1.5]];
  for (const [strokeStyle, lineWidth] of strokes) {
    Object.assign(g, {strokeStyle, lineWidth, lineCap: 'round'});
    line(g, xAt(plot, v - reach), mean, xAt(plot, v + reach), mean);
  }
  Object.assign(g, {strokeStyle: points.colours[v], lineWidth: 1.5});
  line(g, xAt(plot, v - 0.43), low, xAt(plot, v - 0.43), high);
}

/** @param {Context} g @param {Drawn} plot */
function drawText(g, plot) {
  const {frame, view, style, series, narrow, say} = plot,
    overlaps = series.overlaps.length > 0;
  const bottom = frame.top + frame.height,
    middle = frame.left + frame.width / 2;
  const small = frame.width / (view[1] - view[0]) < 42,
    notation = small ? 'compact' : 'standard';
  for (const [value, text] of yTicks(plot)) {
    write(g, style, text, [frame.left - 7, yAt(plot, value) + 4], {align: 'right', alpha: 0.75});
  }
  LEVELS.forEach((ids, v) => {
    if (v < view[0] || v > view[1]) return;
    write(g, style, String(v), [xAt(plot, v), bottom + 17], {alpha: 0.75});
    const count = ids.length.toLocaleString('en', {notation});
    write(g, style, count, [xAt(plot, v), bottom + 31], {size: small ? 9 : 11, alpha: 0.75});
  });
  Object.assign(g, {strokeStyle: style.ink, globalAlpha: 0.4});
  line(g, frame.left, bottom + 0.5, frame.left + frame.width, bottom + 0.5);
  write(g, style, say('axis'), [middle, bottom + 48]);
  const words = narrow && !overlaps ? say('apart_short') : plot.verdict;
  const colour = overlaps ? style.accent : style.ink;
  write(g, style, words, narrow ? [10, 56] : [frame.left, 26], {size: 13, weight: 600, align: 'left', colour});
  g.translate(14, frame.top + frame.height / 2);
  g.rotate(-Math.PI / 2);
  write(g, style, title(plot), [0, 0]);
}
