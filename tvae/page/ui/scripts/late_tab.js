// A tab that could not be built when it was opened says why, and is built when the visitor asks again.

/**
 * Say in the tab that an event builds why it failed; nothing for any other event. `lazy_tab` makes these elements.
 * @param {number} event its number
 * @param {string} reason
 */
export function explain(event, reason) {
  const notices = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('.late')]);
  const notice = notices.find((one) => one.dataset.event === String(event));
  const opened = /** @type {HTMLTextAreaElement | HTMLInputElement | null} */ (
    document.getElementById(`${notice?.dataset.tab}-opened`)?.querySelector('[data-testid=textbox]')
  );
  if (!notice || !opened) return;
  notice.dataset.usual ??= notice.textContent ?? '';
  notice.textContent = reason;
  const button = Object.assign(document.createElement('button'), {type: 'button'});
  button.classList.add('chip', 'again');
  button.textContent = notice.dataset.again ?? '';
  button.addEventListener('click', () => {
    button.remove();
    notice.textContent = notice.dataset.usual ?? '';
    opened.value += ' '; // which changes nothing but the event that it triggers
    opened.dispatchEvent(new Event('input', {bubbles: true}));
  });
  notice.parentElement?.querySelector('.again')?.remove();
  notice.after(button);
}
