// A picture as a list of elements, the lowest first. `paint` draws it on a canvas and `svg.js` writes it as an SVG, so
// that both are the same picture. Lengths are CSS pixels.

import {disc, raster, rgb, stamp} from './dots.js';

/** @typedef {[x: number, y: number]} Place */
/** @typedef {{left: number, top: number, width: number, height: number}} Box */

/**
 * Lines and areas, as the path of an SVG.
 * @typedef {object} Path
 * @property {'path'} kind
 * @property {string} d
 * @property {string} [stroke]
 * @property {number} [width] of the stroke, 1 unless given
 * @property {number[]} [dash]
 * @property {boolean} [round] whether the stroke has round ends
 * @property {string} [fill]
 * @property {number} [opacity]
 */

/**
 * @typedef {object} Text
 * @property {'text'} kind
 * @property {string} words
 * @property {Place} at where the baseline begins, is in the middle or ends
 * @property {'start' | 'middle' | 'end'} [align] 'middle' unless given
 * @property {number} [size] 12 unless given
 * @property {number} [weight] 400 unless given
 * @property {string} colour
 * @property {number} [opacity]
 * @property {boolean} [upwards] whether it is written from the bottom to the top
 * @property {string} [halo] colour of its outline
 */

/** @typedef {{kind: 'ring', at: Place, radius: number, fill: string, stroke: string, width: number}} Ring */
/** @typedef {{places: Place[], colour: string, radius: number, opacity: number}} Dots of one look, #rrggbb */
/** @typedef {{kind: 'cloud', frame: Box, layers: Dots[]}} Cloud thousands of dots, cut at the frame */
/** @typedef {{kind: 'inside', frame: Box, elements: Element[]}} Inside elements that are cut at a frame */
/** @typedef {{kind: 'moved', by: Place, elements: Element[]}} Moved elements at another place */
/** @typedef {Path | Text | Ring | Cloud | Inside | Moved} Element */

const ALIGN = /** @type {const} */ ({start: 'left', middle: 'center', end: 'right'});

/**
 * Draw a picture.
 * @param {CanvasRenderingContext2D} g in CSS pixels
 * @param {Element[]} elements
 * @param {string} font
 */
export function paint(g, elements, font) {
  for (const element of elements) {
    if (element.kind === 'path') paintPath(g, element);
    else if (element.kind === 'text') paintText(g, element, font);
    else if (element.kind === 'ring') paintRing(g, element);
    else if (element.kind === 'cloud') paintCloud(g, element);
    else {
      g.save();
      if (element.kind === 'moved') g.translate(...element.by);
      else g.clip(new Path2D(boxed(element.frame)));
      paint(g, element.elements, font);
      g.restore();
    }
  }
}

/** @param {CanvasRenderingContext2D} g @param {Path} path */
function paintPath(g, {d, stroke, width = 1, dash = [], round = false, fill, opacity = 1}) {
  const path = new Path2D(d);
  g.globalAlpha = opacity;
  if (fill) {
    g.fillStyle = fill;
    g.fill(path);
  }
  if (!stroke) return;
  Object.assign(g, {strokeStyle: stroke, lineWidth: width, lineCap: round ? 'round' : 'butt'});
  g.setLineDash(dash);
  g.stroke(path);
}

/** @param {CanvasRenderingContext2D} g @param {Text} text @param {string} font */
function paintText(g, text, font) {
  const {words, at, align = 'middle', colour, opacity = 1, upwards, halo} = text;
  Object.assign(g, {font: fontOf(text, font), textAlign: ALIGN[align], globalAlpha: opacity});
  g.save();
  g.translate(...at);
  if (upwards) g.rotate(-Math.PI / 2);
  if (halo) {
    Object.assign(g, {strokeStyle: halo, lineWidth: 4, lineJoin: 'round'});
    g.setLineDash([]);
    g.strokeText(words, 0, 0);
  }
  g.fillStyle = colour;
  g.fillText(words, 0, 0);
  g.restore();
}

/** @param {{size?: number, weight?: number}} text @param {string} font */
export const fontOf = ({size = 12, weight = 400}, font) => `${weight} ${size}px ${font}`;

/** @param {CanvasRenderingContext2D} g @param {Ring} ring */
function paintRing(g, {at: [x, y], radius, fill, stroke, width}) {
  const path = new Path2D();
  path.arc(x, y, radius, 0, 2 * Math.PI);
  Object.assign(g, {globalAlpha: 1, fillStyle: fill, strokeStyle: stroke, lineWidth: width});
  g.setLineDash([]);
  g.fill(path);
  g.stroke(path);
}

/** @type {HTMLCanvasElement | null} */
let sheet = null; // where clouds are made; pixels that are written into a canvas replace what it shows

/** @param {CanvasRenderingContext2D} g @param {Cloud} cloud */
function paintCloud(g, {frame, layers}) {
  const {a: q, e, f} = g.getTransform(),
    [left, top, width, height] = [frame.left, frame.top, frame.width, frame.height].map((length) =>
      Math.round(length * q),
    );
  if (width < 1 || height < 1) return;
  sheet ??= document.createElement('canvas');
  if (sheet.width !== width || sheet.height !== height) Object.assign(sheet, {width, height});
  const pen = /** @type {CanvasRenderingContext2D} */ (sheet.getContext('2d', {willReadFrequently: true})),
    image = pen.createImageData(width, height),
    to = raster(image);
  for (const {places, colour, radius, opacity} of layers) {
    const mask = disc(radius * q),
      hue = rgb(colour);
    for (const [x, y] of places) stamp(to, Math.round(x * q) - left, Math.round(y * q) - top, mask, hue, opacity);
  }
  pen.putImageData(image, 0, 0);
  g.save();
  g.setTransform(1, 0, 0, 1, 0, 0);
  g.globalAlpha = 1;
  g.drawImage(sheet, left + Math.round(e), top + Math.round(f));
  g.restore();
}

/**
 * A length to one decimal, since a tenth of a pixel is invisible.
 * @param {number} length
 */
export const short = (length) => Math.round(length * 10) / 10;

/**
 * A line through places, as the path of an SVG.
 * @param {...Place} places
 */
export const line = (...places) => `M${places.map((place) => place.map(short).join(' ')).join('L')}`;

/**
 * A circle, as the path of an SVG.
 * @param {Place} at
 * @param {number} radius
 */
export function circled([x, y], radius) {
  const r = short(radius),
    arc = `a${r} ${r} 0 1 0`;
  return `M${short(x - radius)} ${short(y)}${arc} ${short(2 * r)} 0${arc} ${short(-2 * r)} 0Z`;
}

/**
 * A box, as the path of an SVG.
 * @param {Box} box
 */
export const boxed = ({left, top, width, height}) =>
  `M${short(left)} ${short(top)}h${short(width)}v${short(height)}h${short(-width)}Z`;
