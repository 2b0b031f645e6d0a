// The keyboard and the tools of a radius plot: cursor, zoom, the export menu.

import {LEVEL} from '../canvas/operations.js';
import {held} from '../canvas/pointer.js';
import {moved, zoomed} from '../canvas/view.js';
import {drawOver} from './draw.js';
import {at, hasPoints, inView, stepped} from './plot.js';

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
  const {root, area} = plot;

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
  /** @param {HTMLElement} button */
  async function exportMenu(button) {
    const [{toggle}, {menuOf}] = await Promise.all([import('../canvas/files/menu.js'), import('./picture/file.js')]);
    if (hasPoints(plot)) toggle(button, menuOf(plot, server));
  }
  /** @type {Record<string, () => void>} */
  const tools = {
    lasso: () => setTool('lasso'),
    pan: () => setTool('pan'),
    in: () => zoom(CLOSER),
    out: () => zoom(1 / CLOSER),
    home: () => setView(plot.scale.home),
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
    if (!button || !hasPoints(plot)) return;
    if ('exportMenu' in button.dataset) exportMenu(button);
    else tools[button.dataset.tool ?? '']?.();
  });
}
