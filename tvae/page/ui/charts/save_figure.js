// Save figures as files: any figure of the page that has buttons [data-save].

import {fileName, save} from '../scripts/component.js';

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
const SCALE = 3; // pixels of a PNG per unit of the SVG

/**
 * Save a figure when its button is clicked. The listener is on the document, because figures are replaced.
 * @param {Document} page
 */
export function listen(page) {
  page.addEventListener('click', (event) => {
    const target = /** @type {Element} */ (event.target);
    const button = /** @type {HTMLElement | null} */ (target.closest?.('[data-save]'));
    const figure = button?.closest('figure');
    if (button && figure) saveFigure(button, figure);
  });
}

/**
 * @param {HTMLElement} button
 * @param {HTMLElement} figure
 */
async function saveFigure({dataset}, figure) {
  const kind = dataset.save ?? '';
  const name = fileName({files: [], what: dataset.name ?? ''}, kind);
  if (kind === 'json') {
    save(new Blob([dataset.figure ?? ''], {type: 'application/json'}), name);
    return;
  }
  const {text, width, height} = standalone(/** @type {SVGSVGElement} */ (figure.querySelector('svg')));
  const svg = new Blob([text], {type: 'image/svg+xml'});
  save(kind === 'svg' ? svg : await rasterised(svg, width, height), name);
}

/**
 * A copy of an SVG that contains its computed styles.
 * @param {SVGSVGElement} shown
 * @returns {{text: string, width: number, height: number}}
 */
function standalone(shown) {
  const {x, y, width, height} = shown.viewBox.baseVal;
  const copy = /** @type {SVGSVGElement} */ (shown.cloneNode(true));
  const originals = shown.querySelectorAll('*');
  copy.querySelectorAll('*').forEach((element, k) => {
    const style = getComputedStyle(originals[k]);
    for (const property of STYLES) {
      /** @type {SVGElement} */ (element).style.setProperty(property, style.getPropertyValue(property));
    }
  });
  const background = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [name, value] of Object.entries({x, y, width, height})) background.setAttribute(name, String(value));
  background.style.fill = getComputedStyle(document.body).backgroundColor;
  copy.prepend(background);
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  return {text: new XMLSerializer().serializeToString(copy), width, height};
}

/**
 * @param {Blob} svg
 * @param {number} width in units of the SVG
 * @param {number} height
 * @returns {Promise<Blob>} a PNG
 */
async function rasterised(svg, width, height) {
  const image = new Image();
  const url = URL.createObjectURL(svg);
  image.src = url;
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), {width: SCALE * width, height: SCALE * height});
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(url);
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(/** @type {Blob} */ (blob)), 'image/png'));
}
