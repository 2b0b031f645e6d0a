// Truth table, facts, tables, examples: buttons in HTML that Python renders. One listener on the element
// outlives every rendering. Gradio runs this file as the body of a function (element, trigger, server, props, watch).
const SIGNS = ['\u2212', '0', '+'], NAMES = ['minus', 'zero', 'plus'];
const PATIENCE = 5000; // ms; an edit that has no answer by then does not hold up the next one
let sent = null, later = null; // the edit that Python is answering, and the trits of those made meanwhile

const tableButtons = () => [...element.querySelectorAll('button[data-position]')];
const trits = () => tableButtons().map((button) => Number(button.dataset.trit));

function paint(button, trit) {
  button.dataset.trit = trit;
  button.textContent = SIGNS[trit + 1];
  button.className = `trit ${NAMES[trit + 1]}`;
  button.setAttribute('aria-label', button.getAttribute('aria-label').replace(/= .,/, `= ${SIGNS[trit + 1]},`));
}
function edit(trits) {
  sent = {table: trits.join(), at: Date.now()};
  trigger('edit', {trits});
}
// Shown at once; Python's answer renders the same and adds what the checkpoint makes of it. One edit is under way at a
// time, since each is made to the operation of the answer before. What changes nothing has no answer to wait for.
function setTrit(button, trit) {
  if (Number(button.dataset.trit) === trit) return;
  paint(button, trit);
  if (sent && Date.now() - sent.at < PATIENCE) later = trits();
  else edit(trits());
}
function resume() {
  const answered = sent?.table === trits().join(), next = later;
  sent = later = null;
  if (!answered || !next || next.join() === trits().join()) return;
  tableButtons().forEach((button, k) => paint(button, next[k]));
  edit(next);
}
function download(button) {
  const {table, checkpoint} = {...props.context, ...button.dataset};
  const asked = {...props.context, table: table ?? `operations`, checkpoint, kind: button.dataset.export};
  tvae.download(() => server.export(asked), button.closest('.exports').querySelector('.status'));
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
// Gradio changes the rendered HTML in place, so a button keeps the focus while Python's answer arrives.
watch('value', resume);
