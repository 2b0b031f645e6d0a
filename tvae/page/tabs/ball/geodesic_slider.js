// The slider of a geodesic: it highlights one step in the table and in the disk.

/** @typedef {import('../../ui/scripts/component.js').Component<{}, {}>} Component */

/** @param {Component} component */
export function mount({element, watch}) {
  const slider = () => /** @type {HTMLInputElement | null} */ (element.querySelector('input[type=range]'));

  function lookAt() {
    const found = slider();
    if (!found) return;
    const rows = /** @type {HTMLElement[]} */ ([...element.querySelectorAll('tr[data-step]')]);
    const k = Number(found.value),
      row = rows[k],
      words = row.dataset.say ?? '';
    for (const other of rows) other.classList.toggle('looked-at', other === row);
    const trits = [...row.querySelectorAll('.trits')].map((node) => node.cloneNode(true));
    element.querySelector('.walk-now')?.replaceChildren(words, ...trits);
    found.setAttribute('aria-valuetext', words);
    const disk = /** @type {{tvae?: {showStep: (step: number) => void}} | null} */ (
      document.querySelector('#ball-disk .disk')
    );
    disk?.tvae?.showStep(k);
  }
  function restart() {
    const found = slider();
    if (found) found.value = '0';
    lookAt();
  }
  element.addEventListener('input', (event) => {
    if (event.target === slider()) lookAt();
  });
  watch('value', restart);
  restart();
}
