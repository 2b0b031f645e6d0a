// Truth table, facts, result table, coverage and examples: buttons in HTML that Python renders. One listener on the element
// outlives every rendering. Gradio runs this file as the body of a function (element, trigger, server, props, watch).
const SIGNS = ['\u2212', '0', '+'], NAMES = ['minus', 'zero', 'plus'];
let focused = null;

const tableButtons = () => [...element.querySelectorAll('button[data-position]')];
const trits = () => tableButtons().map((button) => Number(button.dataset.trit));

// Shown at once; Python's answer renders the same and adds what the checkpoint makes of it.
function setTrit(button, trit) {
  focused = button.dataset.position;
  button.dataset.trit = trit;
  button.textContent = SIGNS[trit + 1];
  button.className = `trit ${NAMES[trit + 1]}`;
  button.setAttribute('aria-label', button.getAttribute('aria-label').replace(/= .,/, `= ${SIGNS[trit + 1]},`));
  trigger('edit', {trits: trits()});
}
async function download(button) {
  const status = element.querySelector('.status');
  status.textContent = 'Preparing\u2026';
  const {checkpoint, operations, encoder} = props.context;
  const file = await server.export_table(checkpoint, operations, encoder, button.dataset.export);
  status.textContent = file.error ?? `Saved ${file.name}`;
  if (file.error) return;
  const blob = new Blob([file.text], {type: button.dataset.export === 'csv' ? 'text/csv' : 'application/json'});
  const link = Object.assign(document.createElement('a'), {href: URL.createObjectURL(blob), download: file.name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const {position, trit, index, show, text} = button.dataset;
  if (position) setTrit(button, (Number(trit) + 2) % 3 - 1);
  else if (index) trigger('pick', {ids: [Number(index)], add: event.ctrlKey || event.metaKey || event.shiftKey});
  else if (show) trigger('show', {id: Number(show)});
  else if (text) trigger('example', {text});
  else if (button.dataset.export) download(button);
});
element.addEventListener('keydown', (event) => {
  const button = event.target.closest?.('button[data-position]');
  const trit = {'-': -1, 0: 0, '+': 1, '=': 1}[event.key];
  if (button && trit !== undefined && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    setTrit(button, trit);
  }
});
watch('value', () => {
  // A rendering replaces the button that had the focus; whoever works by keyboard must not lose the place.
  if (focused !== null && (document.activeElement === document.body || element.contains(document.activeElement))) {
    element.querySelector(`button[data-position="${focused}"]`)?.focus();
  }
});
