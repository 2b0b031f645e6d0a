// Save figures of inline SVG: the export menu of any figure of the page that has the button of `save_buttons.py`. A
// file has a title, which names the checkpoint if the figure is of one (`figures_of` in Python).

import {boxed} from '../canvas/elements.js';
import {standAlone} from '../canvas/files/html.js';
import {toggle} from '../canvas/files/menu.js';
import {FORMATS, heading, KINDS, TYPES} from '../canvas/files/picture.js';
import {fileName, save} from '../canvas/files/saving.js';
import {ruler} from '../canvas/labels.js';
import {parts} from '../canvas/svg.js';
import {sharedWord as say} from '../scripts/component.js';

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
  'image-rendering',
];
const BUTTON = '.save > [data-export-menu]';
const MAX_LINES = 6; // of each part of the title; captions are long

/** Called when the page is there: the buttons belong to no component. */
export const start = () => listen(document);

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
 * Open the menu, or close it. If the figure is replaced meanwhile, as the curves of a run are, the menu of the new one
 * goes on with it.
 * @param {HTMLElement} button
 * @param {HTMLElement} figure
 * @param {import('../canvas/files/menu.js').Going} going
 */
function open(button, figure, going = {focused: 0, say: () => {}, said: ''}) {
  toggle(button, menuOf(button, figure), going);
  const host = figure.closest('[id]');
  if (!host || button.getAttribute('aria-expanded') !== 'true') return;
  const observer = new MutationObserver(() => {
    if (button.isConnected) return;
    button.dispatchEvent(new Event('tvae-close'));
    const buttons = /** @type {NodeListOf<HTMLElement>} */ (host.querySelectorAll(BUTTON)),
      next = [...buttons].find(({dataset}) => dataset.name === button.dataset.name),
      place = next?.closest('figure');
    if (next && place) open(next, place, going);
  });
  observer.observe(host, {childList: true, subtree: true});
  button.addEventListener('tvae-closed', () => observer.disconnect(), {once: true});
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
        name = fileName({files, what}, FORMATS[kind]?.kind ?? kind);
      save(file, name);
      return say('saved', {name});
    },
  };
}

/**
 * @param {string} format of `FORMATS`
 * @param {HTMLElement} figure
 * @param {DOMStringMap | undefined} of the checkpoint
 * @param {string} what
 */
async function made(format, figure, of, what) {
  const shown = /** @type {SVGSVGElement} */ (figure.querySelector('svg')),
    words = figure.querySelector('figcaption')?.textContent?.trim() || what,
    title = of ? [of.titled ?? '', say('file', {digest: of.digest, what: words})] : [words],
    {kind, scale} = FORMATS[format];
  if (kind === 'html') {
    const {color: ink, backgroundColor: back, fontFamily: font} = getComputedStyle(document.body),
      body = `<div id="figure">${standalone(shown, []).text}</div>`;
    return new Blob([standAlone(title, {ink, back, accent: '', font}, body)], {type: TYPES.html});
  }
  const {text, width, height} = standalone(shown, title),
    svg = new Blob([text], {type: TYPES.svg});
  if (kind === 'svg') return svg;
  const enlarged = shown.getBoundingClientRect().width / shown.viewBox.baseVal.width || 1;
  return rasterised(svg, width, height, enlarged * scale);
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
  const {color: ink, backgroundColor: back, fontFamily: font} = getComputedStyle(document.body),
    {elements, top} = heading(
      {width, title, style: {ink, back, accent: '', font}, measure: ruler(() => font)},
      MAX_LINES,
    ),
    box = {left: x, top: y - top, width, height: height + top},
    below = document.createElementNS('http://www.w3.org/2000/svg', 'g');
  /** @type {import('../canvas/elements.js').Element[]} */
  const all = [
    {kind: 'path', d: boxed(box), fill: back},
    {kind: 'moved', by: [box.left, box.top], elements},
  ];
  below.setAttribute('font-family', font);
  below.innerHTML = parts(all, '', 1);
  copy.prepend(below);
  copy.setAttribute('viewBox', Object.values(box).join(' '));
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(box.height));
  return {text: new XMLSerializer().serializeToString(copy), width, height: box.height};
}

/**
 * @param {Blob} svg
 * @param {number} width in units of the SVG
 * @param {number} height
 * @param {number} scale pixels of the file per unit
 * @returns {Promise<Blob | null>} a PNG
 */
async function rasterised(svg, width, height, scale) {
  const image = new Image(),
    url = URL.createObjectURL(svg);
  try {
    image.src = url;
    await image.decode();
    const [across, down] = [width, height].map((length) => Math.round(scale * length)),
      canvas = Object.assign(document.createElement('canvas'), {width: across, height: down});
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
  } finally {
    URL.revokeObjectURL(url);
  }
}
