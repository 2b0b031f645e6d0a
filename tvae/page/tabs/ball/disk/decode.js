// Decode a point of the disk: it can be moved, and Python decodes it.

import {answer} from '../../../ui/scripts/component.js';
import {drawOver} from './drawing/draw.js';
import {ANGLE, TURN} from './points/angles.js';
import {degrees, hasPoints, inHand, radiusAt} from './state.js';

/** @typedef {import('./state.js').Disk} Disk */
/** @typedef {import('./state.js').Drawn} Drawn */

const SETTLED_MS = 400; // without a move, after which the form is updated
const FIRST = 3; // the operation whose place is decoded first if none is under the cursor or selected

/**
 * @param {Disk} disk
 * @param {Record<string, (asked: object) => Promise<any>>} server
 * @param {(event: string, data: object) => void} trigger
 */
export function decoder(disk, server, trigger) {
  const {panel, area, root, props, say} = disk;
  let asking = false,
    isAsked = false, // whether the visitor asked for what is decoded, so that its first answer comes into view
    changed = false,
    telling = 0;

  // One request is sent at a time; after it, only the last place is requested.
  async function ask() {
    changed = true;
    if (asking || disk.moving || !disk.handle || !disk.decoding || !disk.ball) return;
    asking = true;
    while (changed) {
      changed = false;
      const {radius, turn} = disk.handle,
        {centre} = disk;
      const asked = {checkpoint: props.source?.checkpoint, encoder: props.source?.encoder, centre, radius, angle: turn};
      const {html, error} = await answer(() => server.decode(asked), say('cut'));
      if (error) panel.textContent = error;
      else panel.innerHTML = html;
      panel.dataset.place = `${radius} ${turn}`;
      if (isAsked) panel.scrollIntoView({block: 'nearest'});
      isAsked = false;
    }
    asking = false;
  }
  /** @param {number} radius @param {number} angle in degrees @param {boolean} tell */
  function hold(radius, angle, tell) {
    const handle = {radius: Math.max(0, radius), turn: ((((angle % 360) + 360) % 360) * TURN) / 360};
    disk.handle = handle;
    drawOver(disk);
    ask();
    if (!tell) return;
    clearTimeout(telling);
    const told = {radius: Number(handle.radius.toFixed(4)), angle: Number(degrees(handle.turn).toFixed(3))};
    telling = setTimeout(() => trigger('placed', told), SETTLED_MS);
  }
  /** @param {Drawn} drawn @param {[number, number]} at */
  function holdAt(drawn, [x, y]) {
    const {frame} = drawn,
      part = Math.min(0.995, Math.hypot(x - frame.x, y - frame.y) / frame.r);
    hold(radiusAt(drawn, part), degrees(Math.atan2(frame.y - y, x - frame.x)), true);
  }
  /** @param {string} key @param {boolean} large */
  function nudge(key, large) {
    if (!disk.handle) return;
    const by = large ? 5 : 1,
      out = {ArrowUp: 0.05, ArrowDown: -0.05}[key] ?? 0;
    const turned = {ArrowLeft: 1, ArrowRight: -1}[key] ?? 0;
    hold(disk.handle.radius + out * by, degrees(disk.handle.turn) + turned * by, true);
  }
  /** @param {boolean} on */
  function setDecoding(on) {
    disk.decoding = on;
    panel.hidden = !on;
    area.classList.toggle('decoding', on);
    const button = root.querySelector('[data-do=decode]');
    if (button) button.ariaPressed = String(on);
    if (on && !disk.handle && hasPoints(disk)) {
      const n = inHand(disk) < 0 ? FIRST : inHand(disk);
      hold(disk.radii[n] || 0.5, degrees(ANGLE[n]), true);
    } else if (disk.ball) drawOver(disk);
    ask();
  }
  /** The visitor begins or ends decoding. @param {boolean} on */
  function chooseDecoding(on) {
    isAsked = on;
    setDecoding(on);
  }
  return {ask, hold, holdAt, nudge, setDecoding, chooseDecoding};
}
