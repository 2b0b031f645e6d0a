// Save the disk as PNG, SVG or Plotly figure.

import {hueOf, isOut} from '../../../../ui/canvas/colouring.js';
import {GREY} from '../../../../ui/canvas/dots.js';
import {dots, escaped, savePng, saveText, short, stroke} from '../../../../ui/canvas/export.js';
import {LEVEL} from '../../../../ui/canvas/operations.js';
import {fileName} from '../../../../ui/scripts/component.js';
import {svgAxes} from '../directions/axes.js';
import {axisName} from '../directions/places.js';
import {BY_ANGLE} from '../points/angles.js';
import {hasDirections, isDigital, place, share, viewOf} from '../state.js';
import {inWords} from './draw.js';
import {dotSize, layersOf, rings} from './look.js';
import {placesOf} from './over.js';

/** @typedef {import('../state.js').Drawn} Drawn */

/** @param {Drawn} disk @param {string} kind */
function nameOf(disk, kind) {
  const {ball, centre} = disk,
    [checkpoint, sha256, encoder] = ball.key.split(/ (?=[^ ]* [^ ]*$)| (?=[^ ]*$)/),
    view = isDigital(disk) ? 'disk' : `directions-${viewOf(disk)}`;
  return fileName({files: [[checkpoint, sha256]], what: `${view}-${centre < 0 ? 'origin' : centre}`, encoder}, kind);
}

/** @type {Record<string, (disk: Drawn) => void>} */
export const saveAs = {
  png: (disk) => savePng([disk.base, disk.over], nameOf(disk, 'png')),
  svg: (disk) => saveText(asSvg(disk), nameOf(disk, 'svg'), 'image/svg+xml'),
  json: (disk) => saveText(JSON.stringify(asFigure(disk)), nameOf(disk, 'json'), 'application/json'),
};

/**
 * The opacity of dots that are one path: on the canvas opacities accumulate where dots overlap, in a path they do not.
 * @param {number} strength
 */
const overlapping = (strength) => 1 - (1 - strength) ** 2;

/**
 * The picture as it is on the screen; the disk alone if digits give the angles, else all that is visible.
 * @param {Drawn} disk
 */
export function asSvg(disk) {
  const {frame, palette, selected, props, style} = disk,
    side = 2 * frame.r + 40,
    square = isDigital(disk),
    width = square ? side : disk.area.clientWidth,
    height = square ? side : disk.area.clientHeight;
  const left = square ? frame.x - side / 2 : 0,
    top = square ? frame.y - side / 2 : 0;
  /** @param {[number, number]} at @returns {[number, number]} */
  const inside = ([u, v]) => [u - left, v - top];
  /**
   * @param {Iterable<number>} ids
   * @param {number} grow
   * @param {number} more
   * @param {number} strength
   * @param {boolean} grey
   */
  const cloud = (ids, grow, more, strength, grey) => {
    /** @type {Map<string, [number, number][]>} */
    const looks = new Map();
    for (const n of ids) {
      if (isOut(n) && !selected.has(n)) continue;
      const [u, v] = inside(place(disk, n));
      if (u < 0 || v < 0 || u > width || v > height) continue;
      const look = `${grey ? GREY : hueOf(n, palette.levels)} ${dotSize(LEVEL[n]) * grow + more}`;
      const members = looks.get(look);
      if (members) members.push([u, v]);
      else looks.set(look, [[u, v]]);
    }
    return [...looks].map(([look, members]) => {
      const [colour, radius] = look.split(' ');
      return dots(members, colour, Number(radius), short(10 * overlapping(strength)) / 10);
    });
  };
  const some = selected.size > 0,
    axes = svgAxes(disk),
    points = layersOf(disk).flatMap(({ids, grow, strength}) => cloud(ids, grow, 0, strength, some));
  const circles = square ? [...rings(disk).map(([radius]) => frame.r * share(disk, radius)), frame.r] : [];
  const middle = inside([frame.x, frame.y]);
  const way = props.path
    ? placesOf(disk, props.path)
        .map((at) => inside(at).map(short).join(' '))
        .join('L')
    : '';
  const drawn = circles.map((r) => `<circle cx="${middle[0]}" cy="${middle[1]}" r="${short(r)}"/>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" fill="none">`,
    `<title>${escaped(inWords(disk))}</title>`,
    `<g stroke="#888" stroke-width="0.6">${drawn.join('')}</g>`,
    axes.lines,
    ...points,
    ...cloud(selected, 1, 2, 1, false),
    way && stroke(`M${way}`, style.accent, 2),
    axes.names,
    '</svg>',
  ].join('');
}

/** The operations of each level that are not filtered out. */
const shown = () => BY_ANGLE.map((ids) => ids.filter((n) => !isOut(n)));

/**
 * The directions as a Plotly figure with a trace for each level, in hyperbolic distances.
 * @param {import('../state.js').Directed} disk
 */
function asDirections(disk) {
  const {palette, directions} = disk,
    deep = viewOf(disk) === '3d',
    names = deep ? ['x', 'y', 'z'] : ['x', 'y'];
  const data = shown().map((ids, v) => ({
    type: deep ? 'scatter3d' : 'scattergl',
    mode: 'markers',
    name: String(v),
    text: ids.map(String),
    ...Object.fromEntries(names.map((x, k) => [x, ids.map((n) => Number(directions.along[k][n].toFixed(4)))])),
    marker: {color: ids.map((n) => hueOf(n, palette.levels)), size: 2 * dotSize(v)},
  }));
  const title = {text: inWords(disk).split('. ')[0]},
    axes = names.map((x, k) => [`${x}axis`, {title: {text: axisName(disk, k)}}]);
  /** @type {Record<string, object>} */
  const {xaxis, yaxis, zaxis} = Object.fromEntries(axes);
  if (deep) return {data, layout: {title, scene: {xaxis, yaxis, zaxis, aspectmode: 'data'}}};
  return {data, layout: {title, xaxis, yaxis: {...yaxis, scaleanchor: 'x'}}};
}

/**
 * The picture as a Plotly figure with a trace for each level, in units of the disk's radius, or as `asDirections`.
 * @param {Drawn} disk
 */
export function asFigure(disk) {
  if (hasDirections(disk)) return asDirections(disk);
  const {frame, x, y, palette} = disk;
  /** @param {number} length */
  const part = (length) => Number((length / frame.r).toFixed(4));
  const data = shown().map((ids, v) => ({
    type: 'scattergl',
    mode: 'markers',
    name: String(v),
    text: ids.map(String),
    x: ids.map((n) => part(x[n] - frame.x)),
    y: ids.map((n) => part(frame.y - y[n])),
    marker: {color: ids.map((n) => hueOf(n, palette.levels)), size: 2 * dotSize(v)},
  }));
  const axis = {range: [-1.05, 1.05], visible: false},
    title = {text: inWords(disk).split('.')[0]};
  return {data, layout: {title, xaxis: axis, yaxis: {...axis, scaleanchor: 'x'}}};
}
