// Turn and enlarge the directions: pointer, fingers, wheel, keys. The picture never turns by itself.
//
// A finger that moves sideways turns the picture; up or down it scrolls the page, as the style sheet says
// (`touch-action`). Two fingers turn it in both ways and enlarge it.

import {CLICK, placeIn, rolled, spread} from '../../../../ui/canvas/pointer.js';
import {hasDirections, viewOf} from '../state.js';
import {enlarged, FIRST, turned} from './rotation.js';

/** @typedef {import('../state.js').Disk} Disk */
/** @typedef {import('../state.js').Place} Place */

const STEP = Math.PI / 36; // of an arrow key
const ZOOM = 1.25; // of a key or a button

/**
 * @param {Disk} disk
 * @param {() => void} draw
 */
export function turning(disk, draw) {
  const {area} = disk;
  /** @type {Map<number, Place>} */
  const fingers = new Map();
  let waiting = false; // for the next frame

  /** @param {import('./rotation.js').Turn} turn */
  function set(turn) {
    disk.turn = turn;
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      disk.frames++;
      draw();
    });
  }
  /** @param {number} dx in pixels @param {number} dy */
  const turn = (dx, dy) => {
    const r = disk.frame?.r ?? 1;
    if (viewOf(disk) === '3d') set(turned(disk.turn, dx / r, dy / r));
  };
  /** @param {number} factor */
  const zoom = (factor) => set(enlarged(disk.turn, factor));

  area.addEventListener('pointerdown', (event) => {
    if (!fingers.size) disk.turned = false;
    if (!hasDirections(disk) || event.button) return;
    fingers.set(event.pointerId, placeIn(area, event));
    area.setPointerCapture(event.pointerId);
  });
  area.addEventListener('pointermove', (event) => {
    const from = fingers.get(event.pointerId),
      to = placeIn(area, event);
    if (!from || !hasDirections(disk)) return;
    if (fingers.size > 1) {
      const before = spread(fingers.values());
      fingers.set(event.pointerId, to);
      const after = spread(fingers.values());
      disk.turned = true;
      turn(after.x - before.x, after.y - before.y);
      zoom(after.apart / before.apart);
      return;
    }
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    if (viewOf(disk) !== '3d' || (!disk.turned && Math.hypot(dx, dy) <= CLICK)) return;
    disk.turned = true;
    fingers.set(event.pointerId, to);
    turn(dx, event.pointerType === 'touch' ? 0 : dy);
  });
  for (const end of ['pointerup', 'pointercancel']) {
    area.addEventListener(end, (event) => fingers.delete(/** @type {PointerEvent} */ (event).pointerId));
  }
  // Otherwise the browser would scroll with two fingers, and end the gesture.
  area.addEventListener(
    'touchmove',
    (event) => {
      if (event.touches.length > 1 && hasDirections(disk)) event.preventDefault();
    },
    {passive: false},
  );
  area.addEventListener(
    'wheel',
    (event) => {
      const factor = hasDirections(disk) ? rolled(event, area, disk.turn.zoom) : null;
      if (factor !== null) zoom(1 / factor);
    },
    {passive: false},
  );

  const actions = {in: () => zoom(ZOOM), out: () => zoom(1 / ZOOM), whole: () => set(FIRST)};
  /** @type {Record<string, () => void>} */
  const keys = {'+': actions.in, '=': actions.in, '-': actions.out, Home: actions.whole};
  /** @type {Record<string, [number, number]>} */
  const arrows = {ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP]};
  /** @param {KeyboardEvent} event @returns whether the key turns or enlarges the picture */
  function key({key, shiftKey, ctrlKey, metaKey}) {
    if (!hasDirections(disk) || ctrlKey || metaKey) return false;
    const arrow = viewOf(disk) === '3d' && !shiftKey && arrows[key];
    if (arrow) set(turned(disk.turn, ...arrow));
    else if (keys[key]) keys[key]();
    else return false;
    return true;
  }
  return {actions, key, set};
}
