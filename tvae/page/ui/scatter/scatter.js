// The radius-against-valuation plot: applies properties, handles keyboard and tools.

import {savePng, saveText} from '../canvas/export.js';
import {redrawWithPage} from '../canvas/layers.js';
import {COUNT, LEVEL} from '../canvas/operations.js';
import {corner, held, showTip, tag, tritTiles} from '../canvas/pointer.js';
import {kept, moved, wholeView, zoomed} from '../canvas/view.js';
import {answer} from '../scripts/component.js';
import {draw} from './draw.js';
import {listen} from './gestures.js';
import {drawOver} from './over.js';
import {at, emptyPlot, hasPoints, inView, measureOf, stepped, title} from './plot.js';
import {isExact, unpack} from './points.js';

/** @typedef {import('./plot.js').Drawn} Drawn */
/** @typedef {import('./plot.js').Plot} Plot */
/** @typedef {import('./plot.js').Props} Props */
/** @typedef {import('../canvas/view.js').View} View */
/** @typedef {import('./plot.js').Data} Data */

/** @param {import('../scripts/component.js').Component<Data, Props>} component */
export function mount({element, trigger, props, server, watch, data}) {
  const plot = emptyPlot(/** @type {HTMLElement} */ (element.querySelector('.scatter')), props, data);
  const {root, area, say} = plot;
  let shown = ''; // title of the series

  // ---- what the properties say ----
  function load() {
    const key = plot.points?.key;
    plot.points = props.value ? unpack(props.value) : null;
    if (plot.points && plot.points.key !== key) {
      shown = '';
      plot.view = plot.home;
      plot.cursor = -1;
    }
    showSeries();
  }
  function showSeries() {
    const measure = measureOf(plot);
    plot.series = plot.points?.encoders[props.encoder][measure] ?? null;
    if (hasPoints(plot)) {
      const {stats, overlaps} = plot.series,
        before = shown;
      const ends = [Math.min(...stats.map((row) => row[0])), Math.max(...stats.map((row) => row[2]))];
      const [low, high] = props.range?.[props.encoder]?.[measure] ?? ends;
      const whole = plot.view.join() === plot.home.join(); // a view of all points follows them
      shown = title(plot);
      plot.home = wholeView(low, high);
      const [left, right] = whole ? plot.home : plot.view;
      if (whole || before !== shown) plot.view = [left, right, plot.home[2], plot.home[3]];
      plot.verdict = overlaps.length ? say('overlaps', {count: overlaps.length}) : say('apart');
    }
    draw(plot);
  }
  function showSelected() {
    plot.selected = new Set(Array.from(props.selected ?? []));
    draw(plot);
  }

  // ---- view and selection ----
  /** @param {View} view @param {boolean} followed whether a partner plot was moved first */
  function setView(view, followed = false) {
    plot.view = kept(view, plot.home);
    draw(plot);
    const partner = root.dataset.partner && document.querySelector(`${root.dataset.partner} .scatter`);
    if (partner && !followed) /** @type {any} */ (partner).tvae?.follow(plot.view, plot.home);
  }
  /** @param {number[]} ids @param {boolean} add @param {'pick' | 'lasso'} event */
  function choose(ids, add, event) {
    if (!ids.length && (add || !plot.selected.size)) return;
    plot.selected = new Set(add ? [...plot.selected, ...ids] : ids);
    draw(plot);
    if (ids.length) trigger(event, {ids, add});
    else trigger('clear', {});
  }
  /** @param {number} i the operation that is described next to its dot, -1 for none */
  function describe(i) {
    plot.tip.hidden = i < 0;
    if (i < 0 || !hasPoints(plot)) return;
    const {points, series} = plot,
      measure = points.titles[measureOf(plot)];
    const facts = tag('div', `${say('facts', {valuation: LEVEL[i], measure})} `);
    facts.append(tag('b', series.values[i].toFixed(4)));
    const exact = tag('div', isExact(points, i) ? say('exact') : say('inexact'));
    showTip(plot.tip, area, at(plot, i), [tag('b', say('operation', {n: i})), tritTiles(i), facts, exact]);
  }

  // ---- keyboard and tools ----
  /** @param {Drawn} drawn @param {string} key */
  function step(drawn, key) {
    plot.cursor = stepped(drawn, key);
    const {frame} = plot,
      [x, y] = at(drawn, plot.cursor);
    if (inView(drawn, plot.cursor)) drawOver(plot);
    else setView(moved(plot, frame.left + frame.width / 2 - x, frame.top + frame.height / 2 - y));
    describe(plot.cursor);
  }
  /** @param {number} factor */
  function zoomCentre(factor) {
    const {frame, cursor} = plot,
      onCursor = hasPoints(plot) && cursor >= 0 && inView(plot, cursor);
    const middle = /** @type {import('./plot.js').Place} */ ([
      frame.left + frame.width / 2,
      frame.top + frame.height / 2,
    ]);
    setView(zoomed(plot, factor, onCursor ? at(plot, cursor) : middle));
  }
  /** @param {'lasso' | 'pan'} tool */
  function setTool(tool) {
    area.classList.toggle('pan', tool === 'pan');
    for (const button of root.querySelectorAll('[aria-pressed]')) {
      button.ariaPressed = String(/** @type {HTMLElement} */ (button).dataset.tool === tool);
    }
  }
  const name = () => `tvae-${plot.points?.key}-${props.encoder}-${measureOf(plot)}`;
  async function saveSvg() {
    const {asSvg} = await import('./svg.js'); // which the first plot need not wait for
    if (hasPoints(plot)) saveText(asSvg(plot), `${name()}.svg`, 'image/svg+xml');
  }
  async function saveFigure() {
    const key = plot.points?.key ?? '',
      checkpoint = key.slice(0, key.lastIndexOf(' '));
    const {encoder} = props,
      asked = {checkpoint, operations: [...plot.selected], encoder, measure: measureOf(plot)};
    const file = await answer(() => server.figure(asked), say('cut'));
    if (!file.error) saveText(file.text, file.name, 'application/json');
    else Object.assign(plot.tip, {hidden: false, textContent: file.error});
  }
  /** @type {Record<string, () => void>} */
  const tools = {
    lasso: () => setTool('lasso'),
    pan: () => setTool('pan'),
    in: () => zoomCentre(0.625),
    out: () => zoomCentre(1.6),
    home: () => setView(plot.home),
    png: () => savePng([plot.base, plot.over], `${name()}.png`),
    svg: saveSvg,
    json: saveFigure,
  };
  /** @type {Record<string, () => void>} */
  const keys = {'+': tools.in, '=': tools.in, '-': tools.out, 0: tools.home};
  area.addEventListener('keydown', (event) => {
    if (!hasPoints(plot)) return;
    if (event.key.startsWith('Arrow')) step(plot, event.key);
    else if (event.key === 'Enter' && plot.cursor >= 0) choose([plot.cursor], held(event), 'pick');
    else if (event.key === 'Escape') {
      plot.cursor = -1;
      plot.gesture = null;
      describe(-1);
      choose([], false, 'pick');
      drawOver(plot);
    } else if (keys[event.key] && !event.ctrlKey && !event.metaKey) keys[event.key]();
    else return;
    event.preventDefault();
  });
  root.querySelector('.scatter-tools')?.addEventListener('click', ({target}) => {
    const button = /** @type {HTMLElement} */ (target).closest('button');
    if (hasPoints(plot)) tools[button?.dataset.tool ?? '']?.();
  });

  // ---- life ----
  /** @type {HTMLElement} */ (root.querySelector('[data-tool=json]')).hidden = !server?.figure;
  listen(plot, {choose, describe, setView});
  redrawWithPage(area, () => draw(plot));
  Object.defineProperty(root, 'tvae', {value: handle(plot, setView), configurable: true});
  showSelected();
  load();
  watch('value', load);
  watch(['encoder', 'measure', 'range'], showSeries);
  watch(['selected', 'turn'], showSelected);
}

/**
 * The interface of a plot for its partner and for tests, `root.tvae`.
 * @param {Plot} plot
 * @param {(view: View, followed: boolean) => void} setView
 */
const handle = (plot, setView) => ({
  get count() {
    return plot.points ? COUNT : 0;
  },
  get encoder() {
    return plot.props.encoder;
  },
  get measure() {
    return measureOf(plot);
  },
  get selected() {
    return [...plot.selected];
  },
  get view() {
    return [...plot.view];
  },
  get verdict() {
    return plot.verdict;
  },
  get drawMs() {
    return plot.drawMs;
  },
  /**
   * Follow a partner plot to a view, if both have the same axes.
   * @param {View} view
   * @param {View} home
   */
  follow(view, home) {
    if (hasPoints(plot) && home.join() === plot.home.join()) setView(view, true);
  },
  /** @param {number} i @returns where the operation is on the page */
  screen: (i) => hasPoints(plot) && at(plot, i).map((u, k) => u + corner(plot.area)[k]),
});
