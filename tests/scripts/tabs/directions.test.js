import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
  axesOf,
  camera,
  centrePlace,
  hasOwnScales,
  locateDirections,
  placeOf,
  placeOfPoint,
} from '../../../tvae/page/tabs/ball/disk/directions/places.js';
import {along, onTheWay, seenFrom, tangent} from '../../../tvae/page/tabs/ball/disk/directions/projection.js';
import {
  byDepth,
  enlarged,
  FIRST,
  FLAT,
  rotation,
  turned,
} from '../../../tvae/page/tabs/ball/disk/directions/rotation.js';
import {asFigure, pictureOf} from '../../../tvae/page/tabs/ball/disk/drawing/files.js';
import {layersOf} from '../../../tvae/page/tabs/ball/disk/drawing/look.js';
import {add, distance, dot} from '../../../tvae/page/tabs/ball/disk/points/ball.js';
import {LEVELS, recolour} from '../../../tvae/page/ui/canvas/colouring.js';
import {AWAY, faded} from '../../../tvae/page/ui/canvas/dots.js';
import {asSvg} from '../../../tvae/page/ui/canvas/files/picture.js';
import {COUNT} from '../../../tvae/page/ui/canvas/operations.js';

/** @typedef {import('../../../tvae/page/tabs/ball/disk/state.js').Directed} Directed */

/** @param {number} a @param {number} b @param {number} [within] */
const close = (a, b, within = 1e-9) => assert.ok(Math.abs(a - b) <= within);
/** @param {number[]} a @param {number[]} b */
const alike = (a, b) => {
  assert.equal(a.length, b.length);
  for (const [k, value] of a.entries()) close(value, b[k]);
};
const A = [0.3, -0.2, 0.1],
  B = [-0.4, 0.1, 0.35];
const QUARTER = Math.PI / 2;

/** @param {number[]} a @param {number[]} b @param {number} c */
const gap = (a, b, c) => distance(c, b, 0, dot(b, b), a, dot(a, a));

test('screen axes are orthonormal, and without a turn those of the components', () => {
  for (const turn of [FIRST, {yaw: 2, pitch: -1}, {yaw: -5, pitch: QUARTER}]) {
    const {right, up, toward} = rotation(turn);
    for (const axis of [right, up, toward]) close(dot(axis, axis), 1);
    for (const [a, b] of [
      [right, up],
      [up, toward],
      [toward, right],
    ])
      close(dot(a, b), 0);
  }
  const {right, up, toward} = rotation(FLAT);
  alike([...right, ...up, ...toward], [1, 0, 0, 0, 1, 0, 0, 0, 1]);
});

test('what is in front follows the pointer', () => {
  const {toward: front} = rotation(FIRST);
  /** @param {number} dx @param {number} dy */
  const moved = (dx, dy) => rotation(turned(FIRST, dx, dy));
  assert.ok(dot(moved(0.1, 0).right, front) > 0); // to the right
  close(dot(moved(0.1, 0).up, front), dot(rotation(FIRST).up, front), 0.01);
  assert.ok(dot(moved(0, 0.1).up, front) < 0); // down
  close(dot(moved(0, 0.1).right, front), 0);
});

test('a turn goes round, ends at the poles and keeps the zoom, which is limited', () => {
  const around = turned({yaw: 6, pitch: 0, zoom: 3}, 1, 9);
  close(around.yaw, 7 - 2 * Math.PI);
  close(around.pitch, QUARTER);
  close(turned(around, 0, -9).pitch, -QUARTER);
  assert.equal(around.zoom, 3);
  assert.equal(enlarged(around, 2).zoom, 6);
  assert.equal(enlarged(around, 1000).zoom, 40);
  assert.equal(enlarged(around, 0.001).zoom, 1);
});

test('slices go from the farthest to the nearest and hold every point once', () => {
  const depth = Float32Array.from([0.9, -1, 1, 0, -0.4, -0.41]);
  const slices = byDepth(depth, 4, Uint16Array.of(5, 4, 3, 2, 1, 0)).map((ids) => [...ids]);
  assert.deepEqual(slices, [[1], [5, 4], [3], [2, 0]]);
  assert.deepEqual(
    byDepth(new Float32Array(3).fill(-2), 2, Uint16Array.of(0, 1, 2)).map((ids) => ids.length),
    [3, 0],
  );
});

