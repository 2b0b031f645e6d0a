// The ball as a disk. Gradio runs this file as the body of a function (element, trigger, server, props, ..., watch).
// Angles come from the digit tree and never change; radii are hyperbolic distances from the centre in the ball of all
// dimensions, computed anew for each frame while the centre moves. Lengths are CSS pixels, angles radians.
const PHRASES = {/* phrases */}, PALETTE = {/* palette */}, COLOUR = 'valuation '.trim(); // the first two from Python
const root = element.querySelector('.disk'), plot = root.querySelector('.disk-plot'), tip = root.querySelector('.strip-tip');
const legend = root.querySelector('.disk-legend'), status = root.querySelector('.disk-status');
const panel = root.querySelector('.disk-decoded');
const [base, over] = plot.querySelectorAll('canvas');
const N = 19683, TURN = 2 * Math.PI, CELL = TURN / N, WAY_MS = 450, SETTLED_MS = 400, KEPT = 4;
const kept = new Map();
let data = null, centre = -1, seat = null, runs = 0, moving = false, radii = new Float64Array(N), near = null, rim = 1, frames = 0, drawMs = 0;
let selected = new Set(), cursor = -1, handle = null, step = -1, style = null, frame = null, busy = '', decoding = false, greeted = false;
const x = new Float32Array(N), y = new Float32Array(N), tone = new Uint8Array(N);

// ---- the operations, which no checkpoint changes ----
const level = new Uint8Array(N), digit = new Uint8Array(N), cos = new Float64Array(N), sin = new Float64Array(N);
const angle = new Float64Array(N), atCell = new Uint16Array(N), levels = Array.from({length: 10}, () => []);
for (let n = 0; n < N; n++) {
  let rest = n, turned = 0, v = 9;
  for (let k = 0; k < 9; k++) {
    const d = rest % 3;
    if (d && v === 9) v = k;
    turned = 3 * turned + d;
    rest = (rest - d) / 3;
  }
  level[n] = v;
  digit[n] = n % 3;
  atCell[turned] = n;
  angle[n] = CELL * (turned + 0.5);
  cos[n] = Math.cos(angle[n]);
  sin[n] = Math.sin(angle[n]);
}
for (const n of atCell) levels[level[n]].push(n); // each level in the order of its angles
const trits = (n) => Array.from({length: 9}, (_, k) => Math.floor(n / 3 ** k) % 3 - 1);
const say = (key, values = {}) => PHRASES[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);

// ---- the ball ----
function unpack(text, c, flags) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)), D = (bytes.length - 4 * N) / (4 + 2 * N);
  const radius = new Float32Array(bytes.buffer, 0, N), scales = new Float32Array(bytes.buffer, 4 * N, D);
  const steps = new Int16Array(bytes.buffer, 4 * N + 4 * D), points = new Float64Array(N * D), squares = new Float64Array(N);
  for (let n = 0; n < N; n++) {
    let length = 0;
    for (let k = 0, at = n * D; k < D; k++, at++) length += (points[at] = scales[k] * steps[at] / 32767) ** 2;
    const norm = Math.tanh(Math.sqrt(c) * radius[n] / 2) / Math.sqrt(c), scale = norm / Math.max(Math.sqrt(length), 1e-15);
    for (let k = 0, at = n * D; k < D; k++, at++) points[at] *= scale;
    squares[n] = norm * norm;
  }
  const exact = Uint8Array.from(atob(flags), (letter) => letter.charCodeAt(0));
  return {D, c, points, squares, exact: (n) => exact[n >> 3] >> (n & 7) & 1};
}
const dot = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);
// Moebius addition, as tvae/ball.py has it; minus the centre added is the translation that takes the centre to 0.
function add(a, b) {
  const c = data.c, ab = dot(a, b), aa = dot(a, a), bb = dot(b, b), below = 1 + 2 * c * ab + c * c * aa * bb;
  return a.map((value, k) => ((1 + 2 * c * ab + c * bb) * value + (1 - c * aa) * b[k]) / Math.max(below, 1e-15));
}
function between(a, b, t) {
  const way = add(a.map((value) => -value), b), length = Math.sqrt(data.c * dot(way, way));
  if (length < 1e-15) return b;
  const part = Math.tanh(t * Math.atanh(Math.min(length, 1 - 1e-12))) / length;
  return add(a, way.map((value) => part * value));
}
// The norm of a translated point is tanh(sqrt(c) d / 2) / sqrt(c), d its distance from the centre: so d is what to compute.
function distance(points, n, square, from, own) {
  const {D, c} = data;
  let gap = 0;
  for (let k = 0, at = n * D; k < D; k++, at++) { const part = points[at] - from[k]; gap += part * part; }
  return 2 / Math.sqrt(c) * Math.asinh(Math.sqrt(c * gap / ((1 - c * square) * (1 - c * own))));
}
function radiiFrom(from, into) {
  const own = dot(from, from), {points, squares} = data;
  for (let n = 0; n < N; n++) into[n] = distance(points, n, squares[n], from, own);
  return into;
}
const pointOf = (n) => (n < 0 ? Array(data.D).fill(0) : Array.from(data.points.subarray(n * data.D, (n + 1) * data.D)));
function settle(point) {
  seat = point;
  radiiFrom(seat, radii);
  rim = radii.reduce((most, radius) => Math.max(most, radius), 1e-6) * 1.04;
}
function moveTo(n, tell) {
  if (!data) { centre = n; return; }
  const from = seat, to = pointOf(n), began = performance.now(), run = ++runs;
  centre = n;
  moving = true;
  describe(-1);
  if (tell) trigger('recentre', {id: n});
  const go = (now) => {
    if (run !== runs) return;
    const t = Math.min(1, Math.max(0, (now - began) / WAY_MS));
    settle(t < 1 ? between(from, to, t * t * (3 - 2 * t)) : to);
    frames++;
    moving = t < 1;
    draw();
    if (moving) requestAnimationFrame(go);
    else ask();
  };
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) go(Infinity);
  else requestAnimationFrame(go);
}

