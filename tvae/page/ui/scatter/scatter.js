// The radius-against-valuation plot. Gradio runs this file as the body of a function (element, trigger, props, ..., watch).
// Two canvases: `base` holds the axes and all points, `over` what changes while the pointer moves. Lengths are CSS pixels.
const PHRASES = {/* phrases */}; // from Python
const root = element.querySelector('.strip'), plot = root.querySelector('.strip-plot'), tip = root.querySelector('.strip-tip');
const [base, over] = plot.querySelectorAll('canvas');
const COLUMNS = [-0.5, 9.5], JITTER = 0.37, GOLDEN = 0.6180339887498949, MAX_LABELS = 12, MAX_OUTLINES = 400;
const DENSE = 100, GREY = '#8b93a1';
let data = null, series = null, shown = '', home = null, view = null, frame = null, style = null, drawMs = 0, verdict = '';
let selected = new Set(), names = new Map(), cursor = -1, tool = 'lasso', gesture = null;
const pointers = new Map();

// ---- data ----
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const exact = (i) => data.exact[i >> 3] >> (i & 7) & 1;
const trits = (n) => Array.from({length: 9}, (_, k) => Math.floor(n / 3 ** k) % 3 - 1);
const measureName = () => (data.encoders[props.encoder][props.measure] ? props.measure : 'radius');
const say = (key, values = {}) => PHRASES[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const title = () => say('titled', {measure: data.titles[measureName()], encoder: props.encoder});

function unpack(packed, level) {
  const cells = new Uint16Array(bytes(packed.q).buffer);
  packed.values = Float64Array.from(cells, (n, i) => packed.start[level[i]] + (n + 0.5) * packed.step[level[i]]);
}
function load() {
  const key = data?.key;
  data = props.value ? JSON.parse(props.value) : null;
  if (data) {
    data.level = bytes(data.level);
    data.exact = bytes(data.exact);
    Object.values(data.encoders).flatMap(Object.values).forEach((packed) => unpack(packed, data.level));
    data.groups = data.colours.map(() => []);
    data.level.forEach((v, i) => data.groups[v].push(i));
    data.x = new Float64Array(data.level.length);
    const jitter = (rank) => JITTER * (2 * ((0.5 + rank * GOLDEN) % 1) - 1);
    data.groups.forEach((ids, v) => ids.forEach((i, rank) => { data.x[i] = v + jitter(rank); }));
    if (key !== data.key) { shown = ''; view = null; cursor = -1; }
  }
  chooseSeries();
}
function chooseSeries() {
  const before = shown;
  series = data?.encoders[props.encoder][measureName()];
  if (series) {
    shown = title();
    const [low, high] = props.range?.[props.encoder]?.[measureName()] ??
      [Math.min(...series.stats.map((row) => row[0])), Math.max(...series.stats.map((row) => row[2]))];
    const pad = 0.04 * (high - low) || 0.1;
    const whole = !view || view.join() === home.join(); // points that move under a view of all are all seen again
    home = [...COLUMNS, low - pad, high + pad];
    if (whole || before !== shown) view = [...(whole ? home : view).slice(0, 2), ...home.slice(2)];
    const n = series.overlaps.length;
    verdict = n ? say('overlaps', {count: n}) : say('apart');
  }
  draw();
}
function pushed() {
  selected = new Set(Array.from(props.selected ?? []));
  names = new Map(Array.isArray(props.labels) ? Array.from(props.labels, (text, k) => [props.selected[k], text]) : []);
  draw();
}

// ---- geometry ----
const xAt = (u) => frame.left + (u - view[0]) / (view[1] - view[0]) * frame.width;
const yAt = (u) => frame.top + (view[3] - u) / (view[3] - view[2]) * frame.height;
const at = (i) => [xAt(data.x[i]), yAt(series.values[i])];
const between = (u, low, size) => u >= low && u <= low + size;
const within = (ex, ey) => between(ex, frame.left, frame.width) && between(ey, frame.top, frame.height);
const area = ([a, b, c, d]) => (b - a) * (d - c);
const magnification = () => Math.sqrt(area(home) / area(view));
const dotSize = (v) => (1.05 + 0.24 * v) * Math.min(2.6, magnification() ** 0.4);

function setView(next, followed = false) {
  for (const [a, b] of [[0, 1], [2, 3]]) {
    const whole = home[b] - home[a], width = Math.min(whole, Math.max(next[b] - next[a], whole / 2000));
    next[a] = Math.min(Math.max(next[a], home[a]), home[b] - width);
    next[b] = next[a] + width;
  }
  view = next;
  draw();
  const partner = root.dataset.partner && document.querySelector(`${root.dataset.partner} .strip`);
  if (partner && !followed) partner.tvae?.follow(view, home);
}
function move(dx, dy, from = view) {
  const du = dx / frame.width * (from[1] - from[0]), dv = -dy / frame.height * (from[3] - from[2]);
  setView([from[0] - du, from[1] - du, from[2] - dv, from[3] - dv]);
}
function zoom(factor, ex, ey) {
  const [a, b, c, d] = view;
  const u = a + (ex - frame.left) / frame.width * (b - a), v = d - (ey - frame.top) / frame.height * (d - c);
  setView([u + (a - u) * factor, u + (b - u) * factor, v + (c - v) * factor, v + (d - v) * factor]);
}
function zoomCentre(factor) {
  const seen = cursor >= 0 && within(...at(cursor));
  zoom(factor, ...(seen ? at(cursor) : [frame.left + frame.width / 2, frame.top + frame.height / 2]));
}
function nearest(ex, ey, reach) {
  let best = -1, near = reach ** 2;
  for (let i = 0; i < data.x.length; i++) {
    const u = xAt(data.x[i]), v = yAt(series.values[i]), distance = (u - ex) ** 2 + (v - ey) ** 2;
    if (distance < near && within(u, v)) { near = distance; best = i; }
  }
  return best;
}
function enclosed(path) {
  const odd = (a, b) => path.reduce((inside, [u, v], k) => {
    const [s, t] = path.at(k - 1);
    return (v > b) !== (t > b) && a < (s - u) * (b - v) / (t - v) + u ? !inside : inside;
  }, false);
  return Array.from(data.x.keys()).filter((i) => within(...at(i)) && odd(...at(i)));
}

// Drawing is in draw.js, files in export.js, which Python puts here.

// ---- picking ----
function choose(ids, add, event) {
  if (!ids.length && (add || !selected.size)) return;
  selected = new Set(add ? [...selected, ...ids] : ids);
  names.clear();
  draw();
  if (ids.length) trigger(event, {ids, add});
  else trigger('clear', {});
}
const held = (e) => e.ctrlKey || e.metaKey || e.shiftKey;
const corner = () => { const {left, top} = plot.getBoundingClientRect(); return [left, top]; };
const place = (e) => [e.clientX - corner()[0], e.clientY - corner()[1]];
const reach = (e) => (e.pointerType === 'touch' ? 18 : 9);

function pinch(e) {
  const [a, b] = pointers.values(), before = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, Math.hypot(a[0] - b[0], a[1] - b[1])];
  pointers.set(e.pointerId, place(e));
  const [c, d] = pointers.values(), after = [(c[0] + d[0]) / 2, (c[1] + d[1]) / 2, Math.hypot(c[0] - d[0], c[1] - d[1])];
  zoom(before[2] / Math.max(1, after[2]), before[0], before[1]);
  move(after[0] - before[0], after[1] - before[1]);
}
function drag(x, y) {
  const [a, b] = gesture.start;
  gesture.moved ||= Math.hypot(x - a, y - b) > 4;
  if (!gesture.moved) return;
  if (gesture.tool === 'pan') { move(x - a, y - b, gesture.view); return; }
  if (gesture.box) gesture.path = [[a, b], [x, b], [x, y], [a, y]];
  else gesture.path.push([x, y]);
  drawOver();
}
plot.addEventListener('pointerdown', (e) => {
  if (!series || e.button) return;
  pointers.set(e.pointerId, place(e));
  plot.setPointerCapture(e.pointerId);
  describe(-1);
  cursor = -1;
  const start = place(e);
  gesture = pointers.size > 1 ? null : {start, path: [start], tool, box: e.shiftKey, view, moved: false};
  drawOver();
});
plot.addEventListener('pointermove', (e) => {
  if (!series) return;
  if (pointers.size > 1 && pointers.has(e.pointerId)) pinch(e);
  else if (gesture) drag(...place(e));
  else if (!pointers.size) describe(nearest(...place(e), reach(e)));
});
plot.addEventListener('pointerup', (e) => {
  const done = gesture;
  pointers.delete(e.pointerId);
  gesture = null;
  if (!done) return;
  drawOver();
  if (!done.moved) { const i = nearest(...place(e), reach(e)); choose(i < 0 ? [] : [i], held(e), 'pick'); }
  else if (done.tool === 'lasso') choose(enclosed(done.path), e.ctrlKey || e.metaKey, 'lasso');
});
plot.addEventListener('pointercancel', (e) => { pointers.delete(e.pointerId); gesture = null; draw(); });
plot.addEventListener('pointerleave', () => describe(-1));
plot.addEventListener('dblclick', () => series && setView([...home]));
plot.addEventListener('wheel', (e) => {
  const wanted = e.ctrlKey || e.metaKey || document.activeElement === plot;
  // A page that is scrolled past the plot goes on scrolling: at the full view there is nothing to zoom out of.
  if (!series || !wanted || !e.deltaY || (e.deltaY > 0 && !e.ctrlKey && magnification() < 1.001)) return;
  e.preventDefault();
  const turned = e.deltaY * (e.deltaMode ? 33 : 1);
  zoom(Math.exp(0.0022 * Math.min(100, Math.max(-100, turned))), ...place(e));
  describe(-1);
}, {passive: false});

