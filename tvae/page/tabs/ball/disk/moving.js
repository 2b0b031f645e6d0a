// Where the centre is, and how it moves: in the disk all dots travel with it, while measured directions come from Python.

import {draw} from './drawing/draw.js';
import {between, pointOf} from './points/ball.js';
import {isDigital, settle} from './state.js';

/** @typedef {import('./points/ball.js').Ball} Ball */
/** @typedef {import('./state.js').Disk} Disk */

const MOVE_MS = 450; // duration of a move

/**
 * Act at each frame of a move with the share of the way, which begins and ends slowly; with 1 at last, or at once if the
 * visitor prefers reduced motion.
 * @param {(share: number) => void} step
 * @param {boolean} isStill whether there is nothing to move
 * @returns {() => void} ends the move where it is
 */
export function animate(step, isStill = false) {
  const began = performance.now();
  let isOver = false;
  /** @param {number} now */
  function go(now) {
    if (isOver) return;
    const t = Math.min(1, Math.max(0, (now - began) / MOVE_MS)),
      share = t * t * (3 - 2 * t);
    step(share);
    if (share < 1) requestAnimationFrame(go);
  }
  if (isStill || matchMedia('(prefers-reduced-motion: reduce)').matches) go(Infinity);
  else requestAnimationFrame(go);
  return () => {
    isOver = true;
  };
}

/**
 * @param {Disk} disk
 * @param {object} page
 * @param {() => void} page.orient get the directions from the new centre
 * @param {() => void} page.decode decode the point in hand again
 * @param {() => void} page.leave describe no operation any more
 * @param {(centre: number) => void} page.tell that the visitor moved the centre
 */
export function mover(disk, {orient, decode, leave, tell}) {
  let stop = () => {};

  /** @param {Ball} ball */
  function show(ball) {
    stop();
    disk.ball = ball;
    disk.moving = false;
    if (disk.directions?.ball !== ball) disk.directions = null;
    settle(disk, ball, pointOf(ball, disk.centre));
    draw(disk);
    decode();
    orient();
  }
  /** @param {number} n an operation, or -1 for the origin @param {boolean} byVisitor */
  function moveTo(n, byVisitor) {
    const {ball, seat} = disk;
    disk.centre = n;
    if (!ball) return;
    const to = pointOf(ball, n);
    stop();
    disk.moving = true;
    leave();
    if (byVisitor) tell(n);
    if (!isDigital(disk)) {
      settle(disk, ball, to);
      orient();
      return;
    }
    stop = animate((share) => {
      settle(disk, ball, share < 1 ? between(ball.c, seat, to, share) : to);
      disk.frames++;
      disk.moving = share < 1;
      draw(disk);
      if (!disk.moving) decode();
    });
  }
  return {show, moveTo};
}
