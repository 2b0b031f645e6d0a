// The ball around any centre, in one of three views. As a disk, angles come from the digit tree and never change; radii
// are hyperbolic distances from the centre, in all dimensions of the ball, computed for each frame while the centre
// moves. Two or three measured directions come from Python for each centre. Lengths are CSS pixels.

import {attach} from '../../../columns/control.js';
import {colouring, hueOf, isOut, whenRecoloured} from '../../../ui/canvas/colouring.js';
import {redrawWithPage} from '../../../ui/canvas/layers.js';
import {COUNT, LEVEL} from '../../../ui/canvas/operations.js';
import {corner, showTip, tag, tritTiles} from '../../../ui/canvas/pointer.js';
import {answer} from '../../../ui/scripts/component.js';
import {decoder} from './decode.js';
import {turning} from './directions/gestures.js';
import {orienter} from './directions/orient.js';
import {draw, drawOver, inWords} from './drawing/draw.js';
import {listen} from './gestures.js';
import {ANGLE} from './points/angles.js';
import {between, isExact, pointOf, unpack} from './points/ball.js';
import {at, emptyDisk, hasDirections, hasPoints, isDigital, named, place, settle, viewOf} from './state.js';

/** @typedef {import('./points/ball.js').Ball} Ball */
/** @typedef {import('./state.js').Disk} Disk */
/** @typedef {import('./state.js').Props} Props */

const MOVE_MS = 450; // duration of a move of the centre
const KEPT = 4; // balls that are cached

/** @param {import('../../../ui/scripts/component.js').Component<import('./state.js').Data, Props>} component */
export function mount({element, trigger, props, server, watch, data}) {
  const root = /** @type {HTMLElement} */ (element.querySelector('.disk')),
    disk = emptyDisk(root, props, data);
  const {area, say} = disk,
    decoding = decoder(disk, server, trigger),
    turner = turning(disk, () => draw(disk));
  /** @type {Map<string, Ball>} */
  const balls = new Map();
  const orient = orienter(disk, {
    ask: (asked) => server.components(asked),
    redraw: () => draw(disk),
    tell: (id) => trigger('recentre', {id}),
    ms: MOVE_MS,
  });
  let moves = 0,
    greeted = false; // `moves` numbers the moves: a later one ends an earlier one

  // ---- the ball ----
  async function load() {
    const {source} = props;
    root.dataset.view = viewOf(disk);
    root.hidden = Boolean(source && !source.ball && isDigital(disk));
    disk.faithful.hidden = isDigital(disk);
    if (disk.decoding && !isDigital(disk)) decoding.setDecoding(false);
    if (!source || root.hidden) {
      disk.ball = null;
      if (source) greet();
      return;
    }
    disk.busy = say('loading');
    if (!balls.has(source.key)) {
      if (!disk.ball) draw(disk);
      disk.status.textContent = disk.busy;
      const {checkpoint, encoder, key} = source,
        found = await answer(() => server.points({checkpoint, encoder}), say('cut'));
      if (key !== props.source?.key) return; // another one was requested meanwhile
      if (found.error) {
        disk.busy = found.error;
        disk.status.textContent = disk.busy;
        draw(disk);
        return;
      }
      balls.set(key, unpack(key, found));
      if (balls.size > KEPT) balls.delete([...balls.keys()][0]);
    }
    disk.busy = '';
    disk.status.textContent = '';
    show(/** @type {Ball} */ (balls.get(source.key)));
  }
  /** @param {Ball} ball */
  function show(ball) {
    disk.ball = ball;
    disk.moving = false;
    moves++;
    if (disk.directions?.ball !== ball) disk.directions = null;
    settle(/** @type {Disk & {ball: Ball}} */ (disk), pointOf(ball, disk.centre));
    draw(disk);
    decoding.ask();
    orient();
    greet();
  }
  function greet() {
    if (!greeted) trigger('ready', {});
    greeted = true;
  }
  /** @param {number} n @param {boolean} tell */
  function moveTo(n, tell) {
    const {ball, seat} = disk;
    disk.centre = n;
    if (!ball) return;
    const to = pointOf(ball, n),
      began = performance.now(),
      move = ++moves;
    disk.moving = true;
    describe(-1);
    if (tell) trigger('recentre', {id: n});
    if (!isDigital(disk)) {
      settle(/** @type {Disk & {ball: Ball}} */ (disk), to);
      orient();
      return;
    }
    /** @param {number} now */
    const go = (now) => {
      if (move !== moves) return;
      const t = Math.min(1, Math.max(0, (now - began) / MOVE_MS));
      settle(/** @type {Disk & {ball: Ball}} */ (disk), t < 1 ? between(ball.c, seat, to, t * t * (3 - 2 * t)) : to);
      disk.frames++;
      disk.moving = t < 1;
      draw(disk);
      if (disk.moving) requestAnimationFrame(go);
      else decoding.ask();
    };
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) go(Infinity);
    else requestAnimationFrame(go);
  }

  // ---- what is shown ----
  function showSelected() {
    disk.selected = new Set(Array.from(props.selected ?? []));
    draw(disk);
  }
  /** @param {number[]} ids @param {boolean} add */
  function choose(ids, add) {
    if (!ids.length && (add || !disk.selected.size)) return;
    disk.selected = new Set(add ? [...disk.selected, ...ids] : ids);
    draw(disk);
    if (ids.length) trigger('pick', {ids, add});
    else trigger('clear', {});
  }
  /** @param {number} n the operation that is described next to its dot, -1 for none */
  function describe(n) {
    disk.tip.hidden = n < 0;
    if (n < 0 || !disk.ball) return;
    const from = named(disk, disk.centre),
      radius = disk.radii[n].toFixed(4);
    showTip(disk.tip, area, place(disk, n), [
      tag('b', say('operation', {n})),
      tritTiles(n),
      tag('div', say('valuation', {v: LEVEL[n]})),
      tag('div', say('distance', {from, radius})),
      tag('div', isExact(disk.ball, n) ? say('exact') : say('inexact')),
      ...(colouring.said(n) ? [tag('div', colouring.said(n))] : []),
    ]);
  }

  // ---- life ----
  /** @param {number} k */
  const showStep = (k) => {
    disk.step = k;
    drawOver(disk);
  };
  const followMove = () => {
    if (props.move && props.move.centre !== disk.centre) moveTo(props.move.centre, false);
  };
  const followMark = () => {
    if (!props.mark || !isDigital(disk)) return;
    decoding.hold(...props.mark, false);
    decoding.setDecoding(true);
  };
  listen(disk, {...decoding, choose, describe, moveTo, turn: turner.key, views: turner.actions});
  redrawWithPage(area, () => draw(disk));
  Object.defineProperty(root, 'tvae', {
    value: handle(disk, {moveTo, showStep, turnTo: turner.set}),
    configurable: true,
  });
  followMove();
  showSelected();
  load();
  followMark();
  watch(['source', 'view'], load);
  watch(['selected', 'turn'], showSelected);
  watch(['rule', 'scales'], () => draw(disk));
  whenRecoloured(() => draw(disk));
  attach(disk.legend);
  watch('move', followMove);
  watch('mark', followMark);
  watch('path', () => showStep(-1));
}

