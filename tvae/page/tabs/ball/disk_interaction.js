// What one does with the disk: looking at an operation, picking, moving the centre, decoding, saving. Part of disk.js.
const corner = () => { const {left, top} = plot.getBoundingClientRect(); return [left, top]; };
const place = (e) => [e.clientX - corner()[0], e.clientY - corner()[1]];
const reach = (e) => (e.pointerType === 'touch' ? 18 : 9);
const held = (e) => e.ctrlKey || e.metaKey || e.shiftKey;
const tag = (name, text, css = '') => Object.assign(document.createElement(name), {textContent: text, className: css});
function nearest(u, v, far) {
  let best = -1, least = far ** 2;
  for (let n = 0; n < N; n++) {
    const gap = (x[n] - u) ** 2 + (y[n] - v) ** 2 - level[n]; // a dot of a high level is larger and lies on top
    if (gap < least) { least = gap; best = n; }
  }
  return best;
}
function describe(n) {
  tip.hidden = n < 0;
  if (n < 0) return;
  const row = tag('div', '', 'strip-trits');
  row.append(...trits(n).map((t) => tag('span', '\u22120+'[t + 1], ['minus', 'zero', 'plus'][t + 1])));
  const from = centre < 0 ? say('origin') : say('operation', {n: centre});
  tip.replaceChildren(tag('b', say('operation', {n})), row, tag('div', say('valuation', {v: level[n]})),
    tag('div', say('distance', {from, radius: radii[n].toFixed(4)})), tag('div', data.exact(n) ? say('exact') : say('inexact')));
  const left = x[n] + 14 + tip.offsetWidth < plot.clientWidth ? x[n] + 14 : x[n] - 14 - tip.offsetWidth;
  const top = Math.min(Math.max(4, y[n] - tip.offsetHeight - 10), plot.clientHeight - tip.offsetHeight - 4);
  tip.style.transform = `translate(${Math.max(4, left)}px, ${top}px)`;
}
function choose(ids, add) {
  if (!ids.length && (add || !selected.size)) return;
  selected = new Set(add ? [...selected, ...ids] : ids);
  paint();
  if (ids.length) trigger('pick', {ids, add});
  else trigger('clear', {});
}

// ---- decoding a point: one request under way, the last place wins ----
let asking = false, changed = false, telling = 0;
async function ask() {
  changed = true;
  if (asking || moving || !handle || !decoding || !data) return;
  asking = true;
  while (changed) {
    changed = false;
    const {checkpoint, encoder} = props.source, {radius, turn} = handle;
    const {html, error} = await tvae.answer(() => server.decode({checkpoint, encoder, centre, radius, angle: turn}));
    if (error) panel.textContent = error;
    else panel.innerHTML = html;
    panel.dataset.place = `${radius} ${turn}`;
  }
  asking = false;
}
function hold(radius, degrees, tell) {
  handle = {radius: Math.max(0, radius), turn: ((degrees % 360) + 360) % 360 * TURN / 360};
  drawOver();
  ask();
  if (!tell) return;
  clearTimeout(telling);
  const told = {radius: Number(handle.radius.toFixed(4)), angle: Number((handle.turn * 360 / TURN).toFixed(3))};
  telling = setTimeout(() => trigger('placed', told), SETTLED_MS);
}
function holdAt(u, v) {
  const share = Math.min(0.995, Math.hypot(u - frame.x, v - frame.y) / frame.r);
  hold(radiusAt(share), Math.atan2(frame.y - v, u - frame.x) * 360 / TURN, true);
}
function setDecoding(on) {
  decoding = on;
  panel.hidden = !on;
  plot.classList.toggle('decoding', on);
  root.querySelector('[data-do=decode]').ariaPressed = String(on);
  if (on && !handle && data) {
    const n = cursor >= 0 ? cursor : [...selected].at(-1) ?? 3;
    hold(radii[n] || 0.5, angle[n] * 360 / TURN, true);
  } else if (data) drawOver();
  ask();
}

// ---- pointer ----
let dragging = false, pressed = [0, 0]; // a click's own place is rounded to whole pixels
plot.addEventListener('pointerdown', (e) => {
  if (!data || e.button) return;
  describe(-1);
  cursor = -1;
  pressed = place(e);
  dragging = decoding;
  if (dragging) { plot.setPointerCapture(e.pointerId); holdAt(...pressed); }
});
plot.addEventListener('pointermove', (e) => {
  if (!data || moving) return;
  if (dragging) holdAt(...place(e));
  else describe(nearest(...place(e), reach(e)));
});
plot.addEventListener('pointercancel', () => { dragging = false; });
plot.addEventListener('pointerleave', () => describe(-1));
plot.addEventListener('click', (e) => {
  const was = dragging;
  dragging = false;
  if (!data || was || e.detail > 1) return; // the second click of a double one picks nothing
  const n = nearest(...pressed, reach(e));
  choose(n < 0 ? [] : [n], held(e));
});
plot.addEventListener('dblclick', (e) => {
  if (!data || decoding) return;
  const n = nearest(...pressed, reach(e));
  if (n >= 0 && n !== centre) moveTo(n, true);
});

