// The ball around any centre, in one of three views. As a disk, angles come from the digit tree and never change; radii
// are hyperbolic distances from the centre, in all dimensions of the ball, computed for each frame while the centre
// moves. Two or three measured directions come from Python for each centre. Lengths are CSS pixels.

import {attach} from '../../../columns/control.js';
import {colouring, hueOf, isOut, whenRecoloured} from '../../../ui/canvas/colouring.js';
import {redrawWithPage} from '../../../ui/canvas/layers.js';
import {COUNT, isExact, LEVEL} from '../../../ui/canvas/operations.js';
import {corner, showTip, tag, tritTiles} from '../../../ui/canvas/pointer.js';
import {decoder} from './decode.js';
import {turning} from './directions/gestures.js';
import {orienter} from './directions/orient.js';
import {draw, drawOver, inWords} from './drawing/draw.js';
import {stepsOf} from './drawing/walks.js';
import {listen} from './gestures.js';
import {loader} from './loading.js';
import {mover} from './moving.js';
import {ANGLE} from './points/angles.js';
import {pointOf} from './points/ball.js';
import {at, emptyDisk, fullName, hasDirections, hasPoints, isDigital, named, place, viewOf} from './state.js';

/** @typedef {import('./state.js').Disk} Disk */
/** @typedef {import('./state.js').Props} Props */

/** @param {import('../../../ui/scripts/component.js').Component<import('./state.js').Data, Props>} component */
export function mount({element, trigger, props, server, watch, data}) {
  const root = /** @type {HTMLElement} */ (element.querySelector('.disk')),
    disk = emptyDisk(root, props, data);
  const redraw = () => draw(disk),
    leave = () => describe(disk, -1),
    tell = () => trigger('recentre', {});
  const decoding = decoder(disk, server, trigger),
    turner = turning(disk, redraw),
    orient = orienter(disk, {ask: (asked) => server.components(asked), redraw, tell}),
    {show, moveTo} = mover(disk, {orient, decode: decoding.ask, leave, tell});
  let isGreeted = false;
  const load = loader(disk, {
    ask: (asked) => server.points(asked),
    show,
    endDecoding: () => decoding.setDecoding(false),
    greet: () => {
      if (!isGreeted) trigger('ready', {});
      isGreeted = true;
    },
  });

  function showSelected() {
    disk.selected = new Set(Array.from(props.selected ?? []));
    redraw();
  }
  /** @param {number[]} ids @param {boolean} add */
  function choose(ids, add) {
    if (!ids.length && (add || !disk.selected.size)) return;
    disk.selected = new Set(add ? [...disk.selected, ...ids] : ids);
    redraw();
    if (ids.length) trigger('pick', {ids, add});
    else trigger('clear', {});
  }
  /** @param {number} k */
  function showStep(k) {
    disk.step = k;
    drawOver(disk);
  }
  function followMove() {
    if (props.move && props.move.centre !== disk.centre) moveTo(props.move.centre, false);
  }
  function followMark() {
    if (!props.mark || !isDigital(disk)) return;
    decoding.hold(...props.mark, false);
    decoding.setDecoding(true);
  }

  listen(disk, {
    ...decoding,
    choose,
    describe: (n) => describe(disk, n),
    moveTo,
    turn: turner.key,
    views: turner.actions,
  });
  redrawWithPage(disk.area, redraw);
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
  watch(['rule', 'scales', 'arrows'], redraw);
  whenRecoloured(redraw);
  attach(disk.legend);
  watch('move', followMove);
  watch('mark', followMark);
  watch('path', () => showStep(-1));
}

/**
 * Describe an operation next to its dot, -1 for none.
 * @param {Disk} disk
 * @param {number} n
 */
function describe(disk, n) {
  const {tip, area, ball, say} = disk;
  tip.hidden = n < 0;
  if (n < 0 || !ball) return;
  const from = named(disk, disk.centre),
    radius = disk.radii[n].toFixed(4),
    value = colouring.said(n);
  showTip(tip, area, place(disk, n), [
    tag('b', fullName(disk, n)),
    tritTiles(n),
    tag('div', say('valuation', {v: LEVEL[n]})),
    tag('div', say('distance', {from, radius})),
    tag('div', isExact(ball, n) ? say('exact') : say('inexact')),
    ...(value ? [tag('div', value)] : []),
  ]);
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
  get arrows() {
    return stepsOf(disk.props.arrows, disk.selected);
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
