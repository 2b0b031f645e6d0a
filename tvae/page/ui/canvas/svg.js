// Write the elements of a picture as an SVG.

import {boxed} from './elements.js';
import {dots, escaped, node, short} from './export.js';

/** @typedef {import('./elements.js').Element} Element */
/** @typedef {import('./export.js').Attributes} Attributes */

/**
 * @param {Element[]} elements
 * @param {{width: number, height: number, font: string, title: string, description: string}} page
 */
export function written(elements, {width, height, font, title, description}) {
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
    [
      node('title', {}, escaped(title)),
      node('desc', {}, escaped(description)),
      ...elements.map((element, k) => writtenElement(element, `cut${k}`)),
    ].join('\n'),
  );
}

/**
 * @param {Element} element
 * @param {string} id of its clip path, if it has one
 * @returns {string}
 */
function writtenElement(element, id) {
  if (element.kind === 'path') return writtenPath(element);
  if (element.kind === 'text') return writtenText(element);
  if (element.kind === 'ring') return writtenRing(element);
  const inside =
    element.kind === 'cloud'
      ? element.layers.map(({places, colour, radius, opacity}) => dots(places, colour, radius, opacity))
      : element.elements.map((one, k) => writtenElement(one, `${id}-${k}`));
  const clip = node('clipPath', {id}, node('path', {d: boxed(element.frame)}));
  return clip + node('g', {'clip-path': `url(#${id})`}, inside.join(''));
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