/**
 * The interface of a disk for the slider of a path and for tests, `root.tvae`.
 * @param {Disk} disk
 * @param {object} actions
 * @param {(n: number, tell: boolean) => void} actions.moveTo
 * @param {(k: number) => void} actions.showStep
 * @param {(turn: import('./directions/rotation.js').Turn) => void} actions.turnTo
 */
const handle = (disk, {moveTo, showStep, turnTo}) => ({
  get count() {
    return disk.ball ? COUNT : 0;
  },
  get key() {
    return disk.ball?.key ?? '';
  },
  get centre() {
    return disk.centre;
  },
  get moving() {
    return disk.moving;
  },
  get frames() {
    return disk.frames;
  },
  get drawMs() {
    return disk.drawMs;
  },
  get cursor() {
    return disk.cursor;
  },
  get selected() {
    return [...disk.selected];
  },
  get radii() {
    return Array.from(disk.radii);
  },
  get handle() {
    return disk.handle;
  },
  get seat() {
    return Array.from(disk.seat);
  },
  get colour() {
    return colouring.column;
  },
  /** @param {number} n @returns the colour of the operation, '' if it is filtered out */
  hue: (n) => (isOut(n) ? '' : hueOf(n, disk.palette.levels)),
  get inWords() {
    return inWords(disk);
  },
  get step() {
    return disk.step;
  },
  /** The view that is drawn, '' while it is computed. */
  get view() {
    return hasPoints(disk) ? viewOf(disk) : '';
  },
  get turn() {
    return disk.turn;
  },
  get along() {
    return hasDirections(disk) ? disk.directions.along.map((values) => Array.from(values)) : [];
  },
  turnTo,
  /** @param {number} n */
  angle: (n) => ANGLE[n],
  /** @param {number} n */
  point: (n) => disk.ball && pointOf(disk.ball, n),
  /** @param {number} n @returns where the operation is on the page */
  screen: (n) => place(disk, n).map((u, k) => u + corner(disk.area)[k]),
  /** @param {number} radius @param {number} turn */
  place: (radius, turn) => hasPoints(disk) && at(disk, radius, turn).map((u, k) => u + corner(disk.area)[k]),
  showStep,
  /** @param {number} n */
  moveTo: (n) => moveTo(n, false),
});
