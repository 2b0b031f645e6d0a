// The address of the current view; with COPY true also into the clipboard. Returns the button's label.
async (...values) => {
  const view = new URLSearchParams(location.search);
  let cut = false;
  LINKED.forEach(([name, usual], k) => {
    const text = String(values[k] ?? ''), tooLong = text.length > 1500;
    cut ||= tooLong;
    if (tooLong || text === String(usual)) view.delete(name);
    else view.set(name, text);
  });
  const query = view.toString();
  history.replaceState(null, '', location.pathname + (query ? `?${query}` : ''));
  if (!COPY) return;
  try {
    await navigator.clipboard.writeText(location.href);
    return cut ? 'Copied, without the choice: it is too long for a link' : 'Copied';
  } catch {
    return 'Copy it from the address bar';
  }
}
