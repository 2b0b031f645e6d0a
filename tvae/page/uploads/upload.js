// A checkpoint file of the visitor's own: sent to the app's own route as it is, never through Gradio's upload. Python
// puts the limits and the words in. Gradio runs this file as the body of a function (element, trigger, props, watch).
const known = KNOWN, WORDS = {/* phrases */};
const input = element.querySelector('#own-input'), said = element.querySelector('#own-said');
const say = (text, failed) => {
  said.textContent = text;
  said.className = failed ? 'said alert' : 'said';
};
async function send(file) {
  if (file.size > known.limit) return {error: known.tooLarge};
  const root = (window.gradio_config?.root ?? location.origin).replace(/[/]$/, '');
  try {
    const address = `${root}${known.path}?refusal=200&name=${encodeURIComponent(file.name)}`;
    return await (await fetch(address, {method: 'POST', body: file})).json();
  } catch {
    return {error: WORDS.cut};
  }
}
input.addEventListener('change', async () => {
  const file = input.files[0];
  if (!file) return;
  say(WORDS.reading);
  input.disabled = true;
  const answer = await send(file);
  input.disabled = false;
  input.value = ''; // so that the same file, mended, can be chosen again
  if (answer.error) { say(answer.error, true); return; }
  say(`${WORDS.opened} ${answer.title}`);
  trigger('brought', {checkpoint: answer.checkpoint});
});
