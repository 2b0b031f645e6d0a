// The code table and the disk: one amino acid lit up in both, arrow keys. Runs after operation_buttons.js.
let hovered = ``, focused = ``, pinned = ``;
const all = (selector) => [...element.querySelectorAll(selector)];
const family = (node) => node?.closest?.(`[data-family]`)?.dataset.family ?? ``;
let usual = null; // what is said while nothing is lit

function light() {
  const lit = hovered || focused || pinned, said = element.querySelector(`.code-said`);
  if (!said) return;
  element.querySelector(`.code`).classList.toggle(`lighting`, Boolean(lit));
  for (const node of all(`[data-family]`)) node.classList.toggle(`lit`, node.dataset.family === lit);
  for (const button of all(`[data-pin]`)) button.setAttribute(`aria-pressed`, String(button.dataset.family === pinned));
  const words = all(`[data-pin]`).find((button) => button.dataset.family === lit)?.getAttribute(`aria-label`) ?? usual;
  if (said.textContent !== words) said.textContent = words;
}
element.addEventListener('pointerover', (event) => { hovered = family(event.target); light(); });
element.addEventListener('pointerleave', () => { hovered = ``; light(); });
element.addEventListener('focusin', (event) => { focused = family(event.target); enter(event.target); light(); });
element.addEventListener('focusout', () => { focused = ``; light(); });
element.addEventListener('click', (event) => {
  const pin = event.target.closest(`[data-pin]`), dot = event.target.closest(`g[data-operation]`);
  if (pin) { pinned = pinned === pin.dataset.family ? `` : pin.dataset.family; light(); }
  if (dot) trigger('pick', {ids: [Number(dot.dataset.operation)], add: event.ctrlKey || event.metaKey || event.shiftKey});
});

// One stop of the Tab key in the table and one among the letters; arrow keys move inside.
const group = (button) => (button.dataset.cell ? all(`button[data-cell]`) : all(`button[data-pin]`));
function enter(button) {
  if (!button.matches(`button[data-cell], button[data-pin]`)) return;
  for (const other of group(button)) other.tabIndex = other === button ? 0 : -1;
}
function target(button, key) {
  const table = Boolean(button.dataset.cell), size = table ? 64 : group(button).length, width = table ? 4 : size;
  const place = Number(button.dataset.cell ?? button.dataset.pin), column = place % width;
  if (key === `ArrowRight`) return column + 1 < width ? place + 1 : null;
  if (key === `ArrowLeft`) return column > 0 ? place - 1 : null;
  if (key === `ArrowDown`) return place + width < size ? place + width : null;
  if (key === `ArrowUp`) return place >= width ? place - width : null;
  if (key === `Home`) return place - column;
  return key === `End` ? place - column + width - 1 : undefined;
}
element.addEventListener('keydown', (event) => {
  const button = event.target.closest?.(`button[data-cell], button[data-pin]`);
  const place = button ? target(button, event.key) : undefined;
  if (place === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const name = button.dataset.cell ? `cell` : `pin`;
  if (place !== null) element.querySelector(`button[data-${name}="${place}"]`).focus();
});

// Gradio changes the rendered HTML in place, back to what Python knows.
watch('value', () => {
  const said = element.querySelector(`.code-said`);
  usual = said && (usual ?? said.textContent);
  enter(document.activeElement);
  light();
});
