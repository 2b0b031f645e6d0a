// How the plot is drawn; runs in the same function as scatter.js and shares its names.
function surface(canvas) {
  const g = canvas.getContext('2d'), q = devicePixelRatio;
  canvas.width = Math.round(plot.clientWidth * q);
  canvas.height = Math.round(plot.clientHeight * q);
  g.scale(q, q);
  return g;
}
function draw() {
  const width = plot.clientWidth, narrow = width < 560;
  if (!width) return;
  const began = performance.now(), css = getComputedStyle(root), top = narrow ? 68 : 44;
  style = {ink: css.color, back: css.backgroundColor, alert: css.getPropertyValue('--strip-alert'), font: css.fontFamily};
  frame = {left: narrow ? 50 : 62, top, width: width - (narrow ? 58 : 76), height: plot.clientHeight - top - 54, narrow};
  const g = surface(base);
  if (series) { drawCloud(g); drawMarks(g); drawText(g); }
  else write(g, root.dataset.empty, width / 2, plot.clientHeight / 2);
  drawOver();
  plot.setAttribute('aria-label', series ? `${inWords()} ${say('hands')}` : say('nothing', {empty: root.dataset.empty}));
  drawMs = performance.now() - began;
}
function inWords() {
  const pairs = series.overlaps.map((v) => say('pair', {lower: v, higher: v + 1})).join(', ');
  const words = {title: title(), count: data.x.length, verdict, pairs, chosen: selected.size};
  return pairs ? say('words_overlaps', words) : say('words', words);
}
function disc(radius) {
  const reach = Math.ceil(radius), mask = [];
  for (let dy = -reach; dy <= reach; dy++) for (let dx = -reach; dx <= reach; dx++) {
    const cover = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(dx, dy)));
    if (cover) mask.push([dx, dy, cover]);
  }
  return mask;
}
// Writing the pixels of 19,683 discs is some ten times faster than as many canvas calls where no GPU helps.
function drawCloud(g) {
  const q = devicePixelRatio, left = Math.round(frame.left * q), top = Math.round(frame.top * q);
  const image = g.createImageData(Math.round(frame.width * q), Math.round(frame.height * q));
  data.groups.forEach((ids, v) => {
    const size = dotSize(v) * q, colour = data.colours[v], chosen = selected.size ? ids.filter((i) => selected.has(i)) : [];
    if (selected.size) stamp(image, left, top, ids.filter((i) => !selected.has(i)), size, GREY, 0.3 + 0.05 * v);
    else stamp(image, left, top, ids, size, colour, Math.min(1, 0.62 + 0.05 * v));
    stamp(image, left, top, chosen, size + 0.6, colour, 1);
  });
  g.putImageData(image, left, top);
}
function stamp(image, left, top, ids, radius, colour, strength) {
  const {width, height} = image, pixels = new Uint32Array(image.data.buffer), q = devicePixelRatio, mask = disc(radius);
  const [r, g, b] = [1, 3, 5].map((k) => parseInt(colour.slice(k, k + 2), 16)), rgb = b << 16 | g << 8 | r;
  for (const i of ids) {
    const x = Math.round(xAt(data.x[i]) * q) - left, y = Math.round(yAt(series.values[i]) * q) - top;
    if (x < 0 || y < 0 || x >= width || y >= height) continue;
    for (const [dx, dy, cover] of mask) {
      const column = x + dx, row = y + dy;
      if (column < 0 || row < 0 || column >= width || row >= height) continue;
      const before = pixels[row * width + column] >>> 24;
      pixels[row * width + column] = (before + (255 - before) * cover * strength) << 24 | rgb;
    }
  }
}
const line = (g, x0, y0, x1, y1) => g.stroke(new Path2D(`M${x0} ${y0}L${x1} ${y1}`));
const box = (x0, y0, x1, y1) => new Path2D(`M${x0} ${y0}H${x1}V${y1}H${x0}Z`);
const inset = () => box(frame.left, frame.top, frame.left + frame.width, frame.top + frame.height);
function write(g, words, x, y, {size = 12, weight = 400, align = 'center', alpha = 1, colour = style.ink} = {}) {
  Object.assign(g, {font: `${weight} ${size}px ${style.font}`, textAlign: align, fillStyle: colour, globalAlpha: alpha});
  g.fillText(words, x, y);
}
function ticks() {
  const rough = (view[3] - view[2]) / Math.max(2, frame.height / 55), power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((k) => k * power >= rough) * power, first = Math.ceil(view[2] / step);
  const values = Array.from({length: Math.floor(view[3] / step) - first + 1}, (_, k) => (first + k) * step);
  return values.map((value) => [value, value.toFixed(Math.max(0, -Math.floor(Math.log10(step) + 1e-9)))]);
}
// What lies behind the points is drawn after them, the topmost first.
function drawMarks(g) {
  const right = frame.left + frame.width;
  g.save();
  g.clip(inset());
  data.groups.forEach((ids, v) => {
    g.globalCompositeOperation = ids.length > DENSE ? 'source-over' : 'destination-over';
    drawMean(g, v, ids.length > DENSE);
  });
  g.globalCompositeOperation = 'destination-over';
  for (const v of series.overlaps) drawOverlap(g, v);
  Object.assign(g, {strokeStyle: style.ink, globalAlpha: 0.1, lineWidth: 1});
  for (const y of ticks().map(([value]) => Math.round(yAt(value)) + 0.5)) line(g, frame.left, y, right, y);
  g.restore();
  Object.assign(g, {globalCompositeOperation: 'destination-over', fillStyle: style.back});
  g.fillRect(0, 0, plot.clientWidth, plot.clientHeight);
  g.globalCompositeOperation = 'source-over';
}
function drawOverlap(g, v) {
  const left = xAt(v - 0.47), right = xAt(v + 1.47), top = yAt(series.stats[v + 1][2]), bottom = yAt(series.stats[v][0]);
  const band = box(left, top, right, bottom), far = Math.min(right, frame.left + frame.width), height = frame.height;
  const [y0, y1] = v % 2 ? [frame.top + height, frame.top] : [frame.top, frame.top + height];
  g.save();
  Object.assign(g, {strokeStyle: style.alert, fillStyle: style.alert, lineWidth: 1.5});
  for (const y of [top, bottom]) line(g, left, y, right, y);
  g.clip(band);
  Object.assign(g, {lineWidth: 1, globalAlpha: 0.3});
  for (let x = Math.max(left, frame.left) - height; x < far; x += 7) line(g, x, y1, x + height, y0);
  g.globalAlpha = 0.05;
  g.fill(band);
  g.restore();
}
// A mean's bar lies on the points of a level that would hide it, and behind those that it would hide.
function drawMean(g, v, dense) {
  const [low, mean, high] = series.stats[v], reach = dense ? 0.2 : 0.4;
  for (const [colour, thick] of dense ? [[style.back, 5], [style.ink, 2]] : [[style.ink, 1.5]]) {
    Object.assign(g, {strokeStyle: colour, lineWidth: thick, lineCap: 'round'});
    line(g, xAt(v - reach), yAt(mean), xAt(v + reach), yAt(mean));
  }
  Object.assign(g, {strokeStyle: data.colours[v], lineWidth: 1.5});
  line(g, xAt(v - 0.43), yAt(low), xAt(v - 0.43), yAt(high));
}
function drawText(g) {
  const bottom = frame.top + frame.height, middle = frame.left + frame.width / 2;
  const small = frame.width / (view[1] - view[0]) < 42, colour = series.overlaps.length ? style.alert : style.ink;
  for (const [value, text] of ticks()) write(g, text, frame.left - 7, yAt(value) + 4, {align: 'right', alpha: 0.75});
  data.groups.forEach((ids, v) => {
    if (v < view[0] || v > view[1]) return;
    write(g, v, xAt(v), bottom + 17, {alpha: 0.75});
    const count = ids.length.toLocaleString('en', {notation: small ? 'compact' : 'standard'});
    write(g, count, xAt(v), bottom + 31, {size: small ? 9 : 11, alpha: 0.75});
  });
  Object.assign(g, {strokeStyle: style.ink, globalAlpha: 0.4});
  line(g, frame.left, bottom + 0.5, frame.left + frame.width, bottom + 0.5);
  write(g, say('axis'), middle, bottom + 48);
  const said = frame.narrow && !series.overlaps.length ? say('apart_short') : verdict;
  write(g, said, frame.narrow ? 10 : frame.left, frame.narrow ? 56 : 26, {size: 13, weight: 600, align: 'left', colour});
  g.translate(14, frame.top + frame.height / 2);
  g.rotate(-Math.PI / 2);
  write(g, title(), 0, 0);
}
function drawOver() {
  const g = surface(over), drawn = series ? [...selected].filter((i) => within(...at(i))) : [];
  if (!series) return;
  g.save();
  g.clip(inset());
  Object.assign(g, {lineWidth: 1.5, strokeStyle: style.ink});
  if (drawn.length <= MAX_OUTLINES) for (const i of drawn) ring(g, i, dotSize(data.level[i]) + 3);
  if (cursor >= 0) drawCursor(g);
  if (gesture?.moved && gesture.tool === 'lasso') drawLasso(g);
  g.restore();
  if (props.labels !== false && drawn.length <= MAX_LABELS) drawLabels(g, drawn);
}
function ring(g, i, radius) {
  const circle = new Path2D();
  circle.arc(...at(i), radius, 0, 7);
  g.fillStyle = data.colours[data.level[i]];
  g.fill(circle);
  g.stroke(circle);
}
function drawCursor(g) {
  const [x, y] = at(cursor);
  g.setLineDash([3, 3]);
  line(g, x, frame.top, x, frame.top + frame.height);
  line(g, frame.left, y, frame.left + frame.width, y);
  g.setLineDash([]);
  ring(g, cursor, dotSize(data.level[cursor]) + 4);
}
function drawLasso(g) {
  const outline = new Path2D(`M${gesture.path.map((point) => point.join(' ')).join('L')}Z`);
  g.stroke(outline);
  Object.assign(g, {globalAlpha: 0.08, fillStyle: style.ink});
  g.fill(outline);
}
function drawLabels(g, ids) {
  const taken = [];
  Object.assign(g, {strokeStyle: style.back, fillStyle: style.ink, lineWidth: 4, lineJoin: 'round'});
  g.font = `600 12px ${style.font}`;
  for (const i of ids) {
    const text = String(names.get(i) ?? i), [x, y] = at(i), width = g.measureText(text).width, gap = dotSize(data.level[i]) + 6;
    const places = [[x + gap, y + 4], [x - gap - width, y + 4], [x - width / 2, y - gap - 3], [x - width / 2, y + gap + 11]];
    const free = places.find(([u, v]) => u > 2 && u + width < plot.clientWidth - 2 &&
      taken.every(([s, t, w]) => u > s + w + 3 || s > u + width + 3 || Math.abs(v - t) > 14));
    if (!free) continue;
    taken.push([...free, width]);
    g.strokeText(text, ...free);
    g.fillText(text, ...free);
  }
}
const tag = (name, text, css = '') => Object.assign(document.createElement(name), {textContent: text, className: css});
function describe(i) {
  tip.hidden = i < 0;
  if (i < 0) return;
  const row = tag('div', '', 'strip-trits'), facts = tag('div', `${say('facts', {valuation: data.level[i], measure: data.titles[measureName()]})} `);
  row.append(...trits(i).map((t) => tag('span', '\u22120+'[t + 1], ['minus', 'zero', 'plus'][t + 1])));
  facts.append(tag('b', series.values[i].toFixed(4)));
  tip.replaceChildren(tag('b', say('operation', {n: i})), row, facts, tag('div', exact(i) ? say('exact') : say('inexact')));
  const [x, y] = at(i), left = x + 14 + tip.offsetWidth < plot.clientWidth ? x + 14 : x - 14 - tip.offsetWidth;
  const top = Math.min(Math.max(4, y - tip.offsetHeight - 10), plot.clientHeight - tip.offsetHeight - 4);
  tip.style.transform = `translate(${Math.max(4, left)}px, ${top}px)`;
}
