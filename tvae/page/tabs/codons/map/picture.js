// The picture of the map of sequences as a list of elements: what canvas, PNG and SVG show.

import {BACK, faded} from '../../../ui/canvas/dots.js';
import {line, paint, short} from '../../../ui/canvas/elements.js';
import {placeLabels} from '../../../ui/canvas/labels.js';
import {styleOf, surface} from '../../../ui/canvas/layers.js';
import {background, label, outline} from '../../../ui/canvas/marks.js';
import {ticks, within, xAt, yAt} from '../../../ui/canvas/view.js';
import {at, fit, hasPoints, hueOf, inWords, listed, ownOf, percent, viewAround} from './state.js';

/** @typedef {import('../../../ui/canvas/elements.js').Dots} Dots */
/** @typedef {import('../../../ui/canvas/elements.js').Element} Element */
/** @typedef {import('./state.js').Place} Place */
/** @typedef {import('./state.js').SequenceMap} SequenceMap */
/** @typedef {import('./state.js').Shown} Shown */

const DOT = 4.5; // radius in pixels
const DIAMOND = 7;
const JOINED = 24; // as many points are joined to their nearest ones
const NAMED = 60; // up to so many points, all have their name, if it fits
const CLEAR = 200; // up to so many points, only the names of the listed and the nearest ones cover any

/** @param {SequenceMap} map */
export function draw(map) {
  const {area, base, section} = map;
  if (!hasPoints(map) || !area.clientWidth) return;
  map.style = styleOf(/** @type {Element & HTMLElement} */ (section.querySelector('.sequence-plot')), '--color-accent');
  const {clientWidth: width, clientHeight: height} = area;
  map.frame = {left: 48, top: 44, width: width - 58, height: height - 90};
  map.view = viewAround(map.centre, fit(map.shown.points, map.frame).unit / map.zoom, map.frame);
  paint(surface(base, area), picture(map), map.style.font);
  drawOver(map);
  const words = `${inWords(map)} ${map.say('hands')}`;
  if (words !== area.ariaLabel) area.ariaLabel = words; // else a screen reader would begin again at each drawing
}

/** @param {SequenceMap} map */
export function drawOver(map) {
  paint(surface(map.over, map.area), hasPoints(map) ? upperLayer(map) : [], map.style.font);
}

/**
 * The lower layer: the axes and all points.
 * @param {Shown} map
 * @returns {Element[]}
 */
export function picture(map) {
  const {area, frame, shown, style} = map,
    training = [...shown.points.keys()].filter((i) => shown.points[i].training);
  return [
    background(area, style),
    ...axes(map),
    {kind: 'inside', frame, elements: joins(map)},
    {kind: 'cloud', frame, layers: cloud(map, training)},
    {kind: 'inside', frame, elements: ownOf(shown).map((i) => diamond(map, i))},
  ];
}

/** @param {Shown} map @param {number} i */
const isBack = ({selected}, i) => selected.size > 0 && !selected.has(i);

/**
 * The dots of the training sequences; while some points are selected, the others step back in their own colour.
 * @param {Shown} map
 * @param {number[]} points
 * @returns {Dots[]}
 */
function cloud(map, points) {
  /** @type {Map<string, Place[]>} */
  const layers = new Map();
  for (const i of [...points].sort((a, b) => Number(isBack(map, b)) - Number(isBack(map, a)))) {
    const hue = hueOf(map, i),
      colour = isBack(map, i) ? faded(hue, map.style.back, BACK) : hue;
    layers.set(colour, [...(layers.get(colour) ?? []), at(map, i)]);
  }
  return [...layers].map(([colour, places]) => ({places, colour, radius: DOT, opacity: 0.9}));
}

/** @param {Shown} map @param {number} i @returns {Element} */
function diamond(map, i) {
  const [x, y] = at(map, i).map(short),
    {ink, back} = map.style,
    fill = isBack(map, i) ? faded(map.data.own, back, BACK) : map.data.own;
  return {
    kind: 'path',
    d: `M${x} ${short(y - DIAMOND)}l${DIAMOND} ${DIAMOND}l-${DIAMOND} ${DIAMOND}l-${DIAMOND} -${DIAMOND}Z`,
    fill,
    stroke: ink,
    width: 1,
  };
}

