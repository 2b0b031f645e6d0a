// A radius plot as a picture for files, and as a Plotly figure that Python makes.

import {colouring, hueOf, isOut} from '../../canvas/colouring.js';
import {AWAY, BACK} from '../../canvas/dots.js';
import {KINDS, saveJson, savePicture, titleOf} from '../../canvas/files/picture.js';
import {fileName} from '../../canvas/files/saving.js';
import {COUNT} from '../../canvas/operations.js';
import {answer} from '../../scripts/component.js';
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
  const {area, style, points, props, names, say, selected, series} = plot,
    {file} = points,
    shown = measureOf(plot);
  return {
    elements: [...picture(plot), ...selectionMarks(plot)],
    width: area.clientWidth,
    height: area.clientHeight,
    style,
    measure: plot.measure,
    say,
    title: titleOf(points.title, file[1], title(plot), say),
    description: inWords(plot),
    about: {files: [file], what: shown, encoder: props.encoder},
    operations: {
      at: (i) => (inView(plot, i) && (selected.has(i) || !isOut(i)) ? at(plot, i) : null),
      values: series.values,
      label: points.titles[shown],
      names,
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
  saveJson(asOnPage(file.text, plot), name);
  return {name};
}

/**
 * Python's figure with the colours and the filter of the page, which it does not know. Its first trace has a point for
 * each operation.
 * @param {string} text
 * @param {Drawn} plot
 */
export function asOnPage(text, {points, selected}) {
  const {hues, out, legend} = colouring;
  if (!hues && !out) return text;
  const figure = JSON.parse(text),
    [{marker}] = figure.data,
    all = Array.from({length: COUNT}, (_, i) => i);
  if (hues) marker.color = all.map((i) => hueOf(i, points.colours));
  marker.opacity = all.map((i) => {
    if (selected.has(i)) return 1;
    const back = isOut(i) ? AWAY : hues && selected.size ? BACK : 0;
    return Number((1 - back).toFixed(2));
  });
  figure.layout.title.text += `<br>${legend?.sentences}`;
  return JSON.stringify(figure);
}
