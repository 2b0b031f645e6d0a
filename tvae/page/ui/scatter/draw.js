// Draw a radius plot: its lower layer when something changed, its upper layer while the pointer moves.

import {paint} from '../canvas/elements.js';
import {styleOf, surface} from '../canvas/layers.js';
import {sentence} from '../canvas/marks.js';
import {frameOf} from './picture/look.js';
import {picture, upperLayer} from './picture/picture.js';
import {hasPoints, inWords} from './plot.js';

/** @typedef {import('./plot.js').Plot} Plot */

/** @param {Plot} plot */
export function draw(plot) {
  const {area, root, base} = plot;
  if (!area.clientWidth) return;
  const began = performance.now();
  plot.style = styleOf(root, '--scatter-alert');
  plot.frame = frameOf(plot);
  const {empty = ''} = root.dataset;
  paint(surface(base, area), hasPoints(plot) ? picture(plot) : sentence(area, plot.style, empty), plot.style.font);
  drawOver(plot);
  const words = hasPoints(plot) ? `${inWords(plot)} ${plot.say('hands')}` : plot.say('nothing', {empty});
  if (words !== area.ariaLabel) area.ariaLabel = words; // else a screen reader would begin again at each drawing
  plot.drawMs = performance.now() - began;
}

/** @param {Plot} plot */
export function drawOver(plot) {
  paint(surface(plot.over, plot.area), hasPoints(plot) ? upperLayer(plot) : [], plot.style.font);
}