// ---- what is shown ----
async function load() {
  const {source} = props;
  root.hidden = Boolean(source && !source.ball);
  if (!source?.ball) { data = null; return; }
  busy = say('loading');
  if (!kept.has(source.key)) {
    if (!data) draw();
    status.textContent = busy;
    const answer = await tvae.answer(() => server.points({checkpoint: source.checkpoint, encoder: source.encoder}));
    if (source.key !== props.source?.key) return; // another was asked for meanwhile
    if (answer.error) { busy = answer.error; status.textContent = busy; draw(); return; }
    kept.set(source.key, {key: source.key, ...unpack(answer.points, answer.curvature, answer.exact)});
    if (kept.size > KEPT) kept.delete(kept.keys().next().value);
  }
  status.textContent = busy = '';
  data = kept.get(source.key);
  moving = false;
  runs++; // whatever was under way
  settle(pointOf(centre));
  paint();
  ask();
  if (!greeted) trigger('ready', {});
  greeted = true;
}
function pushed() {
  selected = new Set(Array.from(props.selected ?? []));
  paint();
}
// Colours change less often than places.
function paint() {
  if (!data) { draw(); return; }
  const target = [...selected].at(-1) ?? centre, {levels: steps, trits: signs, exact} = PALETTE;
  const by = props.colour ?? COLOUR;
  near = radiiFrom(pointOf(target), near ?? new Float64Array(N));
  const far = near.reduce((most, value) => Math.max(most, value), 1e-9);
  for (let n = 0; n < N; n++) {
    if (by === `first`) tone[n] = digit[n];
    else if (by === `exactness`) tone[n] = data.exact(n);
    else tone[n] = by === `nearness` ? 9 - Math.min(9, Math.floor(10 * near[n] / far)) : level[n];
  }
  tone.hues = by === `first` ? signs : by === `exactness` ? exact : steps;
  const name = target < 0 ? say('origin') : say('operation', {n: target});
  const labels = by === `first` ? ['\u2212', '0', '+'] : by === `exactness` ? [say('inexact'), say('exact')] :
    by === `nearness` ? steps.map((_, k) => (far * (10 - k) / 10).toFixed(2)) : steps.map((_, k) => k);
  const entry = (text, k) => {
    const swatch = Object.assign(document.createElement('i'), {className: 'disk-swatch'}), item = document.createElement('span');
    swatch.style.background = tone.hues[k];
    item.append(swatch, text);
    return item;
  };
  legend.replaceChildren(say(`legend_${by}`, {target: name}), ...labels.map(entry));
  draw();
}
// Places in the disk: 1 is its edge, where infinity lies, or the rim, a little beyond the farthest operation.
const even = () => props.rule === `even`;
const norm = (radius) => (even() ? radius / rim : Math.tanh(Math.sqrt(data.c) * radius / 2));
const radiusAt = (share) => (even() ? share * rim : 2 / Math.sqrt(data.c) * Math.atanh(Math.min(share, 0.9999)));
const at = (radius, turn) => [frame.x + frame.r * norm(radius) * Math.cos(turn), frame.y - frame.r * norm(radius) * Math.sin(turn)];
function locate() {
  for (let n = 0; n < N; n++) {
    const share = frame.r * norm(radii[n]);
    x[n] = frame.x + share * cos[n];
    y[n] = frame.y - share * sin[n];
  }
}

// Drawing is in disk_draw.js, picking and decoding in disk_interaction.js; Python puts both here.

// ---- life ----
new ResizeObserver(() => draw()).observe(plot);
new MutationObserver(() => draw()).observe(document.body, {attributeFilter: ['class']});
root.tvae = {
  get count() { return data ? N : 0; }, get key() { return data?.key ?? ''; }, get centre() { return centre; },
  get moving() { return moving; }, get frames() { return frames; }, get drawMs() { return drawMs; }, get cursor() { return cursor; },
  get selected() { return [...selected]; }, get radii() { return Array.from(radii); }, get handle() { return handle; },
  get seat() { return Array.from(seat); }, get colour() { return props.colour ?? COLOUR; }, get inWords() { return inWords(); },
  get step() { return step; },
  angle: (n) => angle[n], point: pointOf, screen: (n) => [x[n] + corner()[0], y[n] + corner()[1]],
  place: (radius, turn) => at(radius, turn).map((u, k) => u + corner()[k]),
  showStep: (k) => { step = k; drawOver(); }, moveTo: (n) => moveTo(n, false),
};
function commanded() { if (props.move && props.move.centre !== centre) moveTo(props.move.centre, false); }
function pointed() { if (props.mark) { hold(...props.mark, false); setDecoding(true); } }
commanded();
pushed();
load();
pointed();
// Gradio takes any quoted word in this file for an event, which would shadow the property of that name: hence the space.
const on = (names, act) => watch(names.trim().split(' '), act);
on('source ', load);
on('selected turn', pushed);
on('colour rule', paint);
on('move ', commanded);
on('mark ', pointed);
on('path ', () => { step = -1; drawOver(); });