/**
 * Lines from the listed points to their nearest ones: to all five from a selected point, otherwise to the nearest.
 * @param {Shown} map
 * @returns {Element[]}
 */
function joins(map) {
  const {shown, selected, style} = map,
    count = selected.size ? 5 : 1;
  const lines = listed(map)
    .slice(0, JOINED)
    .flatMap((i) => shown.points[i].nearest.slice(0, count).map(({point}) => line(at(map, i), at(map, point))));
  return [{kind: 'path', d: lines.join('') || 'M0 0', stroke: style.ink, opacity: 0.45, dash: [3, 3]}];
}

/** @param {Shown} map @returns {Element[]} */
function axes({frame, view, style, shown, say}) {
  const {left, top, width, height} = frame,
    bottom = top + height,
    [across, up] = [ticks(view[0], view[1], width), ticks(view[2], view[3], height)],
    axis = {view, frame};
  /** @param {number} k */
  const title = (k) => say('axis', {k: k + 1, share: percent(shown.shares[k])});
  /** @param {string} words @param {Place} place @param {object} look @returns {Element} */
  const text = (words, place, look = {}) => ({kind: 'text', words, at: place, colour: style.ink, size: 11, ...look});
  const grid = [
    ...across.map(([value]) => line([xAt(axis, value), top], [xAt(axis, value), bottom])),
    ...up.map(([value]) => line([left, yAt(axis, value)], [left + width, yAt(axis, value)])),
  ];
  return [
    {kind: 'path', d: grid.join('') || 'M0 0', stroke: style.ink, opacity: 0.1},
    ...across.map(([value, words]) => text(words, [xAt(axis, value), bottom + 15])),
    ...up.map(([value, words]) => text(words, [left - 6, yAt(axis, value) + 4], {align: 'end'})),
    text(title(0), [left + width / 2, bottom + 35], {size: 12}),
    text(title(1), [13, top + height / 2], {size: 12, upwards: true}),
  ];
}

/**
 * Outlines of the selected points, and names: of the listed points and their nearest ones, then of all if they are few.
 * @param {Shown} map
 * @returns {Element[]}
 */
export function marks(map) {
  const {shown, selected, frame, area, measure, style} = map,
    first = listed(map).slice(0, JOINED),
    near = first.flatMap((i) => shown.points[i].nearest.slice(0, selected.size ? 5 : 1).map(({point}) => point)),
    others = shown.points.length <= NAMED && !selected.size ? [...shown.points.keys()] : [];
  const important = new Set([...first, ...near]);
  const wanted = [...new Set([...important, ...others])].filter((i) => within(frame, ...at(map, i)));
  const labels = wanted.map((i) => {
    const words = shown.points[i].id.slice(0, 24);
    return {words, at: at(map, i), gap: DIAMOND + 3, width: measure(words, {weight: 600}), covers: important.has(i)};
  });
  const all = shown.points.length <= CLEAR ? [...shown.points.keys()] : [...important];
  /** @type {[number, number, number][]} */
  const dots = all.map((i) => [...at(map, i), DOT]);
  const places = placeLabels(labels, area.clientWidth, {left: frame.left, top: frame.top + 8, dots});
  return [
    {kind: 'inside', frame, elements: [...selected].map((i) => outline(at(map, i), DOT + 3, hueOf(map, i), style))},
    ...labels.flatMap(({words}, k) => (places[k] ? [label(words, /** @type {Place} */ (places[k]), style)] : [])),
  ];
}

/** @param {Shown} map @returns {Element[]} */
function upperLayer(map) {
  const {cursor, gesture, frame, style} = map;
  /** @type {Element[]} */
  const inside = cursor >= 0 ? [outline(at(map, cursor), DOT + 5, hueOf(map, cursor), style)] : [];
  if (gesture?.moved && gesture.drawing !== 'pan') {
    const d = `${line(...gesture.path)}Z`;
    inside.push({kind: 'path', d, fill: style.ink, opacity: 0.08}, {kind: 'path', d, stroke: style.ink, width: 1.5});
  }
  return [...marks(map), {kind: 'inside', frame, elements: inside}];
}
