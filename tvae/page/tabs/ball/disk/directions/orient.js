// Get the directions as seen from the centre. Until they are there, those from the last centre stay; then the dots move.

import {answer} from '../../../../ui/scripts/component.js';
import {isDigital, settle, viewOf} from '../state.js';
import {onTheWay, seenFrom} from './projection.js';

/** @typedef {import('../state.js').Disk} Disk */
/** @typedef {import('./projection.js').Components} Components */
/** @typedef {import('./projection.js').Directions} Directions */
/** @typedef {(asked: {checkpoint: string, encoder: string, centre: number}) => Promise<Components & {error?: string}>} Ask */

const ORIENTED = 50; // centres whose directions are cached

/**
 * @param {Disk} disk
 * @param {object} page
 * @param {Ask} page.ask Python
 * @param {() => void} page.redraw
 * @param {(centre: number) => void} page.tell that the centre is another one than was requested
 * @param {number} page.ms how long the dots move
 */
export function orienter(disk, {ask, redraw, tell, ms}) {
  /** @type {Map<string, Components>} */
  const oriented = new Map();
  let passages = 0, // a later one ends an earlier one
    centreOfLast = -1;
  /** @type {Directions | null} */
  let last = null; // where the dots are, or move to

  async function orient() {
    const {ball, centre, say} = disk,
      {source} = disk.props;
    passages++;
    if (!ball || !source || isDigital(disk)) return;
    const key = `${ball.key} ${centre}`;
    if (!oriented.has(key)) {
      disk.busy = say('computing');
      disk.status.textContent = disk.busy;
      redraw();
      const {checkpoint, encoder} = source,
        found = await answer(() => ask({checkpoint, encoder, centre}), say('cut'));
      if (ball !== disk.ball || centre !== disk.centre) return; // others were requested meanwhile
      disk.busy = found.error ?? '';
      disk.status.textContent = disk.busy;
      if (found.error) {
        stay();
        return;
      }
      oriented.set(key, found);
      if (oriented.size > ORIENTED) oriented.delete([...oriented.keys()][0]);
    }
    const components = /** @type {Components} */ (oriented.get(key));
    disk.faithful.innerHTML = components.html[viewOf(disk)] ?? '';
    centreOfLast = centre;
    last = last?.key === key && last.ball === ball ? last : seenFrom(key, ball, disk.seat, components);
    pass(last);
  }
  /** Keep the directions that are drawn, with their centre, if the requested ones cannot be had. */
  function stay() {
    disk.moving = false;
    if (last && disk.directions) {
      disk.centre = centreOfLast;
      settle(/** @type {Disk & {ball: import('../points/ball.js').Ball}} */ (disk), last.seat);
      tell(disk.centre);
      pass(last);
      return;
    }
    disk.faithful.innerHTML = '';
    redraw();
  }
  /** @param {Directions} to */
  function pass(to) {
    const from = disk.directions,
      passage = ++passages,
      began = performance.now();
    /** @param {number} now */
    const go = (now) => {
      if (passage !== passages) return;
      const t = Math.min(1, Math.max(0, (now - began) / ms));
      disk.directions = from && t < 1 ? onTheWay(from, to, t * t * (3 - 2 * t)) : to;
      disk.moving = t < 1;
      if (disk.moving) disk.frames++;
      redraw();
      if (disk.moving) requestAnimationFrame(go);
    };
    const still = !from || from === to || matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (still) go(Infinity);
    else requestAnimationFrame(go);
  }
  return orient;
}
