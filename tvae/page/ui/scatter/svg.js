// The radius plot as an SVG: points, ranges and means of the levels, overlaps, selection, axes and text.

import {GREY} from '../canvas/dots.js';
import {dots, escaped, node, short, stroke} from '../canvas/export.js';
import {LEVEL, LEVELS} from '../canvas/operations.js';
import {MAX_LABELS, MAX_OUTLINES} from '../canvas/pen.js';
import {xAt, yAt} from '../canvas/view.js';
import {dotSize, meanReach, opacity, overlapBox, yTicks} from './look.js';
import {at, inView, inWords, title} from './plot.js';

/** @typedef {import('./plot.js').Drawn} Drawn */

/** @param {Drawn} plot */
export function asSvg(plot) {
  const {frame, style, area} = plot,
    {left: x, top: y} = frame,
    width = area.clientWidth,
    height = area.clientHeight;
  const chosen = [...plot.selected].filter((i) => inView(plot, i));
  const inner = [
    ...grid(plot),
    ...plot.series.overlaps.map((v) => overlap(plot, v)),
    ...LEVELS.map((_, v) => level(plot, v)),
  ];
  if (chosen.length <= MAX_OUTLINES) inner.push(...chosen.map((i) => outline(plot, i)));
  const labels = chosen.length <= MAX_LABELS ? chosen.map((i) => label(plot, i)) : [];
  return node(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'font-family': style.font.replace(/"/g, "'"),
      'font-size': 12,
      fill: style.ink,
    },
    [
      node('title', {}, escaped(title(plot))),
      node('desc', {}, escaped(inWords(plot))),
      node('clipPath', {id: 'inside'}, node('rect', {x, y, width: frame.width, height: frame.height})),
      node('rect', {width, height, fill: style.back}),
      node('g', {'clip-path': 'url(#inside)'}, inner.join('')),
      ...words(plot),
      ...labels,
    ].join('\n'),
  );
}

/** @param {Drawn} plot */
function grid(plot) {
  const {frame, style} = plot;
  return yTicks(plot).map(([value]) =>
    stroke(`M${frame.left} ${short(yAt(plot, value))}h${frame.width}`, style.ink, 1, {'stroke-opacity': 0.1}),
  );
}

/** @param {Drawn} plot @param {number} v */
function overlap(plot, v) {
  const {left, right, top, bottom} = overlapBox(plot, v),
    {accent} = plot.style;
  return node('rect', {
    x: short(left),
    y: short(top),
    width: short(right - left),
    height: short(bottom - top),
    fill: accent,
    'fill-opacity': 0.12,
    stroke: accent,
    'stroke-width': 1.5,
  });
}

/** @param {Drawn} plot @param {number} v */
function level(plot, v) {
  const {selected, points, style, series} = plot,
    size = dotSize(plot, v),
    colour = points.colours[v];
  const seen = LEVELS[v].filter((i) => inView(plot, i)),
    reach = meanReach(v);
  /** @param {number[]} ids */
  const places = (ids) => ids.map((i) => at(plot, i));
  const cloud = selected.size
    ? dots(places(seen.filter((i) => !selected.has(i))), GREY, size, opacity(v, true)) +
      dots(places(seen.filter((i) => selected.has(i))), colour, size + 0.6, 1)
    : dots(places(seen), colour, size, opacity(v, false));
  const [low, mean, high] = series.stats[v].map((u) => short(yAt(plot, u)));
  const bar = `M${short(xAt(plot, v - reach))} ${mean}H${short(xAt(plot, v + reach))}`;
  return (
    cloud +
    stroke(bar, style.ink, 2, {'stroke-linecap': 'round'}) +
    stroke(`M${short(xAt(plot, v - 0.43))} ${low}V${high}`, colour, 1.5)
  );
}

/** @param {Drawn} plot @param {number} i */
function outline(plot, i) {
  const [cx, cy] = at(plot, i).map(short),
    fill = plot.points.colours[LEVEL[i]];
  return node('circle', {
    cx,
    cy,
    r: short(dotSize(plot, LEVEL[i]) + 3),
    fill,
    stroke: plot.style.ink,
    'stroke-width': 1.5,
  });
}

/**
 * @param {string | number} inside
 * @param {number} x
 * @param {number} y
 * @param {import('../canvas/export.js').Attributes} more
 */
const text = (inside, x, y, more = {}) =>
  node('text', {x: short(x), y: short(y), 'text-anchor': 'middle', ...more}, escaped(inside));

/** @param {Drawn} plot @param {number} i */
function label(plot, i) {
  const [x, y] = at(plot, i);
  return text(i, x + dotSize(plot, LEVEL[i]) + 6, y + 4, {
    'text-anchor': 'start',
    'font-weight': 600,
    'paint-order': 'stroke',
    stroke: plot.style.back,
    'stroke-width': 4,
  });
}

/** @param {Drawn} plot */
function words(plot) {
  const {frame, view, style, series, verdict, say} = plot;
  const bottom = frame.top + frame.height,
    middle = frame.top + frame.height / 2;
  const colour = series.overlaps.length ? style.accent : style.ink;
  return [
    ...LEVELS.flatMap((ids, v) =>
      v < view[0] || v > view[1]
        ? []
        : [
            text(v, xAt(plot, v), bottom + 17),
            text(ids.length.toLocaleString('en'), xAt(plot, v), bottom + 31, {'font-size': 10}),
          ],
    ),
    ...yTicks(plot).map(([value, inside]) =>
      text(inside, frame.left - 7, yAt(plot, value) + 4, {'text-anchor': 'end'}),
    ),
    stroke(`M${frame.left} ${bottom}h${frame.width}`, style.ink, 1, {'stroke-opacity': 0.4}),
    text(say('axis'), frame.left + frame.width / 2, bottom + 48),
    text(verdict, frame.left, frame.top - 18, {
      'text-anchor': 'start',
      'font-size': 13,
      'font-weight': 600,
      fill: colour,
    }),
    text(title(plot), 14, middle, {transform: `rotate(-90 14 ${short(middle)})`}),
  ];
}
