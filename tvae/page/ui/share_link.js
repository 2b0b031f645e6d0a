// The address of the current view; with COPY true also into the clipboard. Returns the button's label.
async (...values) => {
  const WORDS = {/* phrases */};
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
    return cut ? WORDS.cut : WORDS.copied;
  } catch {
    return WORDS.by_hand;
  }
}
