// Whether the server answers: one check at a time, with growing pauses between them while it does not. A page that nobody
// sees does not ask, since each request keeps a server awake, or wakes it up.

/**
 * `changed`: it answers, but serves another version of the page, whose events this one does not know.
 * @typedef {'here' | 'away' | 'changed'} State
 */

/**
 * @typedef {object} Server
 * @property {() => State} state
 * @property {(act: (state: State) => void) => void} watch calls `act` when the state has changed
 * @property {() => Promise<void>} check asks the server at once, or as soon as somebody sees the page
 * @property {() => void} wake asks the server at once if that is due: somebody sees the page, or its network is back
 * @property {(failed: number) => Promise<void>} answers waits until the server answers; `failed`: how often in a row a
 *   request has failed, which also waits if the server answers others
 */

export const FIRST = 1000; // ms before the second check
export const LONGEST = 15_000;
const PATIENCE = 10_000; // ms for one check

/**
 * The pause after a number of failed checks, in milliseconds. It differs from page to page, so that all those that a
 * server has lost do not return at the same moment.
 * @param {number} failed
 * @param {() => number} random
 */
export const pause = (failed, random = Math.random) => Math.min(FIRST * 2 ** failed, LONGEST) * (0.75 + random() / 2);

/**
 * Ask for a script of this version of the page. A proxy may answer with a page of its own.
 * @param {string} address
 * @param {typeof fetch} request
 * @returns {Promise<State>}
 */
export async function ask(address, request) {
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    const answer = await request(address, {method: 'HEAD', cache: 'no-store', signal});
    const type = answer.headers.get('content-type') ?? '';
    if (answer.ok && type.startsWith('text/javascript')) return 'here';
    return answer.status === 404 && type.startsWith('application/json') ? 'changed' : 'away';
  } catch {
    return 'away';
  }
}

/**
 * @param {() => Promise<State>} asked
 * @param {(act: () => void, milliseconds: number) => () => void} later returns a function that cancels it
 * @param {() => number} random
 * @param {() => boolean} seen whether somebody sees the page
 * @returns {Server}
 */
export function watchServer(asked, later, random = Math.random, seen = () => true) {
  /** @type {State} */
  let state = 'here';
  let failures = 0;
  let due = false; // a check, once somebody sees the page
  /** @type {Promise<void> | undefined} */
  let checking;
  let cancel = () => {};
  /** @type {((state: State) => void)[]} */
  const watching = [];
  /** @type {(() => void)[]} */
  const waiting = [];

  async function look() {
    cancel();
    const found = await asked();
    checking = undefined;
    failures = found === 'away' ? failures + 1 : 0;
    if (found === 'away') cancel = later(check, pause(failures - 1, random));
    if (found !== state) {
      state = found;
      for (const act of watching) act(state);
    }
    if (found === 'here') for (const done of waiting.splice(0)) done();
  }

  async function check() {
    due = !seen();
    if (due) return;
    checking ??= look();
    await checking;
  }

  function wake() {
    if (due || state !== 'here') check();
  }

  /** @param {number} failed */
  async function answers(failed) {
    if (failed > 1) await new Promise((done) => later(() => done(undefined), pause(failed - 2, random)));
    await new Promise((done) => {
      waiting.push(() => done(undefined));
      check();
    });
  }
  return {state: () => state, watch: (act) => watching.push(act), check, wake, answers};
}

/**
 * What `attempt` returns, which is made again whenever it has failed and the server answers. Throws what it throws if
 * `isLast` says of a failure, and how many there were, that no attempt follows.
 * @template T
 * @param {Server} server
 * @param {() => Promise<T>} attempt
 * @param {(failed: number) => boolean} isLast
 * @returns {Promise<T>}
 */
export async function untilDone(server, attempt, isLast) {
  for (let failed = 1; ; failed++) {
    try {
      return await attempt();
    } catch (error) {
      if (isLast(failed)) throw error;
      await server.answers(failed);
    }
  }
}
