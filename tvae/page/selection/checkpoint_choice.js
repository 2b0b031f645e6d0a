// Events of the checkpoint dropdown that the browser handles without Python.

/**
 * Reset the dropdown to the loaded checkpoint if the chosen one could not be loaded, unless the visitor has chosen
 * another one meanwhile.
 * @param {unknown} _data
 * @param {string} chosen value of the dropdown
 * @param {string} asked the last request that Python answered, as JSON
 * @param {string} loaded
 * @returns {string}
 */
export function settle(_data, chosen, asked, loaded) {
  return asked && chosen === JSON.parse(asked).checkpoint ? loaded : chosen;
}
