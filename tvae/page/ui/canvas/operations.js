// Properties of an operation that depend on no checkpoint: its trits and its 3-adic valuation, which is its level. And
// how a checkpoint says which operations it reconstructs: with one bit for each.

export const COUNT = 19683;
export const SIGNS = ['\u2212', '0', '+'];
export const SIGN_CLASSES = ['minus', 'zero', 'plus'];

/**
 * The nine trits, -1, 0 or 1, position 0 first.
 * @param {number} n
 */
export const trits = (n) => Array.from({length: 9}, (_, k) => (Math.floor(n / 3 ** k) % 3) - 1);

/**
 * How often 3 divides the operation's number; 9 for operation 0. Files of plots contain this function, see `viewer.js`.
 * @param {number} n
 */
export function valuation(n) {
  let v = 0;
  for (let rest = n; v < 9 && rest % 3 === 0; rest /= 3) v++;
  return v;
}

/** Valuations of all operations. */
export const LEVEL = Uint8Array.from({length: COUNT}, (_, n) => valuation(n));

/**
 * The operations of each level, in the order of their indices.
 * @type {number[][]}
 */
export const LEVELS = Array.from({length: 10}, () => []);
for (const [n, v] of LEVEL.entries()) LEVELS[v].push(n);

/**
 * Whether an operation is reconstructed exactly.
 * @param {{exact: Uint8Array}} points
 * @param {number} n
 */
export const isExact = ({exact}, n) => Boolean((exact[n >> 3] >> (n & 7)) & 1);
