// Draw the axes of the directions, on the canvas and as parts of an SVG.

import {escaped, node, short, stroke} from '../../../../ui/canvas/export.js';
import {polyline} from '../../../../ui/canvas/pen.js';
import {hasDirections} from '../state.js';
import {axesOf, hasOwnScales} from './places.js';

/** @typedef {import('../state.js').Drawn} Drawn */
/** @typedef {import('../state.js').Place} Place */
/** @typedef {'left' | 'center' | 'right'} Align */

/**
 * The remark that axes have different scales, if they do.
 * @param {Drawn} disk
 */
const remark = (disk) => (hasDirections(disk) && hasOwnScales(disk) ? disk.say('own_scale') : '');

const ANCHORS = {left: 'start', center: 'middle', right: 'end'};
const NAME = 12; // font sizes
const MARK = 10.5;

/**
 * The lines, behind what is on the canvas.
 * @param {CanvasRenderingContext2D} g
 * @param {Drawn} disk
 */
export function drawLines(g, disk) {
  for (const {ends, strength} of axesOf(disk)) {
    Object.assign(g, {strokeStyle: disk.style.ink, globalAlpha: 0.4 * strength, lineWidth: 1});
    g.stroke(polyline(ends));
  }
}

/**
 * The names and marks, on top; an outline keeps them readable in front of dots.
 * @param {CanvasRenderingContext2D} g
 * @param {Drawn} disk
 */
export function drawNames(g, disk) {
  const {style} = disk;
  /** @param {string} text @param {Place} at @param {Align} align @param {number} size @param {number} alpha */
  const put = (text, at, align, size, alpha) => {
    Object.assign(g, {font: `${size}px ${style.font}`, textAlign: align, globalAlpha: alpha});
    Object.assign(g, {strokeStyle: style.back, fillStyle: style.ink, lineWidth: 3, lineJoin: 'round'});
    g.strokeText(text, ...at);
    g.fillText(text, ...at);
  };
  for (const {name, at, align, strength, marks} of axesOf(disk)) {
    put(name, at, align, NAME, strength);
    for (const mark of marks) put(mark.text, mark.at, mark.align, MARK, 0.85);
  }
  put(remark(disk), [10, disk.area.clientHeight - 10], 'left', MARK, 0.85);
  g.globalAlpha = 1;
}

/**
 * Lines, and names with marks, as SVG.
 * @param {Drawn} disk
 * @returns {{lines: string, names: string}}
 */
export function svgAxes(disk) {
  const {ink, font} = disk.style;
  /** @param {string} text @param {Place} at @param {Align} align @param {number} size */
  const put = (text, [x, y], align, size) =>
    node(
      'text',
      {x: short(x), y: short(y), 'text-anchor': ANCHORS[align], 'font-size': size, fill: ink},
      escaped(text),
    );
  const axes = axesOf(disk),
    lines = axes.map(({ends, strength}) =>
      stroke(`M${ends.map((at) => at.map(short).join(' ')).join('L')}`, ink, 1, {
        'stroke-opacity': short(4 * strength) / 10,
      }),
    ),
    names = axes.flatMap(({name, at, align, marks}) => [
      put(name, at, align, NAME),
      ...marks.map((mark) => put(mark.text, mark.at, mark.align, MARK)),
    ]);
  if (remark(disk)) names.push(put(remark(disk), [10, disk.area.clientHeight - 10], 'left', MARK));
  return {lines: lines.join(''), names: node('g', {'font-family': font.replace(/"/g, "'")}, names.join(''))};
}
