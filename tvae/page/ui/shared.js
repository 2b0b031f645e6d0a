// What the scripts of the page share, in the page's head. Python puts the words in.
window.tvae = (() => {
  const WORDS = {/* phrases */};

  // Hand a file to the browser.
  function save(blob, name) {
    const link = Object.assign(document.createElement('a'), {href: URL.createObjectURL(blob), download: name});
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
  // What Python answers to `ask`, an object; where it does not, {error}.
  async function answer(ask) {
    try {
      return (await ask()) ?? {error: WORDS.cut};
    } catch {
      return {error: WORDS.cut};
    }
  }
  // Ask Python for a file, {name, base64} or {error}, save it, and say in `status` how that goes.
  async function download(ask, status) {
    status.textContent = WORDS.preparing;
    const file = await answer(ask);
    status.textContent = file.error ?? WORDS.saved.replace('{name}', file.name);
    if (!file.error) save(new Blob([Uint8Array.from(atob(file.base64), (c) => c.charCodeAt(0))]), file.name);
  }
  return {save, answer, download};
})();
