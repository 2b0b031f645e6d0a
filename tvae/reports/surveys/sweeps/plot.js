// The plot of the report on a sweep: the measure and the setting that two fields choose, as inline SVG, and the same
// numbers as two tables. Runs with one setting and other seeds stand above each other, with their mean and its interval.

/**
 * @typedef {{key: string, label: string, digits?: number, values: (number | string | null)[]}} PlotField
 * @typedef {[mean: number, deviation: number | null, low: number | null, high: number | null]} Spread
 * @typedef {{words: string, run: number, seeds: number, spreads: (Spread | null)[]}} SeedGroup
 * @typedef {{
 *   settings: PlotField[], measures: PlotField[], recipes: string[], runs: string[], told: string[],
 *   members: (number | null)[], groups: SeedGroup[],
 * }} SweepData
 * @typedef {{at: number, words: string}} Tick
 * @typedef {{place: (value: number | string | null, run: number) => number, ticks: Tick[], bands: boolean}} AxisScale
 */

const FEW_VALUES = 12; // up to so many values of a setting, each has a band of its own
const MARK_COLOURS = 6;
const PLOT_HEIGHT = 340;
const PLOT_EDGES = {left: 64, right: 12, top: 26, bottom: 46};
const MARK_SHAPES = [
  'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z',
  'M-4-4h8v8h-8z',
  'M0-5l5 9h-10z',
  'M0-5.5l5.5 5.5l-5.5 5.5l-5.5-5.5z',
];
const NO_NUMBER = '\u2013';

/** @param {string} words a number */
const withMinus = (words) => words.replace('-', '\u2212');

/**
 * A number in few digits.
 * @param {number | string | null} value
 */
const inShort = (value) =>
  value === null ? NO_NUMBER : typeof value === 'string' ? value : withMinus(String(Number(value.toPrecision(4))));

/**
 * A number with the digits of its measure.
 * @param {number | string | null} value @param {number} [digits]
 */
const inFull = (value, digits) =>
  typeof value === 'number' && digits !== undefined && Math.abs(value) < 1e9
    ? withMinus(value.toFixed(digits))
    : inShort(value);

/**
 * Round numbers between two values, about five.
 * @param {number} low @param {number} high
 * @returns {number[]}
 */
function roundNumbers(low, high) {
  const raw = (high - low) / 5,
    power = 10 ** Math.floor(Math.log10(raw)),
    step = power * (raw / power < 1.5 ? 1 : raw / power < 3.5 ? 2 : raw / power < 7.5 ? 5 : 10),
    first = Math.ceil(low / step);
  return Array.from({length: Math.max(0, Math.floor(high / step) - first + 1)}, (_, k) => (first + k) * step);
}

/**
 * A scale on which equal steps are equally long.
 * @param {(number | string | null)[]} values @param {number} begin @param {number} end in the picture
 * @returns {AxisScale}
 */
function evenScale(values, begin, end) {
  const numbers = values.filter((value) => typeof value === 'number'),
    least = numbers.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY),
    most = numbers.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY),
    pad = 0.05 * (most - least) || 0.05 * Math.abs(most) || 1,
    low = least - pad,
    high = most + pad;
  /** @param {number} value */
  const at = (value) => begin + ((value - low) / (high - low)) * (end - begin);
  const ticks = numbers.length ? roundNumbers(low, high).map((value) => ({at: at(value), words: inShort(value)})) : [];
  return {place: (value) => at(Number(value)), ticks, bands: false};
}

/**
 * A band for each value. In a band, each group of runs has a place of its own.
 * @param {(number | string | null)[]} distinct @param {SweepData} data @param {PlotField} field
 * @param {number} begin @param {number} end in the picture
 * @returns {AxisScale}
 */
function bandScale(distinct, data, field, begin, end) {
  const wide = (end - begin) / distinct.length,
    centres = new Map(distinct.map((value, k) => [value, begin + (k + 0.5) * wide]));
  /** @type {Map<number | string | null, number[]>} */
  const groupsOf = new Map();
  for (const [k, group] of data.groups.entries()) {
    const value = field.values[group.run];
    groupsOf.set(value, [...(groupsOf.get(value) ?? []), k]);
  }
  /** @type {AxisScale['place']} */
  const place = (value, run) => {
    const together = field.key === 'seed' ? [] : (groupsOf.get(value) ?? []),
      which = together.indexOf(data.members[run] ?? -1),
      shift = which < 0 || together.length < 2 ? 0 : ((which + 0.5) / together.length - 0.5) * 0.8 * wide;
    return (centres.get(value) ?? begin) + shift;
  };
  const ticks = distinct.map((value) => ({at: centres.get(value) ?? begin, words: inShort(value)}));
  return {place, ticks, bands: true};
}