test('a tangent vector has the distance as its length, and from the origin the direction of its point', () => {
  for (const c of [0.5, 1]) {
    for (const seat of [[0, 0, 0], B]) {
      const vector = tangent(c, seat, A);
      close(Math.sqrt(dot(vector, vector)), gap(seat, A, c));
    }
    const vector = tangent(c, [0, 0, 0], A);
    close(dot(vector, A) ** 2, dot(vector, vector) * dot(A, A));
    const moved = add(
      c,
      B.map((value) => -value),
      A,
    );
    const seen = tangent(c, B, A);
    close(dot(seen, moved) ** 2, dot(seen, seen) * dot(moved, moved));
  }
  alike(tangent(1, A, A), [0, 0, 0]);
});

test('without a ball a tangent vector is a difference', () => {
  alike(tangent(0, B, A), [0.7, -0.3, -0.25]);
  alike(tangent(0, [0, 0, 0], A), A);
});

test('places along components', () => {
  alike(
    along(
      [
        [0, 1, 0],
        [0.6, 0, 0.8],
      ],
      [5, 7, 10],
    ),
    [7, 11],
  );
});

/** @type {import('../../../tvae/page/ui/canvas/colouring.js').Legend} */
const LEGEND = {
  title: 'valuation',
  categories: ['0', '1'].map((words) => ({words, colour: '#010203'})),
  swatches: ['#111111', '#222222'],
  words: ['radius in A, 0.1000 to 0.2000', 'radius in A'],
  filter: '',
  sentences: '',
};

/**
 * Operation n is at (n, 2 n, 3 n) / COUNT of a Euclidean space.
 * @param {'2d' | '3d'} view
 */
function diskWith(view) {
  const points = Float64Array.from({length: 3 * COUNT}, (_, k) => (Math.floor(k / 3) * ((k % 3) + 1)) / COUNT);
  const ball = {key: 'k', c: 0, dimensions: 3, points, squares: new Float64Array(COUNT), exact: new Uint8Array()};
  const axes = [
    [0, 0, 1],
    [0, 1, 0],
    [1, 0, 0],
  ];
  const components = {axes, shares: [0.5, 0.314, 0.082], html: {}};
  return /** @type {Directed} */ (
    /** @type {unknown} */ ({
      ball,
      directions: seenFrom('k -1', ball, [0, 0, 0], components),
      props: {view, scales: 'auto', source: {checkpoint: 'a/b.pt', title: 'T', sha256: '0123456789ab', encoder: 'A'}},
      frame: {x: 400, y: 300, r: 276},
      area: {clientWidth: 800, clientHeight: 600},
      turn: FIRST,
      x: new Float32Array(COUNT),
      y: new Float32Array(COUNT),
      depth: new Float32Array(COUNT),
      palette: {levels: Array(10).fill('#123456')},
      style: {ink: '#000', back: '#fff', accent: '#b0308a', font: 'system-ui'},
      measure: (/** @type {string} */ words) => 7 * words.length,
      selected: new Set([3]),
      names: new Map(),
      centre: -1,
      say: (/** @type {string} */ key, /** @type {Record<string, unknown>} */ values) =>
        key === 'component' ? `component ${values.k} (${values.share}%)` : `${key}. more`,
    })
  );
}

test('from one centre to another every place and the scale move in a straight line', () => {
  const {directions, ball} = diskWith('2d'),
    to = seenFrom('k 9', ball, [0.5, 0.25, 0], directions.components);
  for (const [t, end] of /** @type {[number, typeof to][]} */ ([
    [0, directions],
    [1, to],
  ])) {
    const there = onTheWay(directions, to, t);
    for (const k of [0, 1, 2]) alike([...there.along[k]], [...end.along[k]]);
    alike(
      [...there.mid, ...there.half, ...Object.values(there.reach)],
      [...end.mid, ...end.half, ...Object.values(end.reach)],
    );
  }
  const half = onTheWay(directions, to, 0.5);
  assert.deepEqual([half.key, half.seat], [to.key, to.seat]);
  for (const n of [0, 13, COUNT - 1]) close(2 * half.along[2][n], directions.along[2][n] + to.along[2][n]);
  close(2 * half.reach.equal, directions.reach.equal + to.reach.equal);
});

