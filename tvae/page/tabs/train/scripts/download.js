// Buttons of the Train tab that download the finished files.

import {download} from '../../../ui/canvas/files/saving.js';

/** @typedef {import('../../../ui/canvas/files/saving.js').FileWords} FileWords */
/** @typedef {import('../../../ui/scripts/component.js').Component<{files: FileWords}, {checkpoint: string}>} Component */

/** @param {Component} component */
export function mount({element, props, server, data}) {
  element.addEventListener('click', (event) => {
    const target = /** @type {Element} */ (event.target);
    const button = /** @type {HTMLElement | null} */ (target.closest('button[data-suffix]'));
    if (!button) return;
    const asked = {checkpoint: props.checkpoint, suffix: button.dataset.suffix};
    const status = /** @type {Element} */ (element.querySelector('.status'));
    download(() => server.download(asked), status, data.files);
  });
}