// ---- keyboard and tools ----
// Along its level by angle, and to the level further in or out at the nearest angle.
function walkCursor(key) {
  if (cursor < 0) { cursor = [...selected].at(-1) ?? 0; return; }
  const ids = levels[level[cursor]], along = {ArrowLeft: 1, ArrowRight: -1}[key];
  if (along) { cursor = ids.at((ids.indexOf(cursor) + along) % ids.length); return; }
  const next = levels[level[cursor] + (key === 'ArrowUp' ? -1 : 1)];
  const gap = (n) => Math.abs(((angle[n] - angle[cursor] + 1.5 * TURN) % TURN) - TURN / 2);
  if (next) cursor = next.reduce((best, n) => (gap(n) < gap(best) ? n : best));
}
function nudge(key, large) {
  const by = large ? 5 : 1, degrees = handle.turn * 360 / TURN;
  const [out, turned] = {ArrowUp: [0.05, 0], ArrowDown: [-0.05, 0], ArrowLeft: [0, 1], ArrowRight: [0, -1]}[key];
  hold(handle.radius + out * by, degrees + turned * by, true);
}
const inHand = () => (cursor >= 0 ? cursor : [...selected].at(-1) ?? -1);
const actions = {
  centre: () => { if (inHand() >= 0) moveTo(inHand(), true); else status.textContent = say('none_to_centre'); },
  origin: () => moveTo(-1, true), decode: () => setDecoding(!decoding), png: () => savePng(), svg: () => saveSvg(), json: () => saveJson(),
};
const keys = {c: actions.centre, 0: actions.origin, d: actions.decode};
plot.addEventListener('keydown', (e) => {
  if (!data || e.altKey) return;
  if (e.key.startsWith('Arrow')) {
    if (decoding && handle) nudge(e.key, e.shiftKey);
    else { walkCursor(e.key); drawOver(); describe(cursor); }
  } else if (e.key === 'Enter' && cursor >= 0) choose([cursor], held(e));
  else if (e.key === 'Escape') { cursor = -1; describe(-1); choose([], false); drawOver(); }
  else if (keys[e.key] && !e.ctrlKey && !e.metaKey) keys[e.key]();
  else return;
  e.preventDefault();
});
root.addEventListener('click', (e) => {
  const button = e.target.closest('button');
  if (!button) return;
  status.textContent = '';
  if (data) actions[button.dataset.do]?.();
  if (button.dataset.index) choose([Number(button.dataset.index)], held(e));
});

// ---- files ----
function save(blob, suffix) {
  tvae.save(blob, `tvae-${data.key}-${centre < 0 ? 'origin' : centre}`.replace(/[^\w.-]+/g, '_') + suffix);
}
function savePng() {
  const canvas = Object.assign(document.createElement('canvas'), {width: base.width, height: base.height});
  for (const layer of [base, over]) canvas.getContext('2d').drawImage(layer, 0, 0);
  canvas.toBlob((blob) => save(blob, '.png'));
}
// A dot is a stroke of no length with a round end: a tenth of the bytes of as many circles.
function saveSvg() {
  const groups = new Map(), side = 2 * frame.r + 40, [dx, dy] = [side / 2 - frame.x, side / 2 - frame.y];
  const spot = (n) => `M${(x[n] + dx).toFixed(1)} ${(y[n] + dy).toFixed(1)}h0`;
  const put = (n, colour, size) => {
    const key = `stroke="${colour}" stroke-width="${size.toFixed(1)}"`;
    groups.set(key, (groups.get(key) ?? '') + spot(n));
  };
  for (const ids of levels) for (const n of ids) put(n, selected.size ? GREY : tone.hues[tone[n]], 2 * dot_size(level[n]));
  for (const n of selected) put(n, tone.hues[tone[n]], 2 * dot_size(level[n]) + 4);
  const dots = [...groups].map(([key, path]) => `<path ${key} d="${path}"/>`).join('');
  const round = (radius) => `<circle cx="${side / 2}" cy="${side / 2}" r="${radius.toFixed(1)}"/>`;
  const curve = props.path ? `<path stroke="${style.accent}" stroke-width="2" d="M${way().map(([u, v]) =>
    `${(u + dx).toFixed(1)} ${(v + dy).toFixed(1)}`).join('L')}"/>` : '';
  const grid = [...rings().map(([radius]) => frame.r * norm(radius)), frame.r].map(round).join('');
  const title = `<title>${inWords().replace(/[&<]/g, (sign) => `&#${sign.charCodeAt(0)};`)}</title>`;
  save(new Blob([`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" fill="none" stroke-linecap="round">${title}` +
    `<g stroke="#888" stroke-width="0.6">${grid}</g><g stroke-opacity="0.8">${dots}</g>${curve}</svg>`], {type: 'image/svg+xml'}), '.svg');
}
// A Plotly figure: what is seen, a trace for each level, in units of the disk's radius from its centre.
function saveJson() {
  const short = (u) => Number((u / frame.r).toFixed(4));
  const traces = levels.map((ids, v) => ({
    type: 'scattergl', mode: 'markers', name: String(v), text: [...ids].map(String),
    x: [...ids].map((n) => short(x[n] - frame.x)), y: [...ids].map((n) => short(frame.y - y[n])),
    marker: {color: [...ids].map((n) => tone.hues[tone[n]]), size: 2 * dot_size(v)},
  }));
  const axis = {range: [-1.05, 1.05], visible: false}, layout = {title: {text: inWords().split('.')[0]}};
  const figure = {data: traces, layout: {...layout, xaxis: axis, yaxis: {...axis, scaleanchor: 'x'}}};
  save(new Blob([JSON.stringify(figure)], {type: 'application/json'}), '.json');
}