/**
 * The scale of the horizontal axis.
 * @param {SweepData} data @param {PlotField} field @param {number} begin @param {number} end
 */
function acrossScale(data, field, begin, end) {
  const distinct = [...new Set(field.values)].sort(
    (one, other) =>
      Number(one !== null) - Number(other !== null) ||
      (typeof one === 'number' && typeof other === 'number' ? one - other : String(one) < String(other) ? -1 : 1),
  );
  const banded =
    data.settings.includes(field) && (distinct.length <= FEW_VALUES || typeof field.values[0] === 'string');
  return banded ? bandScale(distinct, data, field, begin, end) : evenScale(field.values, begin, end);
}

/**
 * An SVG element.
 * @param {string} name @param {Record<string, string | number>} attributes @param {(Node | string)[]} inside
 */
function drawn(name, attributes, ...inside) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...inside);
  return element;
}

/** @param {string[]} recipes @param {string} recipe */
const markOf = (recipes, recipe) => {
  const k = recipes.indexOf(recipe);
  return {class: `mark c${k % MARK_COLOURS}`, d: MARK_SHAPES[k % MARK_SHAPES.length]};
};

/**
 * The grid with its numbers, and the names of both axes.
 * @param {number} width @param {AxisScale} x @param {AxisScale} y @param {PlotField} across @param {PlotField} up
 */
function axisLines(width, x, y, across, up) {
  const {left, right, bottom} = PLOT_EDGES,
    floor = PLOT_HEIGHT - bottom,
    room = (width - left - right) / Math.max(1, x.ticks.length),
    letters = Math.max(...x.ticks.map(({words}) => words.length), 1),
    every = Math.max(1, Math.ceil((7.2 * (letters + 1)) / room)); // so that numbers do not meet
  return [
    ...y.ticks.flatMap(({at, words}) => [
      drawn('path', {class: 'grid', d: `M${left} ${at}H${width - right}`}),
      drawn('text', {x: left - 6, y: at + 4, 'text-anchor': 'end'}, words),
    ]),
    ...x.ticks
      .filter((_, k) => k % every === 0)
      .map(({at, words}) => drawn('text', {x: at, y: floor + 16, 'text-anchor': 'middle'}, words)),
    drawn('text', {x: (left + width - right) / 2, y: PLOT_HEIGHT - 8, 'text-anchor': 'middle'}, across.label),
    drawn('text', {x: 2, y: 14}, up.label),
  ];
}

/**
 * The mean of each group with its interval, where runs have bands.
 * @param {SweepData} data @param {PlotField} across @param {PlotField} up @param {AxisScale} x @param {AxisScale} y
 */
function meanMarks(data, across, up, x, y) {
  if (!x.bands || across.key === 'seed') return [];
  return data.groups.flatMap((group) => {
    const spread = group.spreads[data.measures.indexOf(up)];
    if (!spread || group.seeds < 2) return [];
    const at = x.place(across.values[group.run], group.run),
      [mean, , low, high] = spread.map((value) => (value === null ? 0 : y.place(value, 0)));
    return [
      drawn('path', {class: 'mean', d: `M${at - 9} ${mean}h18M${at} ${low}V${high}`}, drawn('title', {}, group.words)),
    ];
  });
}

/**
 * Fill a table; of each row, the first cell is its heading, and numbers have how they are sorted.
 * @param {string} where @param {{shown: string, value?: number | string | null}[][]} rows
 */
function fillTable(where, rows) {
  const table = document.querySelector(`${where} table`),
    body = table?.querySelector('tbody');
  for (const head of table?.querySelectorAll('[aria-sort]') ?? []) head.removeAttribute('aria-sort');
  body?.replaceChildren(
    ...rows.map((cells) => {
      const row = document.createElement('tr');
      for (const [k, {shown, value}] of cells.entries()) {
        const cell = document.createElement(k ? 'td' : 'th');
        cell.textContent = shown;
        if (!k) cell.setAttribute('scope', 'row');
        if (value === null || typeof value === 'number') cell.className = 'number';
        if (typeof value === 'number') cell.dataset.number = String(value);
        row.append(cell);
      }
      return row;
    }),
  );
}

