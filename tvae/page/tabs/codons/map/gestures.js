// Pointer, wheel and keyboard in the map of sequences. A finger scrolls the page and selects with a tap, unless the tool
// that moves the map is chosen.

import {CLICK, held, nearest, placeIn, reach, rolled} from '../../../ui/canvas/pointer.js';
import {encloses, within} from '../../../ui/canvas/view.js';
import {drawOver} from './picture.js';
import {at, fit, hasPoints, stepped} from './state.js';

/** @typedef {import('./state.js').Place} Place */
/** @typedef {import('./state.js').SequenceMap} SequenceMap */
/** @typedef {import('./state.js').Shown} Shown */

/**
 * @typedef {object} Actions
 * @property {(points: number[], add: boolean) => void} choose
 * @property {(i: number) => void} describe -1 for none
 * @property {(centre: Place, zoom: number) => void} look
 */

const CLOSER = 1.6;
const MOST = 500; // of the zoom

/** @param {Shown} map @param {PointerEvent} event */
function pointed(map, event) {
  const [x, y] = placeIn(map.area, event),
    count = map.shown.points.length;
  // The last points lie on top.
  const i = nearest(count, reach(event), (k) => {
    const [u, v] = at(map, count - 1 - k);
    return within(map.frame, u, v) ? (u - x) ** 2 + (v - y) ** 2 : Infinity;
  });
  return i < 0 ? -1 : count - 1 - i;
}

/** @param {Place} one @param {Place} other @returns {Place[]} */
const box = ([a, b], [x, y]) => [
  [a, b],
  [x, b],
  [x, y],
  [a, y],
];

/** @param {SequenceMap} map */
const unitOf = ({view, frame}) => (view[1] - view[0]) / frame.width;

/** @param {Shown} map @param {Place[]} path */
const enclosed = (map, path) =>
  [...map.shown.points.keys()].filter((i) => within(map.frame, ...at(map, i)) && encloses(path, at(map, i)));

/**
 * @param {SequenceMap} map
 * @param {Actions} actions
 */
export function listen(map, {choose, describe, look}) {
  const {area} = map;

  /**
   * @param {Shown} shown
   * @param {number} factor
   * @param {Place} [fixed] the place on the screen that stays
   */
  function zoom(shown, factor, fixed) {
    const {frame, centre} = shown,
      next = Math.min(MOST, Math.max(1, shown.zoom * factor)),
      kept = 1 - shown.zoom / next,
      unit = unitOf(shown);
    const [x, y] = fixed ?? [frame.left + frame.width / 2, frame.top + frame.height / 2];
    if (next === 1) home(shown);
    else
      look(
        [
          centre[0] + unit * (x - frame.left - frame.width / 2) * kept,
          centre[1] - unit * (y - frame.top - frame.height / 2) * kept,
        ],
        next,
      );
  }
  /** @param {Shown} shown */
  const home = (shown) => look(fit(shown.shown.points, shown.frame).centre, 1);

  area.addEventListener('pointerdown', (event) => {
    if (!hasPoints(map) || event.button) return;
    const start = placeIn(area, event),
      pan = area.classList.contains('pan'),
      touch = event.pointerType === 'touch';
    const drawing = pan ? 'pan' : touch ? 'tap' : event.shiftKey ? 'box' : 'lasso';
    map.gesture = {drawing, path: [start], centre: map.centre, moved: false};
    area.setPointerCapture(event.pointerId);
    describe(-1);
  });
  area.addEventListener('pointermove', (event) => {
    if (!hasPoints(map)) return;
    const {gesture} = map,
      to = placeIn(area, event);
    if (!gesture) {
      describe(pointed(map, event));
      return;
    }
    const [start] = gesture.path,
      [dx, dy] = [to[0] - start[0], to[1] - start[1]];
    gesture.moved ||= Math.hypot(dx, dy) > CLICK;
    if (!gesture.moved) return;
    if (gesture.drawing === 'pan') {
      const unit = unitOf(map);
      look([gesture.centre[0] - unit * dx, gesture.centre[1] + unit * dy], map.zoom);
    } else if (gesture.drawing === 'box') gesture.path = box(start, to);
    else if (gesture.drawing === 'lasso') gesture.path.push(to);
    drawOver(map);
  });
  area.addEventListener('pointerup', (event) => {
    const {gesture} = map;
    map.gesture = null;
    if (!gesture || !hasPoints(map)) return;
    if (!gesture.moved) {
      const i = pointed(map, event);
      choose(i < 0 ? [] : [i], held(event));
      if (event.pointerType === 'touch') describe(i);
    } else if (gesture.drawing === 'lasso' || gesture.drawing === 'box')
      choose(enclosed(map, gesture.path), event.ctrlKey || event.metaKey);
    drawOver(map);
  });
  area.addEventListener('pointercancel', () => {
    map.gesture = null;
    drawOver(map);
  });
  area.addEventListener('pointerleave', (event) => {
    if (event.pointerType !== 'touch') describe(-1);
  });
  area.addEventListener('dblclick', () => {
    if (hasPoints(map)) home(map);
  });
  area.addEventListener(
    'wheel',
    (event) => {
      const factor = hasPoints(map) ? rolled(event, area, map.zoom) : null;
      if (factor !== null && hasPoints(map)) zoom(map, 1 / factor, placeIn(area, event));
    },
    {passive: false},
  );

  /** @type {Record<string, (shown: Shown) => void>} */
  const keys = {
    '+': (shown) => zoom(shown, CLOSER),
    '=': (shown) => zoom(shown, CLOSER),
    '-': (shown) => zoom(shown, 1 / CLOSER),
    0: home,
    Enter: ({cursor}) => {
      if (cursor >= 0) choose([cursor], true);
    },
    Escape: () => {
      map.cursor = -1;
      describe(-1);
      choose([], false);
    },
  };
  area.addEventListener('keydown', (event) => {
    const {key} = event;
    if (!hasPoints(map) || event.altKey || event.ctrlKey || event.metaKey) return;
    if (key.startsWith('Arrow')) {
      const places = map.shown.points.map((_, i) => at(map, i));
      map.cursor = map.cursor < 0 ? map.shown.points.length - 1 : stepped(places, map.cursor, key);
      describe(map.cursor);
      drawOver(map);
    } else if (keys[key]) keys[key](map);
    else return;
    event.preventDefault();
  });
  map.section.querySelector('.scatter-tools')?.addEventListener('click', ({target}) => {
    const tool = /** @type {Element} */ (target).closest('button')?.dataset.tool ?? '';
    if (!hasPoints(map)) return;
    if (tool === 'in') zoom(map, CLOSER);
    if (tool === 'out') zoom(map, 1 / CLOSER);
    if (tool === 'home') home(map);
    if (tool !== 'lasso' && tool !== 'pan') return;
    area.classList.toggle('pan', tool === 'pan');
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (map.section.querySelectorAll('[aria-pressed]')))
      button.ariaPressed = String(button.dataset.tool === tool);
  });
}
