// Answers of Python that scripts keep, so that nothing is asked for twice.

import {answer} from '../component.js';

/**
 * @template T
 * @typedef {object} Kept answers of Python by their keys
 * @property {(key: string) => T | undefined} get
 * @property {(key: string, ask: () => Promise<any>, unpack: (found: any) => T) => Promise<string>} fetch keeps an answer,
 *   which is asked for once even if it is wanted again meanwhile; gives the sentence of an error, or ''
 */

/**
 * @param {number} most answers that are kept, the newest
 * @param {string} cut
 * @returns {Kept<any>}
 */
export function keptAnswers(most, cut) {
  /** @type {Map<string, any>} */
  const kept = new Map();
  /** @type {Map<string, Promise<string>>} */
  const coming = new Map();
  /** @type {Kept<any>['fetch']} */
  async function arrived(key, ask, unpack) {
    const found = await answer(ask, cut);
    coming.delete(key);
    if (found.error) return found.error;
    kept.set(key, unpack(found));
    if (kept.size > most) kept.delete([...kept.keys()][0]);
    return '';
  }
  return {
    get: (key) => kept.get(key),
    async fetch(key, ask, unpack) {
      if (kept.has(key)) return '';
      if (!coming.has(key)) coming.set(key, arrived(key, ask, unpack));
      return /** @type {Promise<string>} */ (coming.get(key));
    },
  };
}
