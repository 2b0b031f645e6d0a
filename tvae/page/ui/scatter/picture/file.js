// A radius plot as a picture for files, and as a Plotly figure that Python makes.

import {saveText} from '../../canvas/export.js';
import {KINDS, savePicture} from '../../canvas/files/picture.js';
import {answer, fileName} from '../../scripts/component.js';
import {at, inView, inWords, measureOf, title} from '../plot.js';
import {picture, selectionMarks} from './picture.js';

/** @typedef {import('../plot.js').Drawn} Drawn */
/** @typedef {Record<string, (asked: object) => Promise<any>> | undefined} Server */

/**
 * The picture without what only the pointer and the keyboard show.
 * @param {Drawn} plot
 * @returns {import('../../canvas/files/picture.js').Picture}
 */
export function pictureOf(plot) {
  const {area, style, points, props, names, say, series} = plot,
    {file} = points,
    shown = measureOf(plot);
  return {
    elements: [...picture(plot), ...selectionMarks(plot)],
    width: area.clientWidth,
    height: area.clientHeight,
    style,
    measure: plot.measure,
    say,
    title: [points.title, file[1] ? say('file', {digest: file[1], what: title(plot)}) : title(plot)],
    description: inWords(plot),
    about: {files: [file], what: shown, encoder: props.encoder},
    operations: {
      at: (i) => (inView(plot, i) ? at(plot, i) : null),
      values: series.values,
      label: points.titles[shown],
      names,
      selected: [...plot.selected],
    },
  };
}

/**
 * What the export menu of a plot needs, see `menu.js`.
 * @param {Drawn} plot
 * @param {Server} server
 * @returns {import('../../canvas/files/menu.js').Menu}
 */
export const menuOf = (plot, server) => ({
  say: plot.say,
  kinds: server?.figure ? [...KINDS, 'json'] : KINDS,
  save: async (kind) => {
    const name = kind === 'json' ? await saveFigure(plot, server) : {name: await savePicture(kind, pictureOf(plot))};
    if ('error' in name) return name.error;
    return name.name ? plot.say('saved', name) : plot.say('too_large');
  },
});

/** @param {Drawn} plot @param {Server} server @returns {Promise<{name: string} | {error: string}>} */
async function saveFigure(plot, server) {
  const {file: source} = plot.points,
    {encoder} = plot.props,
    measure = measureOf(plot),
    asked = {checkpoint: source[0], operations: [...plot.selected], encoder, measure, scale: plot.scale.kind};
  const file = await answer(() => /** @type {NonNullable<Server>} */ (server).figure(asked), plot.say('cut'));
  if (file.error) return {error: file.error};
  const name = fileName({files: [source], what: measure, encoder}, 'json');
  saveText(file.text, name, 'application/json');
  return {name};
}
