// The disk as a picture for files, and as a Plotly figure.

import {colouring, hueOf, isOut} from '../../../../ui/canvas/colouring.js';
import {KINDS, saveJson, savePicture, titleOf} from '../../../../ui/canvas/files/picture.js';
import {fileName} from '../../../../ui/canvas/files/saving.js';
import {axisName} from '../directions/places.js';
import {BY_ANGLE} from '../points/angles.js';
import {hasDirections, hasPoints, isDigital, named, place, viewOf} from '../state.js';
import {inWords} from './draw.js';
import {legendOf} from './legend.js';
import {dotSize} from './look.js';
import {picture, selectionMarks, visibility} from './picture.js';

/** @typedef {import('../state.js').Drawn} Drawn */
/** @typedef {import('../state.js').Source} Source */

/**
 * The picture without what only the pointer and the keyboard show, and with the legend below it.
 * @param {Drawn} disk
 * @returns {import('../../../../ui/canvas/files/picture.js').Picture}
 */
export function pictureOf(disk) {
  const {area, style, measure, say, selected, props} = disk,
    source = /** @type {Source} */ (props.source),
    {clientWidth: width, clientHeight} = area;
  const legend = legendOf(disk, width, clientHeight),
    isVisible = visibility(disk);
  return {
    elements: [...picture(disk), ...selectionMarks(disk), ...legend.elements],
    width,
    height: clientHeight + legend.height,
    style,
    measure,
    say,
    title: titleOf(source.title, source.sha256, whatOf(disk), say),
    description: inWords(disk),
    about: aboutOf(disk),
    operations: {
      at: (n) => (isVisible(n) && (selected.has(n) || !isOut(n)) ? place(disk, n) : null),
      values: disk.radii,
      label: say('distance_from', {from: named(disk, disk.centre)}),
      names: disk.names,
    },
  };
}

/**
 * What the picture shows.
 * @param {Drawn} disk
 */
function whatOf(disk) {
  const view = viewOf(disk);
  return disk.say(`titled_${view}`, {centre: named(disk, disk.centre), encoder: disk.props.source?.encoder});
}

/**
 * The title of a Plotly figure.
 * @param {Drawn} disk
 */
const figureTitle = (disk) => ({
  text: [whatOf(disk), colouring.legend?.sentences].filter(Boolean).join('<br>'),
});

/** @param {Drawn} disk @returns {import('../../../../ui/canvas/files/saving.js').About} */
function aboutOf(disk) {
  const {checkpoint, sha256, encoder} = /** @type {Source} */ (disk.props.source),
    view = isDigital(disk) ? 'disk' : `directions-${viewOf(disk)}`;
  return {files: [[checkpoint, sha256]], what: `${view}-${disk.centre < 0 ? 'origin' : disk.centre}`, encoder};
}

/**
 * What the export menu of a disk needs, see `menu.js`. A picture is not saved while part of it is loading.
 * @param {Drawn} disk
 * @returns {import('../../../../ui/canvas/files/menu.js').Menu}
 */
export const menuOf = (disk) => ({
  say: disk.say,
  kinds: [...KINDS, 'json'],
  save: async (kind) => {
    if (disk.moving || !hasPoints(disk) || disk.ball.key !== disk.props.source?.key) return disk.say('changing');
    const name = kind === 'json' ? saveFigure(disk) : await savePicture(kind, pictureOf(disk));
    return name ? disk.say('saved', {name}) : disk.say('too_large');
  },
});

/** @param {Drawn} disk */
function saveFigure(disk) {
  const name = fileName(aboutOf(disk), 'json');
  saveJson(JSON.stringify(asFigure(disk)), name);
  return name;
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
  const title = figureTitle(disk),
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
    title = figureTitle(disk);
  return {data, layout: {title, xaxis: axis, yaxis: {...axis, scaleanchor: 'x'}}};
}
