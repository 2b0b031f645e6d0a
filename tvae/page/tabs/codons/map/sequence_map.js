// The map of sequences: asks Python for the points, and shows them, their legend, and a table of those that are listed.

import {download} from '../../../ui/canvas/files/saving.js';
import {redrawWithPage} from '../../../ui/canvas/layers.js';
import {showTip, tag} from '../../../ui/canvas/pointer.js';
import {valuesIn} from '../../../ui/links/address.js';
import {write} from '../../../ui/links/navigation.js';
import {answer} from '../../../ui/scripts/component.js';
import {entries} from './files.js';
import {listen} from './gestures.js';
import {draw, drawOver} from './picture.js';
import {at, emptyMap, fit, hasPoints, listed, ownOf} from './state.js';

/** @typedef {import('./state.js').Data} Data */
/** @typedef {import('./state.js').Asked} Asked */
/** @typedef {import('./state.js').Sequences} Sequences */
/** @typedef {import('./state.js').SequenceMap} SequenceMap */
/** @typedef {import('./state.js').Shown} Shown */

const ROWS = 100; // of the table
const ONE_COLOUR = '-'; // in place of a column
const SEPARATOR = ','; // of names in the address

/**
 * @param {HTMLElement} section
 * @param {Data} data
 * @param {Record<string, (asked: object) => Promise<any>>} server
 * @returns {(asked: Asked | null) => Promise<void>} shows the map of a model with sequences, null for none
 */
export function opened(section, data, server) {
  const map = emptyMap(section, data),
    {area, say} = map;
  /** @template {HTMLElement} T @param {string} selector */
  const find = (selector) => /** @type {T} */ (section.querySelector(selector));
  const colour = /** @type {HTMLSelectElement} */ (find('select'));
  let request = 0;

  /** @param {Asked | null} asked */
  async function show(asked) {
    const number = ++request,
      found = asked && (await answer(() => server.sequence_map(asked), say('cut')));
    if (number !== request) return; // something else was asked for meanwhile
    map.asked = asked;
    map.shown = found && !found.error ? found : null;
    section.hidden = !found || (found.error && !asked?.fasta);
    find('.map-notes').replaceChildren(...(found?.error ? [found.error] : (found?.notes ?? [])).map(paragraph));
    for (const part of ['.map-lead', '.map-colour', '.sequence-plot', '.exports']) find(part).hidden = !map.shown;
    if (hasPoints(map)) showPoints(map);
    else clear();
  }
  function clear() {
    for (const part of ['.map-legend', '.map-listed', '.map-table']) find(part).replaceChildren();
  }
  /** @param {Shown} shown */
  function showPoints(shown) {
    const {points, columns, checkpoint} = shown.shown;
    find('.map-lead').textContent = points.some(({training}) => training)
      ? say('lead', {model: checkpoint})
      : say('lead_alone');
    colour.replaceChildren(
      ...columns.map(({name}) => new Option(name, name)),
      new Option(say('no_colour'), ONE_COLOUR),
    );
    find('.map-colour').hidden = !columns.length;
    Object.assign(map, {
      zoom: 1,
      cursor: -1,
      centre: fit(points, map.frame.width ? map.frame : {width: 1, height: 1}).centre,
    });
    follow();
  }

  // ---- the address ----
  /** @returns {import('../../../ui/links/address.js').Field[]} */
  const fields = () => [
    [data.colour, map.shown?.columns[0]?.name ?? ONE_COLOUR, null],
    [data.selected, '', null],
  ];
  /** Show what the address says. */
  function follow() {
    if (!hasPoints(map)) return;
    const [name, selected] = valuesIn(location.search, fields()).map(String),
      names = selected.split(SEPARATOR).filter(Boolean),
      {points, columns} = map.shown;
    map.column = columns.find((one) => one.name === name) ?? (name === ONE_COLOUR ? null : (columns[0] ?? null));
    colour.value = map.column?.name ?? ONE_COLOUR;
    map.selected = new Set([...points.keys()].filter((i) => names.includes(points[i].id)));
    refresh();
  }
  function remember() {
    if (!hasPoints(map)) return;
    const names = [...map.selected].map((i) => /** @type {Shown} */ (map).shown.points[i].id);
    write(fields(), [map.column?.name ?? ONE_COLOUR, names.join(SEPARATOR)]);
  }

  // ---- what is drawn and listed ----
  function refresh() {
    if (!hasPoints(map)) return;
    draw(map);
    find('.map-legend').replaceChildren(
      ...entries(map).map(({words, colour: of, own}) => {
        const entry = tag('span', words, own ? 'own' : '');
        entry.style.setProperty('--of', of);
        return entry;
      }),
    );
    const rows = listed(map),
      hasOwn = ownOf(map.shown).length > 0,
      said = map.selected.size ? say('listed') : hasOwn ? say('listed_own') : say('listed_none');
    const more = rows.length > ROWS ? ` ${say('more', {shown: ROWS, count: rows.length})}` : '';
    find('.map-listed').textContent = said + more;
    find('.map-table').replaceChildren(...(rows.length ? [tableOf(map, rows.slice(0, ROWS), choose)] : []));
  }
  /** @param {number[]} points @param {boolean} add */
  function choose(points, add) {
    const {selected} = map;
    const [one] = points;
    if (add && points.length === 1 && selected.has(one)) selected.delete(one);
    else map.selected = new Set(add ? [...selected, ...points] : points);
    refresh();
    remember();
  }
  /** @param {number} i */
  function describe(i) {
    map.tip.hidden = i < 0;
    if (i >= 0 && hasPoints(map)) showTip(map.tip, area, at(map, i), tipLines(map, i));
  }
  /** @type {import('./gestures.js').Actions['look']} */
  function look(centre, zoom) {
    Object.assign(map, {centre, zoom});
    describe(-1);
    draw(map);
  }

  listen(map, {choose, describe, look});
  redrawWithPage(area, () => draw(map));
  colour.addEventListener('change', () => {
    map.column = map.shown?.columns.find(({name}) => name === colour.value) ?? null;
    refresh();
    remember();
  });
  document.addEventListener('tvae-address', follow);
  section.addEventListener('click', async ({target}) => {
    const button = /** @type {Element} */ (target).closest('button'),
      {exportMenu, export: kind} = button?.dataset ?? {};
    if (!button || !hasPoints(map)) return;
    const {asked} = map;
    if (kind)
      download(() => server.export_map({...asked, kind}), find('.exports .status'), /** @type {any} */ (data.words));
    if (exportMenu === undefined) return;
    const [{toggle}, {menuOf}] = await Promise.all([import('../../../ui/canvas/files/menu.js'), import('./files.js')]);
    toggle(button, menuOf(map, server));
  });
  Object.defineProperty(section, 'tvae', {value: handle(map, () => drawOver(map)), configurable: true});
  return show;
}

