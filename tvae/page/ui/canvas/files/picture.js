// A plot as a picture for a paper: what is on the screen, below a title that names checkpoint, file and contents.

import {colouring} from '../colouring.js';
import {boxed, paint} from '../elements.js';
import {written} from '../svg.js';
import {asHtml} from './html.js';
import {fileName, save} from './saving.js';

/** @typedef {import('../elements.js').Element} Element */
/** @typedef {import('../elements.js').Place} Place */
/** @typedef {import('../layers.js').Style} Style */
/** @typedef {import('../labels.js').Measure} Measure */

/**
 * @typedef {object} Picture
 * @property {Element[]} elements as on the screen
 * @property {number} width in CSS pixels
 * @property {number} height
 * @property {Style} style
 * @property {Measure} measure
 * @property {(key: string, values?: Record<string, unknown>) => string} say the words of the export menu
 * @property {string[]} title its lines, the first in bold, see `titleOf`
 * @property {string} description for screen readers
 * @property {import('./saving.js').About} about for the names of files
 * @property {Operations} operations
 */

/** @typedef {Omit<Picture, 'operations'> & {operations?: Operations}} Drawing a picture, perhaps of something else */

/**
 * The operations in the picture, for files that say what a dot is.
 * @typedef {object} Operations
 * @property {(i: number) => Place | null} at null out of view, or if it is filtered out
 * @property {ArrayLike<number>} values by operation
 * @property {string} label of these values
 * @property {Map<number, string>} names of operations that have one
 */

const EDGE = 10; // pixels around the title
const LINE = 18; // from one line of the title to the next
const MAX_LINES = 2; // of each part of the title; longer ones end with an ellipsis
const FIRST = {size: 14, weight: 600};
const OTHERS = {size: 12, weight: 400};

/**
 * The lines of a title: the checkpoint, then its file and what is shown of it, then the filter if there is one.
 * @param {string} checkpoint
 * @param {string} digest of its file, '' if there is no file yet
 * @param {string} what
 * @param {Picture['say']} say
 */
export function titleOf(checkpoint, digest, what, say) {
  const filter = colouring.legend?.filter;
  return [checkpoint, digest ? say('file', {digest, what}) : what, ...(filter ? [filter] : [])];
}

/**
 * The elements of a title, and their height; none for a title without lines.
 * @param {Pick<Picture, 'width' | 'style' | 'title' | 'measure'>} picture
 * @param {number} most lines of each part
 * @returns {{elements: Element[], top: number}}
 */
export function heading({width, style, title, measure}, most = MAX_LINES) {
  const lines = title.flatMap((part, k) => {
    const look = k ? OTHERS : FIRST;
    return wrapped(part, width - 2 * EDGE, (words) => measure(words, look), most).map((words) => ({words, ...look}));
  });
  const top = lines.length ? 2 * EDGE + LINE * lines.length - 4 : 0;
  /** @type {Element[]} */
  const words = lines.map((line, k) => ({
    kind: 'text',
    ...line,
    at: [EDGE, EDGE + 12 + LINE * k],
    align: 'start',
    colour: style.ink,
  }));
  const back = {kind: /** @type {const} */ ('path'), d: boxed({left: 0, top: 0, width, height: top}), fill: style.back};
  return {elements: lines.length ? [back, ...words] : [], top};
}

/**
 * The elements of a picture with its title above, and the height of both.
 * @param {Drawing} picture
 * @returns {{elements: Element[], height: number, top: number}} `top` is the height of the title
 */
export function titled(picture) {
  const {elements, width, height} = picture,
    {elements: title, top} = heading(picture);
  // Marks of what is far out of view would else lie on the title.
  const inside = {kind: /** @type {const} */ ('inside'), frame: {left: 0, top: 0, width, height}, elements};
  return {elements: [...title, {kind: 'moved', by: [0, top], elements: [inside]}], height: height + top, top};
}

/**
 * Words in lines that are no wider than `width`, at most so many; a word that is too long is cut.
 * @param {string} text
 * @param {number} width
 * @param {(words: string) => number} measure
 * @param {number} most lines
 */
export function wrapped(text, width, measure, most = MAX_LINES) {
  /** @type {string[]} */
  const lines = [];
  for (const word of text.split(' ')) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && measure(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(cut(word, width, measure));
  }
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), cut(`${lines[most - 1]} \u2026`, width, measure)];
}

/** @param {string} word @param {number} width @param {(words: string) => number} measure */
function cut(word, width, measure) {
  if (measure(word) <= width) return word;
  const letters = [...word];
  let fits = 0;
  for (let step = 2 ** Math.ceil(Math.log2(letters.length)); step >= 1; step /= 2) {
    if (fits + step < letters.length && measure(`${letters.slice(0, fits + step).join('')}\u2026`) <= width)
      fits += step;
  }
  return `${letters.slice(0, fits).join('')}\u2026`;
}

/**
 * @param {Drawing} picture
 * @param {number} scale pixels of the file per pixel of the page
 * @returns {Promise<Blob | null>}
 */
export function asPng(picture, scale) {
  const {width, style} = picture,
    {elements, height} = titled(picture),
    canvas = Object.assign(document.createElement('canvas'), {width: width * scale, height: height * scale}),
    g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', {willReadFrequently: true}));
  g.scale(scale, scale);
  paint(g, elements, style.font);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}

/**
 * @param {Drawing} picture
 * @param {number} ratio pixels of the screen per CSS pixel
 */
export function asSvg(picture, ratio = devicePixelRatio) {
  const {width, style, title, description} = picture,
    {elements, height} = titled(picture);
  return written(elements, {
    width,
    height,
    font: style.font,
    title: title.join(', '),
    description,
    ratio,
  });
}

/**
 * The formats of files: their ending, and pixels of the file per pixel of the page.
 * @type {Record<string, {kind: 'png' | 'svg' | 'html', scale: number}>}
 */
export const FORMATS = {
  png2: {kind: 'png', scale: 2},
  png3: {kind: 'png', scale: 3},
  svg: {kind: 'svg', scale: 1},
  html: {kind: 'html', scale: 1},
};
export const KINDS = Object.keys(FORMATS);
export const TYPES = {svg: 'image/svg+xml', html: 'text/html'};

/**
 * Save a text as JSON.
 * @param {string} text
 * @param {string} name
 */
export const saveJson = (text, name) => save(new Blob([text], {type: 'application/json'}), name);

/**
 * Save a picture in one of `KINDS`.
 * @param {string} format
 * @param {Drawing} picture
 * @returns {Promise<string>} the file's name, '' if the browser could not make the file
 */
export async function savePicture(format, picture) {
  const {kind, scale} = FORMATS[format],
    text = {svg: asSvg, html: asHtml},
    blob = kind === 'png' ? await asPng(picture, scale) : new Blob([text[kind](picture)], {type: TYPES[kind]});
  if (!blob) return '';
  const name = fileName(picture.about, kind);
  save(blob, name);
  return name;
}
