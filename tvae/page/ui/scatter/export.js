// The plot as a file: pixels, vectors, or the figure of /radius_plot. Runs in the function of scatter.js, shares its names.
const fileName = (suffix) => `tvae-${data.key}-${props.encoder}-${measureName()}.${suffix}`.replace(/[^\w.-]+/g, '_');
const hasFigure = () => typeof server === `object` && Boolean(server?.figure);
function savePng() {
  const canvas = Object.assign(document.createElement('canvas'), {width: base.width, height: base.height});
  for (const layer of [base, over]) canvas.getContext('2d').drawImage(layer, 0, 0);
  canvas.toBlob((blob) => tvae.save(blob, fileName(`png`)));
}
function saveSvg() {
  tvae.save(new Blob([asSvg()], {type: 'image/svg+xml'}), fileName(`svg`));
}
async function saveJson() {
  const checkpoint = data.key.slice(0, data.key.lastIndexOf(' '));
  const asked = {checkpoint, operations: [...selected], encoder: props.encoder, measure: measureName()};
  const file = await tvae.answer(() => server.figure(asked));
  if (file.error) { tip.hidden = false; tip.textContent = file.error; return; }
  tvae.save(new Blob([file.text], {type: 'application/json'}), file.name);
}

const escaped = (words) => String(words).replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);
const node = (name, attributes, inside = ``) =>
  `<${name}${Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`).join(``)}>${inside}</${name}>`;
const short = (u) => Math.round(u * 10) / 10;
// What is seen: each point, the ranges and means of the levels, overlaps, the choice with its labels, axes and words.
function asSvg() {
  const width = plot.clientWidth, height = plot.clientHeight, seen = [...selected].filter((i) => within(...at(i)));
  const clip = node(`clipPath`, {id: `inside`}, node(`rect`, {x: frame.left, y: frame.top, width: frame.width, height: frame.height}));
  const inner = [...svgGrid(), ...series.overlaps.map(svgOverlap), ...data.groups.flatMap(svgLevel)];
  if (seen.length <= MAX_OUTLINES) inner.push(...seen.map(svgRing));
  const labels = props.labels !== false && seen.length <= MAX_LABELS ? seen.map(svgLabel) : [];
  return node(`svg`, {
    xmlns: `http://www.w3.org/2000/svg`, viewBox: `0 0 ${width} ${height}`, width, height, role: `img`,
    'font-family': style.font.replace(/"/g, `'`), 'font-size': 12, fill: style.ink,
  }, [node(`title`, {}, escaped(title())), node(`desc`, {}, escaped(inWords())), clip,
    node(`rect`, {width, height, fill: style.back}), node(`g`, {'clip-path': `url(#inside)`}, inner.join(``)),
    ...svgWords(), ...labels].join(`\n`));
}
const stroke = (d, colour, thick, more = {}) => node(`path`, {d, fill: `none`, stroke: colour, 'stroke-width': thick, ...more});
const svgGrid = () => ticks().map(([value]) => stroke(`M${frame.left} ${short(yAt(value))}h${frame.width}`, style.ink, 1, {'stroke-opacity': 0.1}));
function svgOverlap(v) {
  const left = xAt(v - 0.47), top = yAt(series.stats[v + 1][2]), bottom = yAt(series.stats[v][0]);
  const attributes = {x: short(left), y: short(top), width: short(xAt(v + 1.47) - left), height: short(bottom - top)};
  return node(`rect`, {...attributes, fill: style.alert, 'fill-opacity': 0.12, stroke: style.alert, 'stroke-width': 1.5});
}
// A dot is a line of no length with round ends: a dozen bytes a point.
function svgLevel(ids, v) {
  const dots = (chosen, colour, size, opacity) => {
    const d = chosen.filter((i) => within(...at(i))).map((i) => `M${short(at(i)[0])} ${short(at(i)[1])}h0`).join(``);
    return d && stroke(d, colour, short(2 * size), {'stroke-linecap': `round`, 'stroke-opacity': opacity});
  };
  const [low, mean, high] = series.stats[v].map((u) => short(yAt(u))), reach = ids.length > DENSE ? 0.2 : 0.4, size = dotSize(v);
  const cloud = selected.size
    ? dots(ids.filter((i) => !selected.has(i)), GREY, size, 0.3 + 0.05 * v) + dots(ids.filter((i) => selected.has(i)), data.colours[v], size + 0.6, 1)
    : dots(ids, data.colours[v], size, Math.min(1, 0.62 + 0.05 * v));
  return [cloud, stroke(`M${short(xAt(v - reach))} ${mean}H${short(xAt(v + reach))}`, style.ink, 2, {'stroke-linecap': `round`}),
    stroke(`M${short(xAt(v - 0.43))} ${low}V${high}`, data.colours[v], 1.5)];
}
const svgRing = (i) => node(`circle`, {
  cx: short(at(i)[0]), cy: short(at(i)[1]), r: short(dotSize(data.level[i]) + 3),
  fill: data.colours[data.level[i]], stroke: style.ink, 'stroke-width': 1.5,
});
const svgText = (words, x, y, more = {}) => node(`text`, {x: short(x), y: short(y), 'text-anchor': `middle`, ...more}, escaped(words));
const svgLabel = (i) => svgText(names.get(i) ?? i, at(i)[0] + dotSize(data.level[i]) + 6, at(i)[1] + 4, {
  'text-anchor': `start`, 'font-weight': 600, 'paint-order': `stroke`, stroke: style.back, 'stroke-width': 4,
});
function svgWords() {
  const bottom = frame.top + frame.height, middle = frame.top + frame.height / 2, shown = (v) => v >= view[0] && v <= view[1];
  const levels = data.groups.flatMap((ids, v) => (shown(v)
    ? [svgText(v, xAt(v), bottom + 17), svgText(ids.length.toLocaleString(`en`), xAt(v), bottom + 31, {'font-size': 10})] : []));
  const colour = series.overlaps.length ? style.alert : style.ink;
  return [...levels, ...ticks().map(([value, text]) => svgText(text, frame.left - 7, yAt(value) + 4, {'text-anchor': `end`})),
    stroke(`M${frame.left} ${bottom}h${frame.width}`, style.ink, 1, {'stroke-opacity': 0.4}),
    svgText(say('axis'), frame.left + frame.width / 2, bottom + 48),
    svgText(verdict, frame.left, frame.top - 18, {'text-anchor': `start`, 'font-size': 13, 'font-weight': 600, fill: colour}),
    svgText(title(), 14, middle, {transform: `rotate(-90 14 ${short(middle)})`})];
}
