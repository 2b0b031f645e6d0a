// Save the disk as PNG, SVG or Plotly figure.

import {GREY} from '../../../ui/canvas/dots.js';
import {dots, escaped, savePng, saveText, short, stroke} from '../../../ui/canvas/export.js';
import {LEVEL} from '../../../ui/canvas/operations.js';
import {inWords} from './draw.js';
import {dotSize, rings} from './look.js';
import {placesOf} from './over.js';
import {BY_ANGLE} from './points/angles.js';
import {place, share} from './state.js';

/** @typedef {import('./state.js').Drawn} Drawn */

/** @param {Drawn} disk @param {string} suffix */
const nameOf = ({ball, centre}, suffix) => `tvae-${ball.key}-${centre < 0 ? 'origin' : centre}${suffix}`;

/** @type {Record<string, (disk: Drawn) => void>} */
export const saveAs = {
  png: (disk) => savePng([disk.base, disk.over], nameOf(disk, '.png')),
  svg: (disk) => saveText(asSvg(disk), nameOf(disk, '.svg'), 'image/svg+xml'),
  json: (disk) => saveText(JSON.stringify(asFigure(disk)), nameOf(disk, '.json'), 'application/json'),
};

/** @param {Drawn} disk */
export function asSvg(disk) {
  const {frame, tone, hues, selected, props, style} = disk,
    side = 2 * frame.r + 40,
    half = side / 2;
  /** @param {[number, number]} at @returns {[number, number]} */
  const inside = ([u, v]) => [u + half - frame.x, v + half - frame.y];
  /** @param {Iterable<number>} ids @param {number} more @param {boolean} grey */
  const cloud = (ids, more, grey) => {
    /** @type {Map<string, number[]>} */
    const looks = new Map();
    for (const n of ids) {
      const look = `${grey ? GREY : hues[tone[n]]} ${dotSize(LEVEL[n]) + more}`;
      const members = looks.get(look);
      if (members) members.push(n);
      else looks.set(look, [n]);
    }
    return [...looks].map(([look, members]) => {
      const [colour, radius] = look.split(' ');
      return dots(
        members.map((n) => inside(place(disk, n))),
        colour,
        Number(radius),
        0.8,
      );
    });
  };
  const points = [...BY_ANGLE.flatMap((ids) => cloud(ids, 0, selected.size > 0)), ...cloud(selected, 2, false)];
  const circles = [...rings(disk).map(([radius]) => frame.r * share(disk, radius)), frame.r].map(
    (r) => `<circle cx="${half}" cy="${half}" r="${short(r)}"/>`,
  );
  const way = props.path
    ? placesOf(disk, props.path)
        .map((at) => inside(at).map(short).join(' '))
        .join('L')
    : '';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" fill="none">`,
    `<title>${escaped(inWords(disk))}</title>`,
    `<g stroke="#888" stroke-width="0.6">${circles.join('')}</g>`,
    ...points,
    way && stroke(`M${way}`, style.accent, 2),
    '</svg>',
  ].join('');
}

/**
 * The picture as a Plotly figure with a trace for each level, in units of the disk's radius.
 * @param {Drawn} disk
 */
export function asFigure(disk) {
  const {frame, x, y, hues, tone} = disk;
  /** @param {number} length */
  const part = (length) => Number((length / frame.r).toFixed(4));
  const data = BY_ANGLE.map((ids, v) => ({
    type: 'scattergl',
    mode: 'markers',
    name: String(v),
    text: ids.map(String),
    x: ids.map((n) => part(x[n] - frame.x)),
    y: ids.map((n) => part(frame.y - y[n])),
    marker: {color: ids.map((n) => hues[tone[n]]), size: 2 * dotSize(v)},
  }));
  const axis = {range: [-1.05, 1.05], visible: false},
    title = {text: inWords(disk).split('.')[0]};
  return {data, layout: {title, xaxis: axis, yaxis: {...axis, scaleanchor: 'x'}}};
}
