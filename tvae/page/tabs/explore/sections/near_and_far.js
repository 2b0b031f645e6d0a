// The section "Near and far in the tree" asks for its numbers when it comes into view, not before.

import {SKIP} from '../../../ui/scripts/events.js';

/** @typedef {import('../../../ui/scripts/component.js').Component<object, object>} Section */

const MARGIN = '200px'; // around the window: the section is asked for shortly before it is seen
let inView = false;

/** @param {Section} component */
export function mount({element, trigger}) {
  const observer = new IntersectionObserver(
    (entries) => {
      inView = entries[entries.length - 1].isIntersecting; // the last: a busy page gets several changes at once
      trigger('look', {});
    },
    {rootMargin: MARGIN},
  );
  observer.observe(element);
}

/**
 * The checkpoint that the section should show, and its HTML until the answer arrives.
 *
 * Out of view the section shows nothing but the last checkpoint, as long as that is the loaded one.
 * @param {{waiting: string}} data
 * @param {string} loaded name of the checkpoint
 * @param {string} wanted the checkpoint that the section shows or has asked for, or empty
 * @param {boolean} seen
 * @returns {[wanted: string | {__type__: string}, html: string | {__type__: string}]}
 */
export function follow({waiting}, loaded, wanted, seen = inView) {
  if (wanted === loaded) return [SKIP, SKIP];
  return [seen ? loaded : '', waiting];
}

/**
 * Discard an answer that arrives after another checkpoint was loaded.
 * @param {{waiting: string}} data
 * @param {string} wanted
 * @param {string} html the answer
 * @returns {string}
 */
export function dropStale({waiting}, wanted, html) {
  return html.includes(`data-checkpoint="${wanted}"`) ? html : waiting;
}
