// The colours of the disk and their legend.

import {COUNT, LEVEL, SIGNS} from '../../../../ui/canvas/operations.js';
import {tag} from '../../../../ui/canvas/pointer.js';
import {named} from '../state.js';
import {distancesFrom, isExact, pointOf} from './ball.js';

/** @typedef {import('./ball.js').Ball} Ball */
/** @typedef {import('../state.js').Disk} Disk */

/**
 * Colour the operations by the chosen rule, and write the legend.
 * @param {Disk} disk
 * @param {Ball} ball
 */
export function colour(disk, ball) {
  const {palette, props, tone, say, selected} = disk,
    by = props.colour ?? 'valuation';
  const target = [...selected].at(-1) ?? disk.centre;
  const near = distancesFrom(ball, pointOf(ball, target), new Float64Array(COUNT));
  const far = near.reduce((most, value) => Math.max(most, value), 1e-9);
  const {hues, labels, toneOf} = {
    valuation: {
      hues: palette.levels,
      labels: palette.levels.map((_, k) => String(k)),
      toneOf: (/** @type {number} */ n) => LEVEL[n],
    },
    first: {hues: palette.trits, labels: SIGNS, toneOf: (/** @type {number} */ n) => n % 3},
    exactness: {
      hues: palette.exact,
      labels: [say('inexact'), say('exact')],
      toneOf: (/** @type {number} */ n) => isExact(ball, n),
    },
    nearness: {
      hues: palette.levels,
      labels: palette.levels.map((_, k) => ((far * (10 - k)) / 10).toFixed(2)),
      toneOf: (/** @type {number} */ n) => 9 - Math.min(9, Math.floor((10 * near[n]) / far)),
    },
  }[by];
  for (let n = 0; n < COUNT; n++) tone[n] = toneOf(n);
  disk.hues = hues;
  const entries = labels.map((label, k) => {
    const entry = tag('span', ''),
      swatch = tag('i', '', 'disk-swatch');
    swatch.style.background = hues[k];
    entry.append(swatch, label);
    return entry;
  });
  disk.legend.replaceChildren(say(`legend_${by}`, {target: named(disk, target)}), ...entries);
}
