// Files that the page saves, of plots, charts and tables: their names, and downloads from Python.

import {answer, bytes, OWN} from '../../scripts/component.js';

/** @typedef {{preparing: string, saved: string, cut: string}} FileWords */

/**
 * Let the browser save a file.
 * @param {Blob} blob
 * @param {string} name
 */
export function save(blob, name) {
  const link = Object.assign(document.createElement('a'), {href: URL.createObjectURL(blob), download: name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

const MAX_PART = 60; // characters of each part of a file's name
const DIGEST = 8; // digits of a sha256 in a file's name

/**
 * What a file is about: the checkpoints, each with its name and sha256, what of them, and of which encoder.
 * @typedef {{files: [name: string, sha256: string][], what: string, encoder?: string}} About
 */

/**
 * The name of every file that the page makes, as `rich_tree-radius-a-1a2b3c4d.png`. `file_name` in `downloads.py` has
 * the rule; both are tested with the same cases.
 * @param {About} about
 * @param {string} kind
 */
export function fileName({files, what, encoder = ''}, kind) {
  const names = files.map(([name]) => checkpointPart(name)).join('-vs-') || 'tvae',
    digests = files.map(([, sha256]) => part(sha256.slice(0, DIGEST))),
    parts = [names, part(what).toLowerCase(), part(encoder).toLowerCase(), ...digests];
  return `${parts.filter(Boolean).join('-')}.${kind}`;
}

/** @param {string} name */
const checkpointPart = (name) =>
  name.startsWith(OWN) ? 'mine' : part(name.replace(/\.(pt|safetensors)$/, '')) || 'checkpoint';

/** @param {string} text */
const part = (text) =>
  text
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .slice(0, MAX_PART)
    .replace(/^[._-]+|[._-]+$/g, '');

/**
 * Request a file from Python, {name, base64} or {error}, save it, and show the progress in `status`.
 * @param {() => Promise<any>} ask
 * @param {Element} status
 * @param {FileWords} words
 */
export async function download(ask, status, words) {
  status.textContent = words.preparing;
  const file = await answer(ask, words.cut);
  status.textContent = file.error ?? words.saved.replace('{name}', file.name);
  if (!file.error) save(new Blob([bytes(file.base64)]), file.name);
}
