// Where directions are in the picture: places of all operations and of single points, and the axes. CSS pixels.

import {ticks} from '../../../../ui/canvas/view.js';
import {hasDirections, viewOf} from '../state.js';
import {along, tangent} from './projection.js';
import {FLAT, rotation} from './rotation.js';

/** @typedef {import('../state.js').Directed} Directed */
/** @typedef {import('../state.js').Place} Place */
/** @typedef {{x: number, y: number, r: number}} Frame */
/**
 * `base`: pixels a unit of each component without zoom; `mid`: what is then in the middle of the frame.
 * @typedef {import('./rotation.js').Rotation & {frame: Frame, base: number[], mid: number[], zoom: number}} Camera
 */

/**
 * An axis: its line, its name next to the positive end, and round values along it.
 * @typedef {object} Axis
 * @property {[Place, Place]} ends
 * @property {string} name
 * @property {Place} at
 * @property {'left' | 'center' | 'right'} align
 * @property {number} strength opacity of line and name
 * @property {{at: Place, align: 'left' | 'center' | 'right', text: string}[]} marks
 */

const MARGIN = 0.9; // share of an axis that has marks; its name is beyond
const THIN = 0.25; // of the longest range; a component with less could hardly be read at the same scale
const NEAR = 70; // half the length of a name
const EDGE = 8; // between a name and the edge

/** @param {number} value @param {number} least @param {number} most */
const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

/** @param {Directed} disk */
const shown = (disk) => (viewOf(disk) === '3d' ? 3 : 2);

/**
 * Whether each axis has its own scale.
 * @param {Directed} disk
 */
export function hasOwnScales(disk) {
  const {scales} = disk.props,
    halves = disk.directions.half.slice(0, shown(disk));
  return scales === 'own' || (scales !== 'equal' && Math.min(...halves) < THIN * Math.max(...halves));
}

/**
 * Without zoom, all operations are inside: in two dimensions the longest range fills the frame, or each; in three the
 * farthest operation reaches the edge at some turn.
 * @param {Directed} disk
 * @returns {Camera}
 */
export function camera(disk) {
  const {frame, turn, directions} = disk,
    {half, mid, reach} = directions,
    deep = shown(disk) === 3;
  const longest = deep ? reach.equal : Math.max(half[0], half[1]),
    far = deep ? reach.own : 1;
  return {
    ...rotation(deep ? turn : FLAT),
    frame,
    base: half.map((own) => frame.r / (hasOwnScales(disk) ? own * far : longest)),
    mid,
    zoom: turn.zoom,
  };
}

/**
 * Where a component is relative to the middle of the frame, before the turn. The more is enlarged, the nearer the centre
 * comes to the middle.
 * @param {Camera} camera
 * @param {number} k
 * @param {number} value
 */
const inFrame = ({base, mid, zoom}, k, value) => base[k] * (zoom * value - mid[k] / zoom);

/**
 * @param {Camera} camera
 * @param {number[]} components
 * @returns {Place}
 */
export function placeOf(camera, components) {
  const {right, up, frame} = camera,
    [u, v, w] = components.map((value, k) => inFrame(camera, k, value));
  return [frame.x + u * right[0] + v * right[1] + w * right[2], frame.y - u * up[0] - v * up[1] - w * up[2]];
}

/**
 * The place of the centre, where the axes cross.
 * @param {Directed} disk
 */
export const centrePlace = (disk) => placeOf(camera(disk), [0, 0, 0]);

/**
 * Find the places of all operations, and their depth in -1..1 if the picture has one.
 * @param {Directed} disk
 */
export function locateDirections(disk) {
  const {x, y, depth} = disk,
    {right, up, toward, frame, base, mid, zoom} = camera(disk),
    [us, vs, ws] = disk.directions.along,
    deepest = shown(disk) === 3 ? frame.r : Infinity,
    shift = zoom - 1 / zoom; // of the middle, see `inFrame`
  for (let n = 0; n < x.length; n++) {
    const u = base[0] * (us[n] - mid[0]),
      v = base[1] * (vs[n] - mid[1]),
      w = base[2] * (ws[n] - mid[2]);
    const p = zoom * u + base[0] * mid[0] * shift,
      q = zoom * v + base[1] * mid[1] * shift,
      r = zoom * w + base[2] * mid[2] * shift;
    x[n] = frame.x + p * right[0] + q * right[1] + r * right[2];
    y[n] = frame.y - p * up[0] - q * up[1] - r * up[2];
    depth[n] = (u * toward[0] + v * toward[1] + w * toward[2]) / deepest;
  }
}

/**
 * The place of a point of the ball.
 * @param {Directed} disk
 * @param {number[]} point
 */
export function placeOfPoint(disk, point) {
  const {seat, ball, components} = disk.directions;
  return placeOf(camera(disk), along(components.axes, tangent(ball.c, seat, point)));
}

/**
 * The name of a component with its share of the variance.
 * @param {Directed} disk
 * @param {number} k
 */
export function axisName({say, directions}, k) {
  const share = directions.components.shares[k];
  return say('component', {k: k + 1, share: (100 * share).toFixed(share < 0.0995 ? 1 : 0)});
}

/**
 * The axes of the picture; none if it shows no directions.
 * @param {import('../state.js').Drawn} disk
 * @returns {Axis[]}
 */
export function axesOf(disk) {
  if (!hasDirections(disk)) return [];
  const {frame, area} = disk,
    seen = camera(disk),
    {right, up, base, mid, zoom} = seen;
  return Array.from({length: shown(disk)}, (_, k) => {
    /** @param {number} value */
    const at = (value) =>
      placeOf(
        seen,
        [0, 1, 2].map((other) => (other === k ? value : 0)),
      );
    const [low, high] = [-1, 1].map((end) => ((end * frame.r) / base[k] + mid[k] / zoom) / zoom);
    // An axis may leave the picture; its name does not.
    const [x, y] = at(high),
      left = clamp(x, EDGE, area.clientWidth - EDGE),
      top = clamp(y + (up[k] < -0.01 ? 16 : -6), 2 * EDGE, area.clientHeight - EDGE);
    return {
      ends: [at(low), at(high)],
      name: axisName(disk, k),
      at: [left, top],
      align: left < NEAR ? 'left' : left > area.clientWidth - NEAR ? 'right' : 'center',
      strength: 0.35 + 0.65 * Math.hypot(right[k], up[k]),
      marks: shown(disk) === 3 ? [] : marksOf(seen, k, ticks(low, high, 2 * frame.r), at),
    };
  });
}

/**
 * Round values along the horizontal axis (k = 0), below it, or along the vertical one, to the left if there is room.
 * @param {Camera} camera
 * @param {number} k
 * @param {[value: number, text: string][]} values
 * @param {(value: number) => Place} at
 * @returns {Axis['marks']}
 */
function marksOf(camera, k, values, at) {
  return values
    .filter(([value]) => value && Math.abs(inFrame(camera, k, value)) < MARGIN * camera.frame.r)
    .map(([value, text]) => {
      const [x, y] = at(value);
      if (!k) return {at: [x, y + 14], align: 'center', text};
      return x < NEAR / 2 ? {at: [x + 5, y + 4], align: 'left', text} : {at: [x - 5, y + 4], align: 'right', text};
    });
}