/** @param {string} words */
const paragraph = (words) => tag('p', words, 'quiet');

/**
 * What is said about a point.
 * @param {Shown} map
 * @param {number} i
 * @returns {HTMLElement[]}
 */
function tipLines({shown, say}, i) {
  const {id, training, columns, nearest} = shown.points[i],
    values = Object.entries(columns).filter(([, value]) => value);
  return [
    tag('b', id),
    tag('div', training ? say('trained') : say('yours')),
    ...values.map(([column, value]) => tag('div', say('value', {column, value}))),
    tag(
      'div',
      say('near', {
        names: nearest
          .slice(0, 3)
          .map((one) => one.id)
          .join(', '),
      }),
    ),
  ];
}

/**
 * The listed points with their nearest ones.
 * @param {Shown} map
 * @param {number[]} points
 * @param {(points: number[], add: boolean) => void} choose
 */
function tableOf({shown, say}, points, choose) {
  const table = document.createElement('table'),
    head = table.createTHead().insertRow(),
    body = table.createTBody();
  table.createCaption().textContent = say('caption');
  for (const words of [say('name_column'), say('near_column')]) {
    const cell = tag('th', words);
    cell.setAttribute('scope', 'col');
    head.append(cell);
  }
  for (const i of points) {
    const row = body.insertRow(),
      name = tag('th', shown.points[i].id);
    name.setAttribute('scope', 'row');
    row.append(name);
    row.insertCell().append(
      ...shown.points[i].nearest.map(({id, point, distance}) => {
        const button = /** @type {HTMLButtonElement} */ (tag('button', id, 'chip'));
        Object.assign(button, {type: 'button', ariaLabel: say('pick', {name: id})});
        button.addEventListener('click', () => choose([point], false));
        const near = tag('span', '');
        near.append(button, ` ${distance.toFixed(3)}`);
        return near;
      }),
    );
  }
  return table;
}

/**
 * The interface of the map for tests, `section.tvae`.
 * @param {SequenceMap} map
 * @param {() => void} redraw
 */
const handle = (map, redraw) => ({
  get count() {
    return map.shown?.points.length ?? 0;
  },
  get selected() {
    return [...map.selected].map((i) => map.shown?.points[i].id);
  },
  get zoom() {
    return map.zoom;
  },
  /** @param {string} id @returns where the sequence is on the page */
  screen(id) {
    if (!hasPoints(map)) return null;
    redraw();
    const i = map.shown.points.map((point) => point.id).lastIndexOf(id),
      {left, top} = map.area.getBoundingClientRect(),
      [x, y] = at(map, i);
    return [left + x, top + y];
  },
});
