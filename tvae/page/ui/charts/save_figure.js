// Save figures of inline SVG: the export menu of any figure of the page that has the button of `save_buttons.py`. A
// file has a title, which names the checkpoint if the figure is of one (`figures_of` in Python).

import {standAlone} from '../canvas/files/html.js';
import {toggle} from '../canvas/files/menu.js';
import {KINDS, wrapped} from '../canvas/files/picture.js';
import {ruler} from '../canvas/labels.js';
import {fileName, save, sharedWord as say} from '../scripts/component.js';

// Properties that style sheets give SVG elements, and that a file has to contain.
const STYLES = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-opacity',
  'stroke-linecap',
  'stroke-linejoin',
  'paint-order',
  'opacity',
  'font-size',
  'font-weight',
  'font-family',
  'text-anchor',
];
const BUTTON = '.save > [data-export-menu]';
const EDGE = 6; // units of the SVG around the title
const LINE = 14; // from one line of the title to the next
const MAX_LINES = 6; // of each part of the title
const SIZE = 11; // of its letters

/**
 * Open the menu of a figure when its button is clicked. The listener is on the document, because figures are replaced.
 * @param {Document} page
 */
export function listen(page) {
  page.addEventListener('click', (event) => {
    const target = /** @type {Element} */ (event.target);
    const button = /** @type {HTMLElement | null} */ (target.closest?.(BUTTON));
    const figure = button?.closest('figure');
    if (button && figure) open(button, figure);
  });
}

/**
 * Open the menu, or close it. If the figure is replaced meanwhile, as the curves of a run are, its menu opens again.
 * @param {HTMLElement} button
 * @param {HTMLElement} figure
 */
function open(button, figure) {
  toggle(button, menuOf(button, figure));
  const isOpen = () => button.getAttribute('aria-expanded') === 'true',
    host = figure.closest('[id]');
  if (!host || !isOpen()) return;
  const observer = new MutationObserver(() => {
    if (button.isConnected) return;
    observer.disconnect();
    if (!isOpen()) return;
    button.dispatchEvent(new Event('tvae-close'));
    const buttons = /** @type {NodeListOf<HTMLElement>} */ (host.querySelectorAll(BUTTON)),
      next = [...buttons].find(({dataset}) => dataset.name === button.dataset.name),
      place = next?.closest('figure');
    if (next && place) open(next, place);
  });
  observer.observe(host, {childList: true, subtree: true});
}

/**
 * What the export menu needs, see `menu.js`.
 * @param {HTMLElement} button
 * @param {HTMLElement} figure
 * @returns {import('../canvas/files/menu.js').Menu}
 */
export function menuOf(button, figure) {
  const {name: what = '', figure: json} = button.dataset;
  return {
    say,
    kinds: json === undefined ? KINDS : [...KINDS, 'json'],
    save: async (kind) => {
      const of = /** @type {HTMLElement | null} */ (button.closest('.figures-of'))?.dataset,
        data = new Blob([json ?? ''], {type: 'application/json'}),
        file = kind === 'json' ? data : await made(kind, figure, of, what);
      if (!file) return say('too_large');
      /** @type {[string, string][]} */
      const files = of ? [[of.of ?? '', of.digest ?? '']] : [],
        name = fileName({files, what}, kind.replace(/\d$/, ''));
      save(file, name);
      return say('saved', {name});
    },
  };
}

/**
 * @param {string} kind
 * @param {HTMLElement} figure
 * @param {DOMStringMap | undefined} of the checkpoint
 * @param {string} what
 */
async function made(kind, figure, of, what) {
  const shown = /** @type {SVGSVGElement} */ (figure.querySelector('svg')),
    words = figure.querySelector('figcaption')?.textContent?.trim() || what,
    title = of ? [of.titled ?? '', say('file', {digest: of.digest, what: words})] : [words];
  if (kind === 'html') {
    const {color: ink, backgroundColor: back, fontFamily: font} = getComputedStyle(document.body),
      body = `<div id="figure">${standalone(shown, []).text}</div>`;
    return new Blob([standAlone(title, {ink, back, accent: '', font}, body)], {type: 'text/html'});
  }
  const {text, width, height} = standalone(shown, title),
    svg = new Blob([text], {type: 'image/svg+xml'});
  if (kind === 'svg') return svg;
  const enlarged = shown.getBoundingClientRect().width / shown.viewBox.baseVal.width || 1;
  return rasterised(svg, width, height, enlarged * Number(kind.replace(/\D/g, '')));
}

/**
 * A copy of an SVG that contains its computed styles, below its title.
 * @param {SVGSVGElement} shown
 * @param {string[]} title
 * @returns {{text: string, width: number, height: number}}
 */
function standalone(shown, title) {
  const {x, y, width, height} = shown.viewBox.baseVal;
  const copy = /** @type {SVGSVGElement} */ (shown.cloneNode(true));
  const originals = shown.querySelectorAll('*');
  copy.querySelectorAll('*').forEach((element, k) => {
    const style = getComputedStyle(originals[k]);
    for (const property of STYLES) {
      /** @type {SVGElement} */ (element).style.setProperty(property, style.getPropertyValue(property));
    }
  });
  const {backgroundColor, color, fontFamily} = getComputedStyle(document.body),
    lines = titleLines(title, width - 2 * EDGE, fontFamily),
    top = lines.length ? LINE * lines.length + EDGE : 0,
    box = {x, y: y - top, width, height: height + top};
  const words = lines.map(({line, weight}, k) => {
    const text = drawn('text', {x: x + EDGE, y: y - top + LINE * (k + 1), fill: color, 'font-size': SIZE});
    Object.assign(text.style, {fontFamily, fontWeight: String(weight)});
    text.textContent = line;
    return text;
  });
  copy.prepend(drawn('rect', {...box, fill: backgroundColor}), ...words);
  copy.setAttribute('viewBox', Object.values(box).join(' '));
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(box.height));
  return {text: new XMLSerializer().serializeToString(copy), width, height: box.height};
}

/**
 * The title in lines that fit; the first part is bold if there are others.
 * @param {string[]} title
 * @param {number} width
 * @param {string} font
 */
function titleLines(title, width, font) {
  const measure = ruler(() => font);
  return title.flatMap((words, k) => {
    const weight = title.length > 1 && !k ? 600 : 400,
      lines = wrapped(words, width, (part) => measure(part, {size: SIZE, weight}), MAX_LINES);
    return lines.map((line) => ({line, weight}));
  });
}

/**
 * An element of an SVG.
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 */
function drawn(name, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/**
 * @param {Blob} svg
 * @param {number} width in units of the SVG
 * @param {number} height
 * @param {number} scale pixels of the file per unit
 * @returns {Promise<Blob | null>} a PNG
 */
async function rasterised(svg, width, height, scale) {
  const image = new Image();
  const url = URL.createObjectURL(svg);
  image.src = url;
  await image.decode();
  const [across, down] = [width, height].map((length) => Math.round(scale * length)),
    canvas = Object.assign(document.createElement('canvas'), {width: across, height: down});
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(url);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}
