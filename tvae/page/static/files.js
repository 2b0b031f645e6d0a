// The finished files of the training tab: a button fetches one from the server and hands it to the browser.
const WORDS = {/* phrases */}; // from Python
async function save(button) {
  const status = element.querySelector('.status');
  status.textContent = WORDS.preparing;
  const file = await server.download({checkpoint: props.checkpoint, suffix: button.dataset.suffix});
  status.textContent = file.error ?? WORDS.saved.replace('{name}', file.name);
  if (file.error) return;
  const blob = new Blob([Uint8Array.from(atob(file.base64), (c) => c.charCodeAt(0))]);
  const link = Object.assign(document.createElement('a'), {href: URL.createObjectURL(blob), download: file.name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-suffix]');
  if (button) save(button);
});
