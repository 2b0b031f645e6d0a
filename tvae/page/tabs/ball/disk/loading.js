// Load the points that the properties name.

import {keptAnswers} from '../../../ui/scripts/connection/answers.js';
import {draw} from './drawing/draw.js';
import {unpack} from './points/ball.js';
import {isDigital, setBusy, viewOf} from './state.js';

/** @typedef {import('./points/ball.js').Ball} Ball */
/** @typedef {import('./state.js').Disk} Disk */

const KEPT = 4; // balls that are cached

/**
 * @param {Disk} disk
 * @param {object} page
 * @param {(asked: {checkpoint: string, encoder: string}) => Promise<any>} page.ask Python for points
 * @param {(ball: Ball) => void} page.show
 * @param {() => void} page.endDecoding
 * @param {() => void} page.greet say that the first points are there, or that there are none to wait for
 */
export function loader(disk, {ask, show, endDecoding, greet}) {
  const {root, say} = disk,
    balls = /** @type {import('../../../ui/scripts/connection/answers.js').Kept<Ball>} */ (
      keptAnswers(KEPT, say('cut'))
    );
  let loads = 0; // a later one ends an earlier one

  return async function load() {
    const load = ++loads,
      {source} = disk.props;
    root.dataset.view = viewOf(disk);
    root.hidden = Boolean(source && !source.ball && isDigital(disk));
    disk.faithful.hidden = isDigital(disk);
    if (disk.decoding && !isDigital(disk)) endDecoding();
    if (!source || root.hidden) {
      disk.ball = null;
      if (source) greet();
      return;
    }
    const {checkpoint, encoder, key} = source;
    let problem = '';
    if (!balls.get(key)) {
      setBusy(disk, say('loading'));
      if (!disk.ball) draw(disk);
      problem = await balls.fetch(
        key,
        () => ask({checkpoint, encoder}),
        (found) => unpack(key, found),
      );
      if (load !== loads) return;
    }
    setBusy(disk, problem);
    if (problem) {
      draw(disk);
      return;
    }
    show(/** @type {Ball} */ (balls.get(key)));
    greet();
  };
}
