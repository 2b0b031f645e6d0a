// The finished files of the training tab: a button fetches one from the server and hands it to the browser.
element.addEventListener('click', (event) => {
  const {suffix} = event.target.closest('button[data-suffix]')?.dataset ?? {};
  if (suffix) tvae.download(() => server.download({checkpoint: props.checkpoint, suffix}), element.querySelector('.status'));
});