test('the longest range fills the frame; enlarging it brings the centre to the middle', () => {
  const disk = diskWith('2d'),
    last = COUNT - 1;
  locateDirections(disk);
  alike([disk.x[0], disk.y[0]], [124, 484]);
  close(disk.x[last], 676, 1e-3);
  close(disk.y[last], 116, 1e-3);
  alike(centrePlace(disk), [124, 484]);
  disk.turn = {...FIRST, zoom: 40};
  const [x, y] = centrePlace(disk);
  assert.ok(Math.hypot(x - 400, y - 300) < 10);
  locateDirections(disk);
  close(disk.x[0], x, 1e-3);
  assert.ok(disk.depth.every((value) => value === 0));
});

test('in three dimensions all operations and single points are placed alike, at every turn and zoom', () => {
  const disk = diskWith('3d');
  for (const turn of [FIRST, {yaw: QUARTER, pitch: 0, zoom: 1}, {yaw: 4, pitch: -1, zoom: 5}]) {
    disk.turn = turn;
    locateDirections(disk);
    for (const n of [0, 1000, COUNT - 1]) {
      const place = placeOfPoint(
        disk,
        [1, 2, 3].map((k) => (k * n) / COUNT),
      );
      close(disk.x[n], place[0], 1e-3);
      close(disk.y[n], place[1], 1e-3);
      alike(
        place,
        placeOf(
          camera(disk),
          [3, 2, 1].map((k) => (k * n) / COUNT),
        ),
      );
    }
    assert.ok(disk.depth.every((value) => Math.abs(value) <= 1));
  }
  disk.turn = {yaw: QUARTER, pitch: 0, zoom: 1};
  const {mid, reach} = disk.directions;
  alike(placeOf(camera(disk), [mid[0], mid[1], mid[2] + reach.equal]), [676, 300]); // the third component to the right
});

test('each axis may have its own scale, and has it if its range is too short for that of the others', () => {
  const disk = diskWith('2d'),
    corner = (COUNT - 1) / COUNT;
  assert.equal(hasOwnScales(disk), false);
  disk.props.scales = 'own';
  assert.equal(hasOwnScales(disk), true);
  alike(placeOf(camera(disk), [3 * corner, 2 * corner, corner]), [676, 24]);
  alike(centrePlace(disk), [124, 576]);
  disk.props.scales = 'auto';
  disk.directions.half[1] = 0.2;
  assert.equal(hasOwnScales(disk), true);
  disk.props.scales = 'equal';
  assert.equal(hasOwnScales(disk), false);
});

test('axes have a name with the share, and end at the edge', () => {
  const flat = axesOf(diskWith('2d')),
    deep = axesOf(diskWith('3d'));
  assert.deepEqual(
    flat.map(({name}) => name),
    ['component 1 (50%)', 'component 2 (31%)'],
  );
  assert.equal(deep[2].name, 'component 3 (8.2%)');
  for (const [k, end] of [
    [124, 484],
    [676, 484],
  ].entries())
    alike(flat[0].ends[k], end);
  assert.ok(flat[1].marks.length > 3 && flat[1].marks.every(({text}) => Number(text) !== 0));
  for (const {at, align} of [...flat, ...deep]) {
    assert.ok(at[0] >= 8 && at[0] <= 792 && at[1] >= 16 && at[1] <= 592);
    assert.equal(align, at[0] < 70 ? 'left' : at[0] > 730 ? 'right' : 'center');
  }
  assert.ok(deep.every(({marks, strength}) => !marks.length && strength > 0.3 && strength <= 1));
});

