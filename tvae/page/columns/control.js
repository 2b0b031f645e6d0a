// The control of colours and filter below a plot: a choice of column, the legend, the filter in words. It is DOM and not
// a part of the picture, so that it can be used by keyboard; the picture has a legend of its own for files.

import {tag} from '../ui/canvas/pointer.js';
import {change, choose, filterSaid, follow, operationOf, titleOf} from './columns.js';
import {chips, handles, setLegend} from './legend.js';

export {begin} from './columns.js';

/** @typedef {import('./columns.js').State} State */

let count = 0; // of fields on the page

/**
 * A field with a label, whose words are set later.
 * @param {HTMLSelectElement | HTMLInputElement} field
 */
function labelled(field) {
  const name = document.createElement('label'),
    both = tag('span', '', 'columns-field');
  count += 1;
  field.id = `columns-field-${count}`;
  name.htmlFor = field.id;
  both.append(name, field);
  return {both, name};
}

/**
 * The control in a component of its own, for several plots.
 * @param {import('../ui/scripts/component.js').Component<{}, {}>} component
 */
export const mount = ({element}) => attach(element);

/**
 * Add the control at the end of an element.
 * @param {HTMLElement} root
 */
export function attach(root) {
  const bar = tag('div', '', 'columns-bar'),
    select = document.createElement('select'),
    input = Object.assign(document.createElement('input'), {type: 'text', inputMode: 'numeric', maxLength: 5}),
    by = labelled(select),
    from = labelled(input),
    legend = tag('div', '', 'columns-legend'),
    said = tag('span', '', 'columns-said'),
    clear = Object.assign(document.createElement('button'), {type: 'button', className: 'chip'});
  said.role = 'status';
  legend.role = 'group';
  bar.append(by.both, from.both, legend, clear, said);
  root.append(bar);
  let shown = ''; // what the legend is of

  /** @param {State} state */
  function update(state) {
    const {say, columns, choice, filter, values} = state;
    if (!select.length) {
      select.append(...columns.map(({key, label}) => new Option(label, key)));
      by.name.textContent = say('by');
      from.name.textContent = say('from');
      clear.textContent = say('clear');
    }
    select.value = choice.column.key;
    from.both.hidden = choice.column.needs !== 'operation';
    if (!state.problem) input.value = String(operationOf(choice) ?? '');
    legend.hidden = !values;
    if (values) {
      const title = titleOf(state, choice),
        key = [title, 'low' in values && [values.low, values.high]].join();
      if (key !== shown) {
        shown = key;
        legend.ariaLabel = say('legend', {column: title});
        legend.replaceChildren(...('codes' in values ? chips(state) : handles(state, values)));
      }
      setLegend(legend, state, values);
    }
    clear.hidden = !filter;
    const words = state.problem || (state.waiting ? say('waiting') : filter ? filterSaid(state, filter) : '');
    if (said.textContent !== words) said.textContent = words;
    said.classList.toggle('columns-problem', state.problem !== '');
  }
  select.addEventListener('change', () => choose(select.value));
  input.addEventListener('change', () => choose(select.value, input.value));
  clear.addEventListener('click', () => {
    change({filter: null});
    select.focus(); // the button is hidden now
  });
  follow(update);
}
