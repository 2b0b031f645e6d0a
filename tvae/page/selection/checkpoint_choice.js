// The choice of a checkpoint, as far as the browser answers it alone.

/**
 * Put the dropdown back to the loaded checkpoint where the chosen one could not be loaded, unless the visitor has chosen
 * another one meanwhile.
 * @param {unknown} _data
 * @param {string} chosen value of the dropdown
 * @param {string} asked what Python was last asked for, as JSON
 * @param {string} loaded
 * @returns {string}
 */
export function settle(_data, chosen, asked, loaded) {
  return asked && chosen === JSON.parse(asked).checkpoint ? loaded : chosen;
}
