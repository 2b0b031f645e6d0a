// The keyboard and the tools of a radius plot: cursor, zoom, files.

import {savePng, saveText} from '../canvas/export.js';
import {LEVEL} from '../canvas/operations.js';
import {held} from '../canvas/pointer.js';
import {moved, zoomed} from '../canvas/view.js';
import {answer, fileName} from '../scripts/component.js';
import {drawOver} from './draw.js';
import {at, hasPoints, inView, measureOf, stepped} from './plot.js';

/** @typedef {import('./plot.js').Drawn} Drawn */
/** @typedef {import('./plot.js').Plot} Plot */

const STEPS = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End'];
const CLOSER = 0.625; // change of the view's height
const PAGE = 0.5; // of the view's height

/**
 * @param {Plot} plot
 * @param {import('./gestures.js').Actions} actions
 * @param {Record<string, (asked: object) => Promise<any>> | undefined} server
 */
export function control(plot, {choose, describe, setView}, server) {
  const {root, area, props, say} = plot;

  /** @param {Drawn} drawn @param {string} key */
  function step(drawn, key) {
    plot.cursor = stepped(drawn, key);
    const {frame} = plot,
      y = at(drawn, plot.cursor)[1];
    if (inView(drawn, plot.cursor)) drawOver(plot);
    else setView(moved(plot, frame.top + frame.height / 2 - y));
    describe(plot.cursor, null);
  }
  /** @param {number} factor */
  function zoom(factor) {
    const {frame, cursor} = plot,
      onCursor = hasPoints(plot) && cursor >= 0 && inView(plot, cursor);
    setView(zoomed(plot, factor, onCursor ? at(plot, cursor)[1] : frame.top + frame.height / 2));
  }
  /** @param {Drawn} drawn */
  function describeLevel(drawn) {
    if (plot.cursor < 0) step(drawn, 'ArrowRight');
    describe(plot.cursor, {level: LEVEL[plot.cursor]});
  }
  /** @param {'lasso' | 'pan'} tool */
  function setTool(tool) {
    area.classList.toggle('pan', tool === 'pan');
    for (const button of root.querySelectorAll('[aria-pressed]')) {
      button.ariaPressed = String(/** @type {HTMLElement} */ (button).dataset.tool === tool);
    }
  }
  const source = () => (plot.points?.key ?? '').split(/ (?=[^ ]*$)/);
  /** @param {string} kind */
  function name(kind) {
    const [checkpoint, sha256 = ''] = source();
    return fileName({files: [[checkpoint, sha256]], what: measureOf(plot), encoder: props.encoder}, kind);
  }
  async function saveSvg() {
    const {asSvg} = await import('./picture/file.js'); // which the first plot need not wait for
    if (hasPoints(plot)) saveText(asSvg(plot), name('svg'), 'image/svg+xml');
  }
  async function saveFigure() {
    const [checkpoint] = source(),
      {encoder} = props,
      scale = plot.scale.kind,
      asked = {checkpoint, operations: [...plot.selected], encoder, measure: measureOf(plot), scale};
    const file = await answer(() => /** @type {NonNullable<typeof server>} */ (server).figure(asked), say('cut'));
    if (!file.error) saveText(file.text, file.name, 'application/json');
    else Object.assign(plot.tip, {hidden: false, textContent: file.error});
  }
  /** @type {Record<string, () => void>} */
  const tools = {
    lasso: () => setTool('lasso'),
    pan: () => setTool('pan'),
    in: () => zoom(CLOSER),
    out: () => zoom(1 / CLOSER),
    home: () => setView(plot.scale.home),
    png: () => savePng([plot.base, plot.over], name('png')),
    svg: saveSvg,
    json: saveFigure,
  };
  /** @type {Record<string, (drawn: Drawn) => void>} */
  const keys = {
    '+': tools.in,
    '=': tools.in,
    '-': tools.out,
    0: tools.home,
    l: describeLevel,
    PageUp: () => setView(moved(plot, PAGE * plot.frame.height)),
    PageDown: () => setView(moved(plot, -PAGE * plot.frame.height)),
  };
  area.addEventListener('keydown', (event) => {
    if (!hasPoints(plot) || event.altKey) return;
    const {key} = event,
      command = event.ctrlKey || event.metaKey;
    if (STEPS.includes(key)) step(plot, key);
    else if (key === 'Enter' && plot.cursor >= 0) choose([plot.cursor], held(event), 'pick');
    else if (key === 'Escape') {
      plot.cursor = -1;
      plot.gesture = null;
      describe(-1, null);
      choose([], false, 'pick');
      drawOver(plot);
    } else if (keys[key] && !command) keys[key](plot);
    else return;
    event.preventDefault();
  });
  root.querySelector('.scatter-tools')?.addEventListener('click', ({target}) => {
    const button = /** @type {HTMLElement} */ (target).closest('button');
    if (hasPoints(plot)) tools[button?.dataset.tool ?? '']?.();
  });
  /** @type {HTMLElement} */ (root.querySelector('[data-tool=json]')).hidden = !server?.figure;
}
