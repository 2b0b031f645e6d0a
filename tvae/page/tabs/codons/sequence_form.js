// A visitor's own sequences: a file becomes text here, Python encodes the text, and keeps nothing. Python puts the
// limits, the words and the examples in. Gradio runs this file as the body of a function (element, server).
const known = KNOWN, WORDS = {/* phrases */};
const find = (selector) => element.querySelector(selector);
const model = find(`select`), field = find(`textarea`), input = find(`input`), results = find(`.sequence-results`);
const status = find(`.sequence-go .said`), problem = find(`.alert`);
let encoded = null, busy = false; // what the table shows

function tell(words, wrong) {
  status.textContent = wrong ? `` : words;
  problem.textContent = wrong ? words : ``;
}
function tooLarge(size) {
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
  return size > known.most && WORDS.large.replace(`{size}`, megabytes(size)).replace(`{most}`, megabytes(known.most));
}
async function encode() {
  const asked = {model: model.value, fasta: field.value}, refused = tooLarge(new Blob([asked.fasta]).size);
  if (busy) return;
  if (refused) { tell(refused, true); return; }
  busy = true;
  tell(WORDS.encoding);
  const answer = await tvae.answer(() => server.encode(asked));
  busy = false;
  tell(answer.error ?? answer.said, Boolean(answer.error));
  if (answer.error) return;
  encoded = asked;
  results.innerHTML = answer.html;
}
function save(kind) {
  tvae.download(() => server.export({...encoded, kind}), find(`.exports .status`));
}
model.addEventListener('change', () => {
  find(`#sequence-note`).textContent = known.notes[model.value];
  const address = new URL(location.href), {searchParams: view} = address;
  if (model.value === known.usual) view.delete(known.parameter);
  else view.set(known.parameter, model.value);
  history.replaceState(history.state, ``, address);
});
input.addEventListener('change', async () => {
  const file = input.files[0];
  if (!file) return;
  const refused = tooLarge(file.size);
  try {
    if (!refused) field.value = await file.text();
    tell(refused || file.name, Boolean(refused));
  } catch {
    tell(WORDS.unread, true);
  }
  input.value = ``; // so that the same file, mended, can be chosen again
});
field.addEventListener('keydown', (event) => {
  if (event.key === `Enter` && (event.ctrlKey || event.metaKey)) encode();
});
element.addEventListener('click', (event) => {
  const {do: what, export: kind} = event.target.closest(`button`)?.dataset ?? {};
  if (what === `encode`) encode();
  if (what === `example`) { field.value = known.examples[model.value]; tell(``); }
  if (kind) save(kind);
});
