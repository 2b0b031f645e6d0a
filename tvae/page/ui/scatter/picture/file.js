// The picture of a radius plot as an SVG file.

import {written} from '../../canvas/svg.js';
import {inWords, title} from '../plot.js';
import {picture, selectionMarks} from './picture.js';

/** @param {import('../plot.js').Drawn} plot */
export function asSvg(plot) {
  const {area, style} = plot;
  return written([...picture(plot), ...selectionMarks(plot)], {
    width: area.clientWidth,
    height: area.clientHeight,
    font: style.font,
    title: title(plot),
    description: inWords(plot),
  });
}
