// Get the directions as seen from the centre. Until they are there, those from the last centre stay; then the dots move.

import {keptAnswers} from '../../../../ui/scripts/connection/answers.js';
import {animate} from '../moving.js';
import {isDigital, setBusy, settle, viewOf} from '../state.js';
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
 */
export function orienter(disk, {ask, redraw, tell}) {
  const {say} = disk,
    oriented = /** @type {import('../../../../ui/scripts/connection/answers.js').Kept<Components>} */ (
      keptAnswers(ORIENTED, say('cut'))
    );
  let turns = 0, // a later one ends an earlier one
    stop = () => {},
    centreOfLast = -1;
  /** @type {Directions | null} */
  let last = null; // where the dots are, or move to

  async function orient() {
    const {ball, centre} = disk,
      {source} = disk.props,
      turn = ++turns;
    stop();
    if (!ball || !source || isDigital(disk)) return;
    const key = `${ball.key} ${centre}`;
    let problem = '';
    if (!oriented.get(key)) {
      setBusy(disk, say('computing'));
      redraw();
      const {checkpoint, encoder} = source;
      problem = await oriented.fetch(
        key,
        () => ask({checkpoint, encoder, centre}),
        (found) => found,
      );
      // Meanwhile another centre may be requested, or a view or a ball without directions.
      if (turn !== turns || ball !== disk.ball || isDigital(disk)) return;
    }
    setBusy(disk, problem);
    if (problem) {
      stay(ball);
      return;
    }
    const components = /** @type {Components} */ (oriented.get(key));
    disk.faithful.innerHTML = components.html[viewOf(disk)] ?? '';
    centreOfLast = centre;
    last = last?.key === key && last.ball === ball ? last : seenFrom(key, ball, disk.seat, components);
    pass(last);
  }
  /**
   * Keep the directions that are drawn, with their centre, if the requested ones are unavailable.
   * @param {import('../points/ball.js').Ball} ball
   */
  function stay(ball) {
    disk.moving = false;
    if (last && disk.directions) {
      disk.centre = centreOfLast;
      settle(disk, ball, last.seat);
      tell(disk.centre);
      pass(last);
      return;
    }
    disk.faithful.innerHTML = '';
    redraw();
  }
  /** @param {Directions} to */
  function pass(to) {
    const from = disk.directions;
    stop();
    stop = animate(
      (share) => {
        disk.directions = from && share < 1 ? onTheWay(from, to, share) : to;
        disk.moving = share < 1;
        if (disk.moving) disk.frames++;
        redraw();
      },
      !from || from === to,
    );
  }
  return orient;
}
