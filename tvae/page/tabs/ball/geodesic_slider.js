// The steps of a geodesic: a slider says which one is looked at, here and in the disk. Runs after operation_buttons.js.
function lookAt() {
  const slider = element.querySelector('input[type=range]');
  if (!slider) return;
  const k = Number(slider.value), rows = [...element.querySelectorAll('tr[data-step]')], row = rows[k];
  rows.forEach((other) => other.classList.toggle('looked-at', other === row));
  element.querySelector('.walk-now').replaceChildren(row.dataset.say, ...[...row.querySelectorAll('.trits')].map((t) => t.cloneNode(true)));
  slider.setAttribute('aria-valuetext', row.dataset.say);
  document.querySelector('#ball-disk .disk')?.tvae?.showStep(k);
}
element.addEventListener('input', (event) => event.target.matches('input[type=range]') && lookAt());
watch('value', () => {
  const row = element.querySelector('tr[data-step]');
  if (row) element.querySelector('input[type=range]').value = 0;
  lookAt();
});
