// How the disk is drawn; runs in the same function as disk.js and shares its names.
const GREY = '#8b93a1', MAX_LABELS = 12, MAX_OUTLINES = 400;
const dot_size = (v) => 1 + 0.32 * v;
function surface(canvas) {
  // Pixels are written by the processor in each frame: a canvas in its memory spares the way to the GPU and back.
  const g = canvas.getContext('2d', {willReadFrequently: true}), q = devicePixelRatio, width = Math.round(plot.clientWidth * q);
  const height = Math.round(plot.clientHeight * q);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, {width, height});
  g.setTransform(q, 0, 0, q, 0, 0);
  g.clearRect(0, 0, plot.clientWidth, plot.clientHeight);
  return g;
}
function draw() {
  const width = plot.clientWidth, height = plot.clientHeight;
  if (!width) return;
  const began = performance.now(), css = getComputedStyle(root);
  style = {ink: css.color, back: css.backgroundColor, accent: css.getPropertyValue('--disk-way'), font: css.fontFamily};
  frame = {x: width / 2, y: height / 2, r: Math.min(width, height) / 2 - 24};
  const g = surface(base);
  if (data) { locate(); drawCloud(g); drawGrid(g); }
  else write(g, busy || say('loading'), width / 2, height / 2);
  drawOver();
  if (!moving) plot.setAttribute('aria-label', inWords());
  drawMs = performance.now() - began;
}
function inWords() {
  if (!data) return busy || say('loading');
  const name = centre < 0 ? say('origin') : say('operation', {n: centre}), encoder = props.source.encoder;
  const most = Math.max(...radii).toFixed(3), mean = levels.map((ids) => ids.reduce((sum, n) => sum + radii[n], 0) / ids.length);
  return say('words', {encoder, centre: name, most, means: mean.map((m, v) => `${v}: ${m.toFixed(2)}`).join(', '),
    selected: selected.size});
}
const masks = new Map();
function disc(radius) {
  const key = radius.toFixed(2);
  if (masks.has(key)) return masks.get(key);
  const reach = Math.ceil(radius), mask = [];
  for (let dy = -reach; dy <= reach; dy++) for (let dx = -reach; dx <= reach; dx++) {
    const cover = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(dx, dy)));
    if (cover) mask.push(dx, dy, cover);
  }
  masks.set(key, mask);
  return mask;
}
const rgb = (colour) => [5, 3, 1].reduce((sum, k) => sum << 8 | parseInt(colour.slice(k, k + 2), 16), 0);
// Writing the pixels of 19,683 discs is some ten times faster than as many canvas calls where no GPU helps.
function drawCloud(g) {
  const image = g.createImageData(base.width, base.height), hues = tone.hues.map(rgb), grey = rgb(GREY), some = selected.size;
  levels.forEach((ids, v) => {
    const size = dot_size(v) * devicePixelRatio;
    for (const n of ids) stamp(image, n, size, some ? grey : hues[tone[n]], some ? 0.3 + 0.05 * v : 0.75);
  });
  for (const n of selected) stamp(image, n, (dot_size(level[n]) + 1) * devicePixelRatio, hues[tone[n]], 1);
  g.putImageData(image, 0, 0);
}
function stamp(image, n, radius, colour, strength) {
  const {width, height} = image, q = devicePixelRatio, mask = disc(radius), left = Math.round(x[n] * q), top = Math.round(y[n] * q);
  const pixels = image.pixels ??= new Uint32Array(image.data.buffer);
  for (let k = 0; k < mask.length; k += 3) {
    const column = left + mask[k], row = top + mask[k + 1];
    if (column < 0 || row < 0 || column >= width || row >= height) continue;
    const before = pixels[row * width + column] >>> 24;
    pixels[row * width + column] = (before + (255 - before) * mask[k + 2] * strength) << 24 | colour;
  }
}
const circle = (u, v, r) => { const path = new Path2D(); path.arc(u, v, r, 0, TURN); return path; };
const line = (g, points) => g.stroke(new Path2D(`M${points.map((point) => point.join(' ')).join('L')}`));
function write(g, words, u, v, {size = 12, weight = 400, align = 'center', alpha = 1, colour = style.ink} = {}) {
  Object.assign(g, {font: `${weight} ${size}px ${style.font}`, textAlign: align, fillStyle: colour, globalAlpha: alpha});
  g.fillText(words, u, v);
}
function rings() {
  const most = even() ? rim : 6 / Math.sqrt(data.c), step = [0.1, 0.2, 0.5, 1, 2, 5].find((size) => most / size <= 7) ?? 10;
  return Array.from({length: Math.floor(most / step)}, (_, k) => [(k + 1) * step, ((k + 1) * step).toFixed(step < 1 ? 1 : 0)]);
}
// What lies behind the points is drawn after them, the topmost first.
function drawGrid(g) {
  g.globalCompositeOperation = 'destination-over';
  let free = frame.r;
  for (const [radius, text] of rings().reverse()) {
    const [u, v] = at(radius, 0);
    Object.assign(g, {strokeStyle: style.ink, globalAlpha: 0.16, lineWidth: 1});
    g.stroke(circle(frame.x, frame.y, u - frame.x));
    if (u - frame.x > free - 18) continue;
    free = u - frame.x;
    write(g, text, u, v - 3, {size: 10.5, alpha: 0.8});
  }
  for (let k = 0; k < 9; k++) {
    const turn = k * TURN / 9, edge = k % 3 ? 0.985 : 0, [c, s] = [Math.cos(turn), -Math.sin(turn)];
    Object.assign(g, {strokeStyle: style.ink, globalAlpha: k % 3 ? 0.6 : 0.22, lineWidth: 1});
    line(g, [edge, 1].map((share) => [frame.x + share * frame.r * c, frame.y + share * frame.r * s]));
  }
  Object.assign(g, {strokeStyle: style.ink, globalAlpha: 0.55, lineWidth: 1.2});
  g.stroke(circle(frame.x, frame.y, frame.r));
  Object.assign(g, {globalAlpha: 1, fillStyle: style.back});
  g.fillRect(0, 0, plot.clientWidth, plot.clientHeight);
  g.globalCompositeOperation = 'source-over';
  ['\u2212', '0', '+'].forEach((sign, k) => {
    const turn = (k + 0.5) * TURN / 3, u = frame.x + (frame.r + 13) * Math.cos(turn), v = frame.y - (frame.r + 13) * Math.sin(turn);
    Object.assign(g, {fillStyle: PALETTE.trits[k], globalAlpha: 1});
    g.fill(new Path2D(`M${u - 8} ${v - 8}h16v16h-16z`));
    write(g, sign, u, v + 4, {weight: 700, colour: '#fff'});
  });
}
function drawOver() {
  if (!frame) return;
  const g = surface(over);
  if (!data) return;
  const chosen = [...selected];
  Object.assign(g, {lineWidth: 1.5, strokeStyle: style.ink, globalAlpha: 1});
  if (chosen.length <= MAX_OUTLINES) for (const n of chosen) ring(g, n, dot_size(level[n]) + 3);
  if (props.colour === `exactness`) drawCrosses(g);
  if (props.path) drawWay(g);
  if (handle && decoding) drawHandle(g);
  if (cursor >= 0) {
    Object.assign(g, {strokeStyle: style.ink, globalAlpha: 1, lineWidth: 1});
    g.setLineDash([3, 3]);
    line(g, [[frame.x, frame.y], [x[cursor], y[cursor]]]);
    g.setLineDash([]);
    ring(g, cursor, dot_size(level[cursor]) + 4);
  }
  if (chosen.length <= MAX_LABELS) drawLabels(g, chosen);
}
function ring(g, n, radius) {
  g.fillStyle = tone.hues[tone[n]];
  g.fill(circle(x[n], y[n], radius));
  g.stroke(circle(x[n], y[n], radius));
}
// Not by colour alone: what is not reconstructed has a cross.
function drawCrosses(g) {
  const wrong = Array.from(level.keys()).filter((n) => !data.exact(n));
  if (wrong.length > MAX_OUTLINES) return;
  Object.assign(g, {strokeStyle: style.ink, lineWidth: 1.2});
  for (const n of wrong) for (const s of [4, -4]) line(g, [[x[n] - 4, y[n] - s], [x[n] + 4, y[n] + s]]);
}
// Radii are those of the geodesic's points; the angle goes evenly from one end to the other, the shorter way.
function way() {
  const {points, start, end} = props.path, own = dot(seat, seat), last = points.length - 1;
  const turn = ((angle[end] - angle[start] + 1.5 * TURN) % TURN) - TURN / 2;
  return points.map((point, k) => at(distance(point, 0, dot(point, point), seat, own), angle[start] + turn * k / last));
}
function drawWay(g) {
  const places = way(), {decoded} = props.path;
  Object.assign(g, {strokeStyle: style.accent, fillStyle: style.back, lineWidth: 2, globalAlpha: 1});
  g.setLineDash([6, 3]);
  line(g, places);
  g.setLineDash([]);
  for (const place of places) { g.fill(circle(...place, 3)); g.stroke(circle(...place, 3)); }
  if (step < 0 || step >= places.length) return;
  g.fillStyle = style.accent;
  g.fill(circle(...places[step], 6));
  const n = decoded?.[step];
  if (n === undefined || n === null) return;
  g.setLineDash([2, 3]);
  line(g, [places[step], [x[n], y[n]]]);
  g.setLineDash([]);
  g.stroke(circle(x[n], y[n], dot_size(level[n]) + 5));
}
function drawHandle(g) {
  const [u, v] = at(handle.radius, handle.turn);
  for (const [colour, width] of [[style.back, 5], [style.ink, 2]]) {
    Object.assign(g, {strokeStyle: colour, lineWidth: width, globalAlpha: 1});
    g.stroke(circle(u, v, 9));
    for (const [a, b] of [[15, 0], [-15, 0], [0, 15], [0, -15]]) line(g, [[u + a, v + b], [u + a / 2.5, v + b / 2.5]]);
  }
}
function drawLabels(g, ids) {
  const taken = [];
  Object.assign(g, {strokeStyle: style.back, fillStyle: style.ink, lineWidth: 4, lineJoin: 'round', textAlign: 'left'});
  Object.assign(g, {font: `600 12px ${style.font}`, globalAlpha: 1});
  for (const n of ids) {
    const width = g.measureText(n).width, gap = dot_size(level[n]) + 6;
    const places = [[x[n] + gap, y[n] + 4], [x[n] - gap - width, y[n] + 4], [x[n] - width / 2, y[n] - gap - 3]];
    const free = places.find(([u, v]) => u > 2 && u + width < plot.clientWidth - 2 &&
      taken.every(([s, t, w]) => u > s + w + 3 || s > u + width + 3 || Math.abs(v - t) > 14));
    if (!free) continue;
    taken.push([...free, width]);
    g.strokeText(n, ...free);
    g.fillText(n, ...free);
  }
}
