// Write the elements of a picture as an SVG.

import {boxed, short} from './elements.js';

/** @typedef {import('./elements.js').Element} Element */
/** @typedef {Record<string, string | number>} Attributes */

/** @param {string | number} words */
export const escaped = (words) => String(words).replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/**
 * @param {string} name
 * @param {Attributes} attributes
 * @param {string} inside
 */
export function node(name, attributes, inside = '') {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`);
  return `<${name}${written.join('')}>${inside}</${name}>`;
}

/**
 * @param {Element[]} elements
 * @param {{width: number, height: number, font: string, title: string, description: string, ratio: number, cut?: string}}
 *   page `ratio`: pixels of the screen per CSS pixel; `cut` begins the ids of clip paths, and is this SVG's own in a page
 */
export function written(elements, {width, height, font, title, description, ratio, cut = 'cut'}) {
  return node(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'font-family': font.replace(/"/g, "'"),
    },
    [node('title', {}, escaped(title)), node('desc', {}, escaped(description)), parts(elements, cut, ratio)].join('\n'),
  );
}

/**
 * Elements as parts of another SVG.
 * @param {Element[]} elements
 * @param {string} cut begins the ids of clip paths
 * @param {number} ratio pixels of the screen per CSS pixel
 */
export const parts = (elements, cut, ratio) =>
  elements.map((element, k) => writtenElement(element, `${cut}${k}`, ratio)).join('\n');

/**
 * @param {Element} element
 * @param {string} id of its clip path, if it has one
 * @param {number} ratio
 * @returns {string}
 */
function writtenElement(element, id, ratio) {
  if (element.kind === 'path') return writtenPath(element);
  if (element.kind === 'text') return writtenText(element);
  if (element.kind === 'ring') return writtenRing(element);
  const inside =
    element.kind === 'cloud'
      ? element.layers.flatMap((layer) => writtenDots(layer, ratio))
      : element.elements.map((one, k) => writtenElement(one, `${id}-${k}`, ratio));
  if (element.kind === 'moved')
    return node('g', {transform: `translate(${element.by.map(short).join(' ')})`}, inside.join(''));
  const clip = node('clipPath', {id}, node('path', {d: boxed(element.frame)}));
  return clip + node('g', {'clip-path': `url(#${id})`}, inside.join(''));
}

/**
 * Dots where the screen has them: in the middle of a pixel. Opacities add up where dots overlap, as on the screen, which
 * they would not within one path; so dots that overlap are in several.
 * @param {import('./elements.js').Dots} layer
 * @param {number} ratio
 */
function writtenDots({places, colour, radius, opacity}, ratio) {
  /** @type {import('./elements.js').Place[]} */
  const snapped = places.map(([x, y]) => [
    (Math.round(x * ratio) + 0.5) / ratio,
    (Math.round(y * ratio) + 0.5) / ratio,
  ]);
  const sheets = opacity < 1 ? apart(snapped, 2 * radius) : [snapped];
  return sheets.map((sheet) => dots(sheet, colour, radius, opacity));
}

/**
 * Dots of one colour and size, '' if there are none. Each is a stroke of length 0 with round ends, a dozen bytes.
 * @param {import('./elements.js').Place[]} places
 * @param {string} colour
 * @param {number} radius
 * @param {number} opacity
 */
export function dots(places, colour, radius, opacity) {
  if (!places.length) return '';
  return node('path', {
    d: places.map(([x, y]) => `M${short(x)} ${short(y)}h0`).join(''),
    fill: 'none',
    stroke: colour,
    'stroke-width': short(2 * radius),
    'stroke-linecap': 'round',
    'stroke-opacity': opacity,
  });
}

const SHEETS = 6; // so many dots of opacity 0.6 on each other let through less than 1 %

/**
 * Places dealt to sheets in which no two are nearer than `least`, but for the last sheet, which gets what is left.
 * @param {import('./elements.js').Place[]} places
 * @param {number} least
 */
export function apart(places, least) {
  /** @type {import('./elements.js').Place[][]} */
  const sheets = [];
  /** @type {Map<string, import('./elements.js').Place[]>[]} places of each sheet by cell */
  const cells = [];
  for (const place of places) {
    const [column, row] = place.map((u) => Math.floor(u / least));
    let k = 0;
    while (k < SHEETS - 1 && k < sheets.length && isNear(cells[k], column, row, place, least)) k++;
    if (!sheets[k]) {
      sheets[k] = [];
      cells[k] = new Map();
    }
    sheets[k].push(place);
    const key = `${column} ${row}`,
      members = cells[k].get(key);
    if (members) members.push(place);
    else cells[k].set(key, [place]);
  }
  return sheets;
}

/**
 * Whether one of the places in the cells around is nearer than `least`.
 * @param {Map<string, import('./elements.js').Place[]>} cells
 * @param {number} column
 * @param {number} row
 * @param {import('./elements.js').Place} place
 * @param {number} least
 */
function isNear(cells, column, row, [x, y], least) {
  for (let du = -1; du <= 1; du++) {
    for (let dv = -1; dv <= 1; dv++) {
      if (cells.get(`${column + du} ${row + dv}`)?.some(([u, v]) => Math.hypot(u - x, v - y) < least)) return true;
    }
  }
  return false;
}

/** @param {import('./elements.js').Path} path */
function writtenPath({d, stroke, width = 1, dash, round, fill = 'none', opacity = 1}) {
  /** @type {Attributes} */
  const look = {d, fill};
  if (stroke) Object.assign(look, {stroke, 'stroke-width': width});
  if (dash) look['stroke-dasharray'] = dash.join(' ');
  if (round) look['stroke-linecap'] = 'round';
  if (opacity !== 1) look.opacity = opacity;
  return node('path', look);
}

/** @param {import('./elements.js').Text} text */
function writtenText({words, at, align = 'middle', size = 12, weight = 400, colour, opacity = 1, upwards, halo}) {
  const [x, y] = at.map(short);
  /** @type {Attributes} */
  const look = {x, y, 'text-anchor': align, 'font-size': size, fill: colour};
  if (weight !== 400) look['font-weight'] = weight;
  if (opacity !== 1) look.opacity = opacity;
  if (upwards) look.transform = `rotate(-90 ${x} ${y})`;
  if (halo) Object.assign(look, {stroke: halo, 'stroke-width': 4, 'stroke-linejoin': 'round', 'paint-order': 'stroke'});
  return node('text', look, escaped(words));
}

/** @param {import('./elements.js').Ring} ring */
function writtenRing({at, radius, fill, stroke, width}) {
  const [cx, cy] = at.map(short);
  return node('circle', {cx, cy, r: short(radius), fill, stroke, 'stroke-width': width});
}
