// Pointer, keys and buttons of a disk: tooltips, picking, moving the centre, decoding, the export menu. Turning is
// elsewhere.

import {isOut} from '../../../ui/canvas/colouring.js';
import {COUNT, LEVEL} from '../../../ui/canvas/operations.js';
import {held, nearest, placeIn, reach} from '../../../ui/canvas/pointer.js';
import {drawOver} from './drawing/draw.js';
import {ANGLE, BY_ANGLE, turnBetween} from './points/angles.js';
import {hasPoints, inHand, isDigital, isLoaded} from './state.js';

/** @typedef {import('./state.js').Disk} Disk */
/** @typedef {import('./state.js').Drawn} Drawn */

/**
 * @typedef {object} Actions
 * @property {(ids: number[], add: boolean) => void} choose
 * @property {(n: number) => void} describe
 * @property {(n: number, tell: boolean) => void} moveTo
 * @property {(disk: Drawn, at: [number, number]) => void} holdAt
 * @property {(key: string, large: boolean) => void} nudge
 * @property {(on: boolean) => void} chooseDecoding
 * @property {(event: KeyboardEvent) => boolean} turn whether a key turned or enlarged the picture
 * @property {Record<string, () => void>} views buttons that do
 */

/**
 * The operation nearest to a place, -1 for none. Higher levels are preferred: their dots are larger and lie on top; and
 * in a picture with depth, those in front.
 * @param {Disk} disk
 * @param {[number, number]} at
 * @param {number} far
 */
const operationAt = ({x, y, depth}, [u, v], far) =>
  nearest(COUNT, far, (n) => (isOut(n) ? Infinity : (x[n] - u) ** 2 + (y[n] - v) ** 2 - LEVEL[n] - 8 * depth[n]));

/**
 * Where an arrow key moves the cursor: along its level by angle, or to the nearest angle of a neighbouring level.
 * @param {number} cursor
 * @param {string} key
 */
export function stepped(cursor, key) {
  const level = LEVEL[cursor],
    ids = BY_ANGLE[level],
    along = {ArrowLeft: 1, ArrowRight: -1}[key];
  if (along) return ids.at((ids.indexOf(cursor) + along) % ids.length) ?? cursor;
  const next = BY_ANGLE[level + (key === 'ArrowUp' ? -1 : 1)] ?? [cursor];
  /** @param {number} n */
  const gap = (n) => Math.abs(turnBetween(ANGLE[cursor], ANGLE[n]));
  return next.reduce((best, n) => (gap(n) < gap(best) ? n : best));
}

/**
 * @param {Disk} disk
 * @param {Actions} actions
 */
export function listen(disk, actions) {
  pointers(disk, actions);
  keysAndButtons(disk, actions);
}

/** @param {Disk} disk @param {Actions} actions */
function pointers(disk, {choose, describe, moveTo, holdAt}) {
  const {area} = disk;
  let dragging = false;
  /** @type {[number, number]} */
  let pressed = [0, 0]; // the place of a click event itself is rounded to whole pixels

  area.addEventListener('pointerdown', (event) => {
    if (!hasPoints(disk) || event.button) return;
    describe(-1);
    disk.cursor = -1;
    pressed = placeIn(area, event);
    dragging = disk.decoding;
    if (!dragging) return;
    area.setPointerCapture(event.pointerId);
    holdAt(disk, pressed);
  });
  area.addEventListener('pointermove', (event) => {
    if (!hasPoints(disk) || disk.moving) return;
    const at = placeIn(area, event);
    if (dragging) holdAt(disk, at);
    else if (!event.buttons || isDigital(disk)) describe(operationAt(disk, at, reach(event)));
  });
  area.addEventListener('pointercancel', () => {
    dragging = false;
  });
  area.addEventListener('pointerleave', () => describe(-1));
  area.addEventListener('click', (event) => {
    const was = dragging;
    dragging = false;
    // The second click of a double click, and the end of a turn, pick nothing.
    if (!hasPoints(disk) || was || disk.turned || event.detail > 1) return;
    const n = operationAt(disk, pressed, reach(event));
    choose(n < 0 ? [] : [n], held(event));
  });
  area.addEventListener('dblclick', (event) => {
    if (!hasPoints(disk) || disk.decoding || disk.turned) return;
    const n = operationAt(disk, pressed, reach(event));
    if (n >= 0 && n !== disk.centre) moveTo(n, true);
  });
}

/** @param {Disk} disk @param {Actions} actions */
function keysAndButtons(disk, {choose, describe, moveTo, nudge, chooseDecoding, turn, views}) {
  const {area, root} = disk;
  /** @type {Record<string, (disk: Drawn) => void>} */
  const actions = {
    centre: () => {
      if (inHand(disk) >= 0) moveTo(inHand(disk), true);
      else disk.status.textContent = disk.say('none_to_centre');
    },
    origin: () => moveTo(-1, true),
    decode: () => chooseDecoding(!disk.decoding && isDigital(disk)),
    ...views,
  };
  /** @type {Record<string, (disk: Drawn) => void>} */
  const keys = {c: actions.centre, 0: actions.origin, d: actions.decode};

  /** @param {KeyboardEvent} event */
  function arrow({key, shiftKey}) {
    if (disk.decoding && disk.handle) {
      nudge(key, shiftKey);
      return;
    }
    disk.cursor = disk.cursor < 0 ? Math.max(0, inHand(disk)) : stepped(disk.cursor, key);
    drawOver(disk);
    describe(disk.cursor);
  }
  area.addEventListener('keydown', (event) => {
    if (!hasPoints(disk) || event.altKey) return;
    if (turn(event)) describe(-1);
    else if (event.key.startsWith('Arrow')) arrow(event);
    else if (event.key === 'Enter' && disk.cursor >= 0) choose([disk.cursor], held(event));
    else if (event.key === 'Escape') {
      disk.cursor = -1;
      describe(-1);
      choose([], false);
      drawOver(disk);
    } else if (keys[event.key] && !event.ctrlKey && !event.metaKey) keys[event.key](disk);
    else return;
    event.preventDefault();
  });
  root.addEventListener('click', (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest('button');
    if (!button) return;
    disk.status.textContent = disk.busy;
    // The centre and the view can be changed before the directions are there.
    if ('exportMenu' in button.dataset) exportMenu(disk, button);
    else if (isLoaded(disk)) actions[button.dataset.do ?? '']?.(disk);
    if (button.dataset.index) choose([Number(button.dataset.index)], held(event));
  });
}

/** @param {Disk} disk @param {HTMLElement} button */
async function exportMenu(disk, button) {
  const [{toggle}, {menuOf}] = await Promise.all([
    import('../../../ui/canvas/files/menu.js'),
    import('./drawing/files.js'),
  ]);
  if (hasPoints(disk)) toggle(button, menuOf(disk));
}
