// The map of sequences as files: the picture, and a Plotly figure and tables that Python makes.

import {KINDS, saveJson, savePicture} from '../../../ui/canvas/files/picture.js';
import {fileName} from '../../../ui/canvas/files/saving.js';
import {answer} from '../../../ui/scripts/component.js';
import {marks, picture} from './picture.js';
import {inWords} from './state.js';

/** @typedef {import('./state.js').Shown} Shown */
/** @typedef {Record<string, (asked: object) => Promise<any>>} Server */

/**
 * The picture without what only the pointer and the keyboard show, and with the legend below it.
 * @param {Shown} map
 * @returns {import('../../../ui/canvas/files/picture.js').Drawing}
 */
export function pictureOf(map) {
  const {area, style, measure, say, shown, column} = map,
    {clientWidth: width, clientHeight} = area,
    count = shown.points.length,
    what = column ? say('coloured', {count, column: column.name}) : say('titled', {count}),
    legend = legendOf(map, width, clientHeight);
  return {
    elements: [...picture(map), ...marks(map), ...legend.elements],
    width,
    height: clientHeight + legend.height,
    style,
    measure,
    say,
    title: [shown.checkpoint, say('file', {digest: shown.sha256.slice(0, 12), what})],
    description: inWords(map),
    about: {files: [[shown.checkpoint, shown.sha256]], what: 'map'},
  };
}

/**
 * The entries of the legend: words and colours.
 * @param {Shown} map
 * @returns {{words: string, colour: string, own: boolean}[]}
 */
export function entries({shown, column, data, say}) {
  const hasOwn = shown.points.some(({training}) => !training),
    hasTraining = shown.points.some(({training}) => training);
  const groups = column
    ? column.labels.flatMap((words, k) =>
        shown.points.some(({training}, i) => training && column.of[i] === k)
          ? [{words, colour: column.colours[k], own: false}]
          : [],
      )
    : hasTraining
      ? [{words: say('legend_training'), colour: data.usual, own: false}]
      : [];
  return hasOwn ? [...groups, {words: say('legend_own'), colour: data.own, own: true}] : groups;
}

/**
 * The legend in lines below the picture.
 * @param {Shown} map
 * @param {number} width
 * @param {number} top
 * @returns {{elements: import('../../../ui/canvas/elements.js').Element[], height: number}}
 */
function legendOf(map, width, top) {
  const {measure, style} = map,
    size = 12;
  /** @type {import('../../../ui/canvas/elements.js').Element[]} */
  const elements = [];
  let [x, y] = [12, top + 14];
  for (const {words, colour} of entries(map)) {
    const wide = 16 + measure(words, {size}) + 14;
    if (x > 12 && x + wide > width) [x, y] = [12, y + 18];
    elements.push(
      {kind: 'ring', at: [x + 5, y - 4], radius: 5, fill: colour, stroke: colour, width: 1},
      {kind: 'text', words, at: [x + 15, y], align: 'start', size, colour: style.ink},
    );
    x += wide;
  }
  const height = y - top + 10;
  return {
    elements: [{kind: 'path', d: `M0 ${top}h${width}v${height}h${-width}Z`, fill: style.back}, ...elements],
    height,
  };
}

/**
 * What the export menu of a plot needs, see `menu.js`.
 * @param {Shown} map
 * @param {Server} server
 * @returns {import('../../../ui/canvas/files/menu.js').Menu}
 */
export const menuOf = (map, server) => ({
  say: map.say,
  kinds: [...KINDS, 'json'],
  save: async (kind) => {
    if (kind !== 'json') {
      const name = await savePicture(kind, pictureOf(map));
      return name ? map.say('saved', {name}) : map.say('too_large');
    }
    const asked = {...map.asked, column: map.column?.name ?? ''},
      file = await answer(() => server.map_figure(asked), map.say('cut'));
    if (file.error) return file.error;
    const name = fileName(pictureOf(map).about, 'json');
    saveJson(file.text, name);
    return map.say('saved', {name});
  },
});
