// The known name that is nearest to one that nobody knows.

const LONGEST = 40; // characters that are compared

/**
 * @param {string} word
 * @param {string[]} names
 * @returns {string} '' if none is near: more than a third of the characters differ
 */
export function nearest(word, names) {
  const typed = word.slice(0, LONGEST).toLowerCase();
  let found = '',
    least = Math.floor(typed.length / 3) + 1;
  for (const name of names) {
    const edits = distance(typed, name.toLowerCase());
    if (edits < least) [found, least] = [name, edits];
  }
  return found;
}

/**
 * Characters to add, remove or change.
 * @param {string} one
 * @param {string} other
 */
function distance(one, other) {
  let row = Array.from({length: other.length + 1}, (_, k) => k);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let k = 1; k <= other.length; k++) {
      const change = row[k - 1] + (one[i - 1] === other[k - 1] ? 0 : 1);
      next.push(Math.min(row[k] + 1, next[k - 1] + 1, change));
    }
    row = next;
  }
  return row[other.length];
}
