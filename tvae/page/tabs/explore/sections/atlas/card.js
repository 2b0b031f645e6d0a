// The card below the truth table, closed at first: what the shown operation is, and below it all classes of operations.
// It stands next to the HTML that Python renders, which would close it, and asks Python once it is opened.

import {chooseBy} from '../../../../selection/operation_buttons.js';
import {withSelection} from '../../../../selection/saved_selections.js';
import {tag} from '../../../../ui/canvas/pointer.js';
import {answer, sayer} from '../../../../ui/scripts/component.js';
import {browse} from './classes.js';

/** @typedef {import('../../../../ui/scripts/component.js').Component<{words: Record<string, string>}, {}>} Component */

/**
 * The operation of a truth table.
 * @param {(string | undefined)[]} trits the first position first
 */
export const operationOf = (trits) => trits.reduce((n, trit, k) => n + (Number(trit) + 1) * 3 ** k, 0);

/**
 * A section that the visitor opens.
 * @param {string} title
 * @param {string} css
 */
export function section(title, css) {
  const details = tag('details', '', `why ${css}`),
    body = tag('div', '');
  details.append(tag('summary', title), body);
  return {details: /** @type {HTMLDetailsElement} */ (details), body};
}

/**
 * Fill a section again. If the focus was in it, it goes to the part with the same key, or else to the title.
 * @param {HTMLElement} body
 * @param {string} html
 */
export function refill(body, html) {
  const focused = /** @type {HTMLElement | null} */ (document.activeElement),
    key = focused && body.contains(focused) ? (focused.dataset.key ?? '') : null;
  body.innerHTML = html;
  if (key === null) return;
  const same = /** @type {HTMLElement | null} */ (key && body.querySelector(`[data-key="${key}"]`));
  (same || /** @type {HTMLElement} */ (body.previousElementSibling)).focus();
}

/** @param {Component} component */
export function mount({element, trigger, server, watch, data: {words}}) {
  const say = sayer(words),
    card = section(say('card_title'), 'operation-card'),
    classes = section(say('classes_title'), 'class-browser');
  let wanted = -1; // the operation of the last request

  async function follow() {
    const cells = /** @type {HTMLElement[]} */ ([...element.querySelectorAll('button[data-position]')]),
      operation = operationOf(cells.map((cell) => cell.dataset.trit));
    if (!card.details.open || operation === wanted) return;
    wanted = operation;
    if (!card.body.childElementCount) card.body.textContent = say('loading_card');
    const {html, error} = await answer(() => server.card({operation}), say('cut'));
    if (operation !== wanted) return; // another one is shown by now
    if (error) {
      wanted = -1; // to be asked for when it is opened again
      card.body.textContent = error;
    } else refill(card.body, html);
  }

  card.details.append(classes.details);
  card.details.addEventListener('toggle', follow);
  card.details.addEventListener('click', (event) => {
    const button = /** @type {Element} */ (event.target).closest('button');
    if (button) chooseBy(button, event, trigger);
  });
  // A link changes part of the view. The rest is what it is when the link is used.
  for (const use of ['pointerdown', 'focusin', 'click']) {
    card.details.addEventListener(use, ({target}) => {
      const link = /** @type {HTMLAnchorElement | null} */ (/** @type {Element} */ (target).closest('a[data-view]'));
      if (link) link.search = withSelection(location.search, link.dataset.view ?? '');
    });
  }
  browse(classes, (asked) => answer(() => server.classes(asked), say('cut')), say('loading_card'), refill);
  watch('value', follow);
  element.after(card.details);
}
