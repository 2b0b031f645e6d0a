// Draw the lower layer of the disk: all points, and the grid behind them.

import {colouring} from '../../../../ui/canvas/colouring.js';
import {disc, GREY, raster, rgb, stamp} from '../../../../ui/canvas/dots.js';
import {styleOf, surface} from '../../../../ui/canvas/layers.js';
import {LEVEL, SIGNS} from '../../../../ui/canvas/operations.js';
import {circle, polyline, write} from '../../../../ui/canvas/pen.js';
import {drawLines, drawNames} from '../directions/axes.js';
import {axesOf, hasOwnScales, locateDirections} from '../directions/places.js';
import {BY_ANGLE, TURN} from '../points/angles.js';
import {at, hasDirections, hasPoints, locate, named, viewOf} from '../state.js';
import {dotSize, layersOf, rings, SETTINGS} from './look.js';
import {drawOver} from './over.js';

/** @typedef {import('../state.js').Disk} Disk */
/** @typedef {import('../state.js').Drawn} Drawn */
/** @typedef {CanvasRenderingContext2D} Context */

/** @param {Disk} disk */
export function draw(disk) {
  const {area} = disk,
    width = area.clientWidth,
    height = area.clientHeight;
  if (!width) return;
  const began = performance.now();
  disk.style = styleOf(disk.root, '--disk-way');
  disk.frame = {x: width / 2, y: height / 2, r: Math.min(width, height) / 2 - 24};
  const g = surface(disk.base, area, SETTINGS);
  if (hasPoints(disk)) {
    if (hasDirections(disk)) locateDirections(disk);
    else locate(disk);
    drawCloud(g, disk);
    drawBehind(g, disk);
    if (hasDirections(disk)) drawNames(g, disk);
    else drawSectors(g, disk);
  } else write(g, disk.style, disk.busy || disk.say('loading'), [width / 2, height / 2]);
  drawOver(disk);
  const words = disk.moving ? area.ariaLabel : inWords(disk);
  if (words !== area.ariaLabel) area.ariaLabel = words; // else a screen reader would begin again at each frame
  disk.drawMs = performance.now() - began;
}

/**
 * What the disk shows, in words.
 * @param {Disk} disk
 */
export function inWords(disk) {
  const {say, radii, props} = disk;
  if (!hasPoints(disk)) return disk.busy || say('loading');
  if (hasDirections(disk)) {
    const {selected, centre} = disk,
      axes = axesOf(disk).map(({name}) => name);
    const told = {
      encoder: props.source?.encoder,
      centre: named(disk, centre),
      axes: axes.join(', '),
      scale: hasOwnScales(disk) ? say('own_scale') : say('equal_scale'),
      selected: selected.size,
    };
    return viewOf(disk) === '3d' ? say('words_3d', told) : say('words_2d', told);
  }
  const mean = BY_ANGLE.map((ids) => ids.reduce((sum, n) => sum + radii[n], 0) / ids.length);
  return say('words', {
    encoder: props.source?.encoder,
    centre: named(disk, disk.centre),
    most: Math.max(...radii).toFixed(3),
    means: mean.map((radius, v) => `${v}: ${radius.toFixed(2)}`).join(', '),
    selected: disk.selected.size,
  });
}

/** @param {Context} g @param {Drawn} disk */
function drawCloud(g, disk) {
  const {x, y, palette, selected, base} = disk,
    q = devicePixelRatio,
    grey = rgb(GREY),
    some = selected.size > 0;
  const image = g.createImageData(base.width, base.height),
    to = raster(image),
    hues = (colouring.hues ?? palette.levels).map(rgb),
    {tone, out} = colouring;
  /** @param {number} n @param {number[]} mask @param {number} colour @param {number} strength */
  const put = (n, mask, colour, strength) =>
    stamp(to, Math.round(x[n] * q), Math.round(y[n] * q), mask, colour, strength);
  for (const {ids, grow, strength} of layersOf(disk)) {
    const masks = BY_ANGLE.map((_, v) => disc(dotSize(v) * grow * q));
    for (const n of ids) if (!out?.[n]) put(n, masks[LEVEL[n]], some ? grey : hues[tone[n]], strength);
  }
  for (const n of selected) put(n, disc((dotSize(LEVEL[n]) + 1) * q), hues[tone[n]], 1);
  g.putImageData(image, 0, 0);
}

/**
 * Draw what lies behind the points, after them and the topmost first.
 * @param {Context} g
 * @param {Drawn} disk
 */
function drawBehind(g, disk) {
  const {style, area} = disk;
  g.globalCompositeOperation = 'destination-over';
  if (hasDirections(disk)) drawLines(g, disk);
  else drawGrid(g, disk);
  Object.assign(g, {globalAlpha: 1, fillStyle: style.back});
  g.fillRect(0, 0, area.clientWidth, area.clientHeight);
  g.globalCompositeOperation = 'source-over';
}

/** @param {Context} g @param {Drawn} disk */
function drawGrid(g, disk) {
  const {frame, style} = disk;
  let free = frame.r;
  for (const [radius, text] of rings(disk).reverse()) {
    const [u, v] = at(disk, radius, 0);
    Object.assign(g, {strokeStyle: style.ink, globalAlpha: 0.16, lineWidth: 1});
    g.stroke(circle([frame.x, frame.y], u - frame.x));
    if (u - frame.x > free - 18) continue;
    free = u - frame.x;
    write(g, style, text, [u, v - 3], {size: 10.5, alpha: 0.8});
  }
  for (let k = 0; k < 9; k++) {
    const turn = (k * TURN) / 9;
    Object.assign(g, {strokeStyle: style.ink, globalAlpha: k % 3 ? 0.6 : 0.22, lineWidth: 1});
    g.stroke(polyline([spoke(frame, turn, k % 3 ? 0.985 : 0), spoke(frame, turn, 1)]));
  }
  Object.assign(g, {strokeStyle: style.ink, globalAlpha: 0.55, lineWidth: 1.2});
  g.stroke(circle([frame.x, frame.y], frame.r));
}

/**
 * Name the first digit of each sector.
 * @param {Context} g
 * @param {Drawn} disk
 */
function drawSectors(g, disk) {
  const {frame, style} = disk;
  SIGNS.forEach((sign, k) => {
    const [u, v] = spoke(frame, ((k + 0.5) * TURN) / 3, 1 + 13 / frame.r);
    Object.assign(g, {fillStyle: disk.palette.trits[k], globalAlpha: 1});
    g.fillRect(u - 8, v - 8, 16, 16);
    write(g, style, sign, [u, v + 4], {weight: 700, colour: '#fff'});
  });
}

/**
 * @param {{x: number, y: number, r: number}} frame
 * @param {number} turn
 * @param {number} part of the disk's radius
 * @returns {import('../state.js').Place}
 */
const spoke = ({x, y, r}, turn, part) => [x + part * r * Math.cos(turn), y - part * r * Math.sin(turn)];