// ---- keyboard and tools ----
function step(key) {
  const sorted = (v) => data.groups[v].toSorted((a, b) => series.values[a] - series.values[b]);
  if (cursor < 0) cursor = sorted(0).at(-1);
  else if (key === 'ArrowUp' || key === 'ArrowDown') {
    const ids = sorted(data.level[cursor]);
    cursor = ids[ids.indexOf(cursor) + (key === 'ArrowUp' ? 1 : -1)] ?? cursor;
  } else {
    const ids = data.groups[data.level[cursor] + (key === 'ArrowRight' ? 1 : -1)] ?? [cursor], here = series.values[cursor];
    cursor = ids.reduce((best, i) => (Math.abs(series.values[i] - here) < Math.abs(series.values[best] - here) ? i : best));
  }
  if (within(...at(cursor))) drawOver();
  else move(frame.left + frame.width / 2 - at(cursor)[0], frame.top + frame.height / 2 - at(cursor)[1]);
  describe(cursor);
}
function setTool(next) {
  tool = next;
  plot.classList.toggle('pan', tool === 'pan');
  for (const button of root.querySelectorAll('[aria-pressed]')) button.ariaPressed = String(button.dataset.tool === tool);
}
const actions = {
  lasso: () => setTool('lasso'), pan: () => setTool('pan'), in: () => zoomCentre(0.625), out: () => zoomCentre(1.6),
  home: () => setView([...home]), png: savePng, svg: saveSvg, json: saveJson,
};
const keys = {'+': actions.in, '=': actions.in, '-': actions.out, 0: actions.home};
plot.addEventListener('keydown', (e) => {
  if (!series) return;
  if (e.key.startsWith('Arrow')) step(e.key);
  else if (e.key === 'Enter' && cursor >= 0) choose([cursor], held(e), 'pick');
  else if (e.key === 'Escape') { cursor = -1; gesture = null; describe(-1); choose([], false); drawOver(); }
  else if (keys[e.key] && !e.ctrlKey && !e.metaKey) keys[e.key]();
  else return;
  e.preventDefault();
});
root.querySelector('.strip-tools').addEventListener('click', (e) => {
  if (series) actions[e.target.closest('button')?.dataset.tool]?.();
});

// ---- life ----
root.querySelector('[data-tool=json]').hidden = !hasFigure();
new ResizeObserver(draw).observe(plot);
new MutationObserver(draw).observe(document.body, {attributeFilter: ['class']});
root.tvae = {
  get count() { return data?.x.length ?? 0; }, get encoder() { return props.encoder; }, get measure() { return measureName(); },
  get selected() { return [...selected]; }, get view() { return [...view]; }, get verdict() { return verdict; },
  get drawMs() { return drawMs; },
  // Where another plot went; only plots with the same axes go together.
  follow: (there, whole) => { if (series && whole.join() === home.join()) setView([...there], true); },
  screen: (i) => at(i).map((u, k) => u + corner()[k]),
};
pushed();
load();
watch('value', load);
// Gradio takes any quoted word in this file for an event, which would shadow the property of that name: hence split().
watch('encoder measure range'.split(' '), chooseSeries);
watch('selected labels turn'.split(' '), pushed);
