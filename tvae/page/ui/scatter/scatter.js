// The radius-against-valuation plot: applies properties, and shows what is chosen and described.

import {colouring, hueOf, isOut, whenRecoloured} from '../canvas/colouring.js';
import {redrawWithPage} from '../canvas/layers.js';
import {COUNT} from '../canvas/operations.js';
import {corner, showTip} from '../canvas/pointer.js';
import {showSource} from '../canvas/sources.js';
import {kept, xAt} from '../canvas/view.js';
import {shareWords} from '../scripts/component.js';
import {control} from './controls.js';
import {draw} from './draw.js';
import {listen} from './gestures.js';
import {scaleOf} from './picture/scale.js';
import {markLines, operationLines} from './picture/tip.js';
import {at, emptyPlot, hasPoints, heightAt, isAutomatic, isFlat, measureOf, title} from './plot.js';
import {unpack} from './points.js';

/** @typedef {import('./plot.js').Data} Data */
/** @typedef {import('./plot.js').Place} Place */
/** @typedef {import('./plot.js').Plot} Plot */
/** @typedef {import('./plot.js').Props} Props */
/** @typedef {import('../canvas/view.js').View} View */

/** @param {import('../scripts/component.js').Component<Data, Props>} component */
export function mount({element, trigger, props, server, watch, data}) {
  const plot = emptyPlot(/** @type {HTMLElement} */ (element.querySelector('.scatter')), props, data);
  const {root, area, say} = plot;
  let shown = ''; // what the y axis shows
  const current = () => (props.current >= 0 ? props.current : null);

  // ---- what the properties say ----
  function load() {
    const key = plot.points?.key;
    plot.points = props.value ? unpack(props.value) : null;
    if (plot.points && plot.points.key !== key) {
      shown = '';
      plot.cursor = -1;
    }
    showSeries();
    if (plot.points && data.leads) showSource({loaded: plot.points.key, operation: current()});
    if (plot.points && data.compared) showSource({other: plot.points.key});
  }
  function showSeries() {
    const measure = measureOf(plot);
    plot.series = plot.points?.encoders[props.encoder][measure] ?? null;
    if (hasPoints(plot)) {
      const {stats, overlaps} = plot.series,
        before = shown,
        whole = plot.view.join() === plot.scale.home.join(); // a view of all points follows them
      plot.axis = props.axes?.[props.encoder]?.[measure] ?? plot.series.axis;
      const kind = isAutomatic(plot) ? plot.axis.scale : /** @type {import('./picture/scale.js').Kind} */ (props.axis);
      plot.scale = scaleOf(kind, plot.axis, stats, plot.floor);
      shown = `${title(plot)} ${kind}`;
      plot.view = whole || before !== shown ? plot.scale.home : kept(plot.view, plot.scale.home);
      plot.verdict = isFlat(plot)
        ? say('flat')
        : overlaps.length
          ? say('overlaps', {count: overlaps.length})
          : say('apart');
    }
    draw(plot);
  }
  function showSelected() {
    plot.selected = new Set(Array.from(props.selected ?? []));
    draw(plot);
  }
  function showCurrent() {
    if (data.leads) showSource({operation: current()});
  }

  // ---- view and selection ----
  /** @param {View} view @param {boolean} followed whether a partner plot was moved first */
  function setView(view, followed = false) {
    plot.view = kept(view, plot.scale.home);
    draw(plot);
    const partner = root.dataset.partner && document.querySelector(`${root.dataset.partner} .scatter`);
    if (partner && !followed) /** @type {any} */ (partner).tvae?.follow(plot.view, plot.scale);
  }
  /** @param {number[]} ids @param {boolean} add @param {'pick' | 'lasso'} event */
  function choose(ids, add, event) {
    if (!ids.length && (add || !plot.selected.size)) return;
    plot.selected = new Set(add ? [...plot.selected, ...ids] : ids);
    draw(plot);
    if (ids.length) trigger(event, {ids, add});
    else trigger('clear', {});
  }
  /**
   * Describe an operation, -1 for none, and a mark of the levels next to the dot or the pointer.
   * @param {number} i
   * @param {import('./picture/marks.js').Mark | null} mark
   * @param {Place} [place]
   */
  function describe(i, mark, place) {
    plot.tip.hidden = i < 0 && !mark;
    if (plot.tip.hidden || !hasPoints(plot)) return;
    const lines = [...(i < 0 ? [] : operationLines(plot, i)), ...(mark ? markLines(plot, mark) : [])];
    showTip(plot.tip, area, i < 0 && place ? place : at(plot, i), lines);
  }

  // ---- life ----
  const actions = {choose, describe, setView};
  control(plot, actions, server);
  listen(plot, actions);
  redrawWithPage(area, () => draw(plot));
  Object.defineProperty(root, 'tvae', {value: handle(plot, setView), configurable: true});
  plot.selected = new Set(props.selected);
  load();
  watch('value', load);
  watch(['encoder', 'measure', 'axis', 'axes'], showSeries);
  watch(['selected', 'turn'], showSelected);
  watch('current', showCurrent);
  whenRecoloured(() => draw(plot));
  if (data.leads) shareWords(data.words);
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
  get scale() {
    return plot.scale.kind;
  },
  get selected() {
    return [...plot.selected];
  },
  get view() {
    return [...plot.view];
  },
  get colour() {
    return colouring.column;
  },
  /** @param {number} i @returns the colour of the operation, '' if it is filtered out */
  hue: (i) => (isOut(i) || !plot.points ? '' : hueOf(i, plot.points.colours)),
  get verdict() {
    return plot.verdict;
  },
  get drawMs() {
    return plot.drawMs;
  },
  /**
   * Follow a partner plot to a view, if both have the same axes.
   * @param {View} view
   * @param {import('./picture/scale.js').Scale} scale
   */
  follow(view, {kind, home}) {
    if (hasPoints(plot) && kind === plot.scale.kind && home.join() === plot.scale.home.join()) setView(view, true);
  },
  /** @param {number} i @returns where the operation is on the page */
  screen: (i) => hasPoints(plot) && onPage(plot, at(plot, i)),
  /** @param {number} v @returns where the bar of the level's mean is on the page */
  mean: (v) => hasPoints(plot) && onPage(plot, [xAt(plot, v), heightAt(plot, plot.series.stats[v][1], v)]),
});

/** @param {Plot} plot @param {Place} place */
const onPage = ({area}, place) => place.map((u, k) => u + corner(area)[k]);
