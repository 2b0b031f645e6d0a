// After a reload, let Python go on showing the run.

/** @param {import('../../../ui/scripts/component.js').Component<{}, {running: boolean}>} component */
export function mount({props, trigger}) {
  if (props.running) trigger('follow', {});
}