test('farther slices are drawn first, smaller and paler', () => {
  const disk = diskWith('3d');
  locateDirections(disk);
  const layers = layersOf(disk);
  assert.equal(
    layers.reduce((sum, {ids}) => sum + ids.length, 0),
    COUNT,
  );
  layers.forEach(({ids, grow, opacity}, k) => {
    const before = layers[k - 1];
    if (!before) return;
    assert.ok(grow > before.grow && opacity > before.opacity);
    const nearest = Math.max(-1, ...Array.from(before.ids, (n) => disk.depth[n]));
    assert.ok(Array.from(ids).every((n) => disk.depth[n] >= nearest));
  });
});

test('an SVG has every visible dot once, and the names of the axes', () => {
  const disk = diskWith('3d');
  locateDirections(disk);
  const svg = asSvg(pictureOf(disk), 1);
  assert.equal(svg.split('h0').length - 1, COUNT);
  assert.ok(svg.includes('>component 3 (8.2%)</text>'));
  disk.turn = {...FIRST, zoom: 20};
  locateDirections(disk);
  assert.ok(asSvg(pictureOf(disk), 1).split('h0').length - 1 < COUNT);
});

test('a picture has its title above, its legend below, and its own name', () => {
  const disk = diskWith('3d');
  locateDirections(disk);
  recolour({...LEVELS, legend: LEGEND});
  const picture = pictureOf(disk),
    svg = asSvg(picture, 1);
  recolour(LEVELS);
  assert.ok(svg.includes('viewBox="0 0 800 682"'));
  for (const words of ['T', 'file. more', 'valuation', '0', '1']) assert.ok(svg.includes(`>${words}</text>`), words);
  assert.ok(svg.includes('fill="#010203"'));
  assert.ok(!svg.includes('>radius in A'));
  assert.ok(svg.includes('<desc>words_directions. more</desc>'));
  assert.deepEqual(picture.about, {files: [['a/b.pt', '0123456789ab']], what: 'directions-3d-origin', encoder: 'A'});
});

test('a picture has the range of its colours, the filter in words, and faint dots for what is filtered out', () => {
  const disk = diskWith('3d'),
    filter = 'what the filter leaves';
  locateDirections(disk);
  const out = Uint8Array.from({length: COUNT}, (_, n) => Number(n === 3 || n === 5));
  recolour({...LEVELS, out, legend: {...LEGEND, categories: [], filter, sentences: 'Some are left.'}});
  const picture = pictureOf(disk),
    svg = asSvg(picture, 1),
    {at} = picture.operations;
  const places = [3, 4, 5].map((n) => at(n));
  recolour(LEVELS);
  assert.ok(svg.includes('viewBox="0 0 800 700"'));
  assert.ok(svg.includes(`>${LEGEND.words[0]}</text>`) && svg.includes(`>${filter}</text>`));
  assert.ok(svg.includes('<desc>words_directions. more Some are left.</desc>'));
  assert.ok(svg.includes('fill="#111111"') && svg.includes('fill="#222222"'));
  assert.equal(svg.split('h0').length - 1, COUNT);
  assert.ok(svg.includes(`stroke="${faded('#123456', disk.style.back, AWAY)}"`));
  assert.deepEqual(places, [[disk.x[3], disk.y[3]], [disk.x[4], disk.y[4]], null]);
});

test('a Plotly figure has the places themselves, and axes with names', () => {
  const {data, layout} = /** @type {{data: any[], layout: any}} */ (asFigure(diskWith('3d')));
  const at = data[0].text.indexOf('19682');
  assert.equal(data[0].type, 'scatter3d');
  alike([data[0].x[at], data[0].y[at], data[0].z[at]], [2.9998, 1.9999, 0.9999]);
  assert.equal(layout.scene.zaxis.title.text, 'component 3 (8.2%)');
  const flat = /** @type {{data: any[], layout: any}} */ (asFigure(diskWith('2d')));
  assert.equal(flat.data[9].type, 'scattergl');
  assert.ok(!('z' in flat.data[9]));
  assert.deepEqual(flat.layout.yaxis, {title: {text: 'component 2 (31%)'}, scaleanchor: 'x'});
  assert.equal(flat.layout.title.text, 'titled_2d. more');
});
