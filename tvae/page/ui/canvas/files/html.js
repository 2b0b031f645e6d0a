// A plot as an HTML file of its own: the picture as on the screen, and what is said about the dot under the pointer.
// The file makes no requests, which its own policy would refuse: it works from a disk, without any server.
//
// Lines, words and marks are SVG, the dots between them are a canvas. A file is about 0.4 MB. It has each dot in four
// bytes, twice if it is selected, the place of each operation in four more and its value as text: under 1 MB in all.

import {short} from '../elements.js';
import {COUNT} from '../operations.js';
import {escaped, written} from '../svg.js';
import {VIEWER} from './viewer.js';

/** @typedef {import('../elements.js').Cloud} Cloud */
/** @typedef {import('../layers.js').Style} Style */
/** @typedef {import('./picture.js').Picture} Picture */

const EDGE = 16; // pixels around the picture in which a dot may have its middle
const NOWHERE = 0xffff; // of two bytes
const LARGE = 1e9; // values from here on have no four decimals

const POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";
const STYLE = [
  'body{max-width:1200px;margin:0 auto;padding:16px;font-size:14px;line-height:1.5}',
  'h1{margin:0;font-size:18px;overflow-wrap:anywhere}',
  'p{margin:0 0 10px;overflow-wrap:anywhere}',
  '#plot{position:relative;touch-action:pan-y;cursor:crosshair}',
  '#picture>*{position:absolute;inset:0;width:100%;height:100%}',
  '#picture svg{pointer-events:none}', // else the browser would show its title next to the tip
  '#figure svg{width:100%;height:auto;max-width:900px}',
  '[hidden]{display:none}',
  '#mark,#tip{position:absolute;left:0;top:0;pointer-events:none}',
  '#mark{width:14px;height:14px;margin:-8px;border:1px solid;border-radius:50%}',
  '#tip{box-sizing:border-box;width:max-content;max-width:90%;padding:4px 8px;background:inherit;font-size:13px}',
  '#tip{border:1px solid;border-radius:6px}',
  '#find{width:80px;font:inherit}',
].join('\n');
const SCRIPT = `${VIEWER.join('\n')}\nview(document);`;

/** @param {string} words as the value of an attribute in double quotes */
const quoted = (words) => escaped(words).replace(/"/g, '&#34;');

/**
 * A document that makes no requests.
 * @param {string[]} title its lines, which are text
 * @param {Style} style
 * @param {string} body HTML below the title
 */
export const standAlone = ([first, ...others], {ink, back, font}, body) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${quoted(POLICY)}">
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<title>${escaped([first, ...others].join(', '))}</title><style>${STYLE}</style></head>
<body style="${quoted(`color:${ink};background:${back};font-family:${font}`)}"><main><h1>${escaped(first)}</h1>
${others.map((line) => `<p>${escaped(line)}</p>`).join('')}
${body}</main></body></html>
`;

/** @param {Uint16Array} numbers */
function base64(numbers) {
  let text = '';
  for (const byte of new Uint8Array(numbers.buffer)) text += String.fromCharCode(byte);
  return btoa(text);
}

/** @param {number} value */
const heightText = (value) => (Math.abs(value) < LARGE ? value.toFixed(4) : value.toExponential(4));

/**
 * What the script needs of the dots.
 * @param {Pick<Picture, 'width' | 'height' | 'say'>} picture
 * @param {import('./picture.js').Operations} operations
 * @param {Cloud | undefined} cloud
 * @returns {import('./viewer.js').Data}
 */
function packed({width, height, say}, {at, values, label, names}, cloud) {
  const unit = (Math.max(width, height) + 2 * EDGE) / (NOWHERE - 1);
  /** @param {number} length */
  const step = (length) => Math.min(NOWHERE - 1, Math.max(0, Math.round((length + EDGE) / unit)));
  const all = Array.from({length: COUNT}, (_, n) => n),
    layers = cloud?.layers ?? [],
    colours = [...new Set(layers.map(({colour}) => colour))];
  return {
    width,
    height,
    edge: EDGE,
    unit,
    nowhere: NOWHERE,
    frame: cloud?.frame ?? {left: 0, top: 0, width, height},
    colours,
    layers: layers.map(({places, colour, radius, opacity}) => [
      colours.indexOf(colour),
      short(10 * radius) / 10,
      short(10 * opacity) / 10,
      places.length,
    ]),
    dots: base64(Uint16Array.from(layers.flatMap(({places}) => places.flat()).map(step))),
    places: base64(Uint16Array.from(all.flatMap((n) => at(n)?.map(step) ?? [NOWHERE, NOWHERE]))),
    heights: all.map((n) => heightText(values[n])).join(' '),
    names: Object.fromEntries(names),
    said: {
      dot: say('html_dot', {n: '{n}'}),
      named: say('html_named', {n: '{n}', name: '{name}'}),
      facts: say('html_facts', {valuation: '{valuation}', what: label, height: '{height}'}),
      none: say('html_none', {n: '{n}'}),
    },
  };
}

/**
 * The text of the file. Only what a dot says of its operation needs the script, so other pictures are SVG alone.
 * @param {import('./picture.js').Drawing} picture
 */
export function asHtml(picture) {
  const {elements, width, height, style, title, description, say, operations} = picture;
  if (!operations) {
    const look = {width, height, font: style.font, title: title.join(', '), description, ratio: 1};
    return standAlone(title, style, `<div id="figure">${written(elements, look)}</div>`);
  }
  const middle = elements.findIndex(({kind}) => kind === 'cloud'),
    cloud = /** @type {Cloud | undefined} */ (elements[middle]),
    [below, above] = cloud ? [elements.slice(0, middle), elements.slice(middle + 1)] : [elements, []];
  /** @param {import('../elements.js').Element[]} part @param {string} cut */
  const svg = (part, cut) =>
    written(part, {width, height, font: style.font, title: title.join(', '), description: '', ratio: 1, cut});
  const size = `max-width:${width}px;aspect-ratio:${width}/${height};background:${style.back}`,
    data = JSON.stringify(packed(picture, operations, cloud)).replace(/</g, '\\u003c');
  return standAlone(
    title,
    style,
    `<div id="plot" style="${quoted(size)}"><div id="picture" role="img" aria-label="${quoted(description)}">
${svg(below, 'below')}<canvas id="dots"></canvas>${svg(above, 'above')}</div>
<div id="mark" hidden></div><div id="tip" hidden></div></div>
<p><label for="find">${escaped(say('html_find'))}</label> <input id="find" inputmode="numeric" maxlength="5">
<span id="status" role="status">${escaped(say('html_hint', {last: COUNT - 1}))}</span></p>
<script type="application/json" id="data">${data}</script>
<script>${SCRIPT}</script>`,
  );
}
