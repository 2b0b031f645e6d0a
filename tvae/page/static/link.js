// The address of the current view; with COPY true also into the clipboard. Returns the button's label.
async (checkpoint, operations, encoder, measure) => {
  const view = new URLSearchParams(location.search);
  const set = (name, value, usual) => (value === usual ? view.delete(name) : view.set(name, value));
  const tooLong = operations.length > 1500;
  set('checkpoint', checkpoint, 'DEFAULT');
  set('operations', tooLong ? '' : operations, '');
  set('encoder', encoder, 'A');
  set('measure', measure, 'radius');
  const query = view.toString();
  history.replaceState(null, '', location.pathname + (query ? `?${query}` : ''));
  if (!COPY) return;
  try {
    await navigator.clipboard.writeText(location.href);
    return tooLong ? 'Copied, without the choice: it is too long for a link' : 'Copied';
  } catch {
    return 'Copy it from the address bar';
  }
}
