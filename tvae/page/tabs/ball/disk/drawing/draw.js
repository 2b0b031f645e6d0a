// Draw the disk: its lower layer when something changed, its upper layer while the pointer moves.

import {withColours} from '../../../../ui/canvas/colouring.js';
import {paint} from '../../../../ui/canvas/elements.js';
import {styleOf, surface} from '../../../../ui/canvas/layers.js';
import {sentence} from '../../../../ui/canvas/marks.js';
import {axesOf, hasOwnScales, locateDirections} from '../directions/places.js';
import {BY_ANGLE} from '../points/angles.js';
import {hasDirections, hasPoints, locate, named, viewOf} from '../state.js';
import {SETTINGS} from './look.js';
import {picture, upperLayer} from './picture.js';
import {walkInWords} from './walks.js';

/** @typedef {import('../state.js').Disk} Disk */

/** @param {Disk} disk */
export function draw(disk) {
  const {area} = disk,
    width = area.clientWidth,
    height = area.clientHeight;
  if (!width) return;
  const began = performance.now();
  disk.style = styleOf(disk.root, '--disk-way');
  disk.frame = {x: width / 2, y: height / 2, r: Math.min(width, height) / 2 - 24};
  const g = surface(disk.base, area, SETTINGS);
  if (hasPoints(disk)) {
    if (hasDirections(disk)) locateDirections(disk);
    else locate(disk);
    paint(g, picture(disk), disk.style.font);
  } else paint(g, sentence(area, disk.style, disk.busy || disk.say('loading')), disk.style.font);
  drawOver(disk);
  const words = disk.moving ? area.ariaLabel : `${inWords(disk)} ${handsOf(disk)}`.trim();
  if (words !== area.ariaLabel) area.ariaLabel = words; // else a screen reader would begin again at each frame
  if (!disk.moving) sayArrows(disk);
  disk.drawMs = performance.now() - began;
}

/**
 * Say where the arrows go, and why some are not drawn, when that changes and after a button has cleared the status.
 * @param {Disk} disk
 */
function sayArrows(disk) {
  const {status, walk} = disk;
  disk.walk = walkInWords(disk);
  if (disk.walk !== walk || !status.textContent) status.textContent = disk.busy || disk.walk;
}

/** @param {Disk} disk */
export function drawOver(disk) {
  if (!disk.frame) return;
  paint(surface(disk.over, disk.area, SETTINGS), hasPoints(disk) ? upperLayer(disk) : [], disk.style.font);
}

/**
 * What the disk shows, in words.
 * @param {Disk} disk
 */
export function inWords(disk) {
  const {say, radii, props} = disk;
  if (!hasPoints(disk)) return disk.busy || say('loading');
  if (hasDirections(disk)) {
    const {selected, centre} = disk,
      axes = axesOf(disk).map(({name}) => name);
    const told = {
      encoder: props.source?.encoder,
      centre: named(disk, centre),
      axes: axes.join(', '),
      scale: hasOwnScales(disk) ? say('own_scale') : say('equal_scale'),
      selected: selected.size,
    };
    return withColours(withWalk(disk, say('words_directions', told)));
  }
  const mean = BY_ANGLE.map((ids) => ids.reduce((sum, n) => sum + radii[n], 0) / ids.length);
  const told = {
    encoder: props.source?.encoder,
    centre: named(disk, disk.centre),
    most: Math.max(...radii).toFixed(3),
    means: mean.map((radius, v) => `${v}: ${radius.toFixed(2)}`).join(', '),
    selected: disk.selected.size,
  };
  return withColours(withWalk(disk, say('words_digits', told)));
}

/** @param {Disk} disk @param {string} words */
const withWalk = (disk, words) => [words, walkInWords(disk)].filter(Boolean).join(' ');

/**
 * What the keys do.
 * @param {Disk} disk
 */
function handsOf(disk) {
  const view = viewOf(disk);
  return hasPoints(disk) ? disk.say(`hands_${view}`) : '';
}