/** @param {SweepData} data @param {PlotField} up */
function fillMeans(data, up) {
  for (const one of document.querySelectorAll('.plot-measure')) one.textContent = up.label;
  const place = data.measures.indexOf(up);
  fillTable(
    '#plot-means',
    data.groups.map(({words, seeds, spreads}) => {
      const cells = (spreads[place] ?? [null, null, null, null]).map((value) => ({
        shown: inFull(value, up.digits),
        value,
      }));
      return [{shown: words}, {shown: String(seeds), value: seeds}, ...cells];
    }),
  );
}

/**
 * The picture, as wide as its place.
 * @param {SweepData} data @param {PlotField} across @param {PlotField} up @param {number[]} both runs that have both values
 */
function drawPlot(data, across, up, both) {
  const home = /** @type {HTMLElement} */ (document.getElementById('plot')),
    width = Math.max(280, home.clientWidth),
    recipes = [...new Set(data.recipes)],
    x = acrossScale(data, across, PLOT_EDGES.left, width - PLOT_EDGES.right),
    y = evenScale(up.values, PLOT_HEIGHT - PLOT_EDGES.bottom, PLOT_EDGES.top);
  const dots = both.map((run) => {
    const named = [data.runs[run], data.told[run]].filter(Boolean).join(', '),
      words = `${named}: ${inShort(across.values[run])}, ${inFull(up.values[run], up.digits)}`,
      at = `translate(${x.place(across.values[run], run)} ${y.place(up.values[run], run)})`;
    return drawn('path', {...markOf(recipes, data.recipes[run]), transform: at}, drawn('title', {}, words));
  });
  const label = `${up.label} against ${across.label} of ${both.length} runs; the tables have the values`,
    box = {viewBox: `0 0 ${width} ${PLOT_HEIGHT}`, width, height: PLOT_HEIGHT, role: 'img', 'aria-label': label};
  home.replaceChildren(
    drawn('svg', box, ...axisLines(width, x, y, across, up), ...dots, ...meanMarks(data, across, up, x, y)),
  );
  const named = recipes.length > 1 ? recipes : [];
  document.getElementById('plot-legend')?.replaceChildren(
    ...named.map((recipe) => {
      const entry = document.createElement('li');
      const sample = drawn('svg', {viewBox: '-7 -7 14 14', width: 14, height: 14, 'aria-hidden': 'true'});
      sample.append(drawn('path', markOf(recipes, recipe)));
      entry.append(sample, ` ${recipe}`);
      return entry;
    }),
  );
}

/** Draw what the fields choose, and fill the tables. */
function showPlot() {
  const text = document.getElementById('plot-data')?.textContent,
    [rising, crossing] = ['plot-y', 'plot-x'].map(
      (id) => /** @type {HTMLSelectElement | null} */ (document.getElementById(id)),
    );
  if (!text || !rising || !crossing) return;
  /** @type {SweepData} */
  const data = JSON.parse(text);
  /** @param {HTMLSelectElement} field */
  const chosen = (field) =>
    [...data.settings, ...data.measures].find(({key}) => key === field.value) ?? data.measures[0];
  const show = () => {
    const up = chosen(rising),
      across = chosen(crossing),
      isSetting = data.settings.includes(across),
      both = [...up.values.keys()].filter((k) => up.values[k] !== null && (isSetting || across.values[k] !== null));
    drawPlot(data, across, up, both);
    const means = document.querySelector('#plot .mean') ? ' Bars are the means over seeds, with their intervals.' : '',
      values = `${both.length} of ${data.runs.length} runs have ${isSetting ? 'a value' : 'both values'}.`;
    const words = document.getElementById('plot-words');
    if (words) words.textContent = `${up.label} against ${across.label}. ${values}${means}`;
    fillTable(
      '#plot-values',
      both.map((run) => [
        {shown: data.runs[run]},
        {shown: data.told[run] || NO_NUMBER},
        {shown: inFull(across.values[run], across.digits), value: across.values[run]},
        {shown: inFull(up.values[run], up.digits), value: up.values[run]},
      ]),
    );
    fillMeans(data, up);
  };
  for (const field of [rising, crossing]) field.addEventListener('change', show);
  const home = /** @type {HTMLElement} */ (document.getElementById('plot'));
  let width = home.clientWidth;
  addEventListener('resize', () => {
    if (home.clientWidth !== width) show();
    width = home.clientWidth;
  });
  show();
}

/** Show the front with the third measure that is chosen. */
function showFront() {
  const choice = document.getElementById('front-choice');
  const show = () => {
    const third = /** @type {HTMLInputElement | null | undefined} */ (choice?.querySelector(':checked'))?.value;
    for (const one of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('.front')))
      one.hidden = one.dataset.third !== third;
  };
  choice?.addEventListener('change', show);
  if (choice) show();
}

showPlot();
showFront();
