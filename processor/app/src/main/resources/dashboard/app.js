// The page: one state, fetched whole when a connection opens, then kept by events.
import { get, listen, plateUrl } from './api.js';
import { lines, readings } from './charts.js';
import { onTheme } from './color.js';
import { clock, count, el, percent, plural, sentence, svg } from './format.js';
import { Heatmap, colorBar } from './heatmap.js';
import { csv, hitsNote, hitsOf, showHits } from './hits.js';
import { showNoWell, showWell } from './well.js';

const $ = (id) => document.getElementById(id);
const sameKey = (a, b) => a !== null && b !== null && a.plate === b.plate && a.acquisition === b.acquisition;
const keyText = (key) => JSON.stringify([key.plate, key.acquisition]);
const encodedScope = (key) => `plate/${[key.plate, key.acquisition].map(encodePart).join('/')}`;

/** As the topic's keys are written: everything but letters, digits and -._~ in percent-encoding. */
function encodePart(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

const state = {
  plates: [], key: null, followsNewest: true, detail: null, layout: new Map(), cells: new Map(), timepoint: 0,
  selected: null, scope: 'all', scopeChosen: false, scopes: [], importance: null, reading: 'importance', heard: 0, missing: [],
};

const heatmap = new Heatmap($('heatmap'), $('tooltip'), selectWell);
heatmap.onScale = (measure, range) => {
  $('colorbar-label').textContent = measure.label;
  colorBar($('colorbar-svg'), measure, range);
};
const panel = { title: $('well-title'), sub: $('well-sub'), body: $('well-body') };

// ---- the plate

const summary = () => state.plates.find((plate) => sameKey(plate, state.key)) ?? null;
const spot = (cell) => `${cell.timepoint}/${cell.well}`;
const cellsNow = () => [...state.cells.values()].filter((cell) => cell.timepoint === state.timepoint);

async function loadAll() {
  // What is known may be of a server that has started anew since: from here on everything that comes is newer.
  state.plates.forEach((plate) => { plate.sequence = -1; });
  state.cells.forEach((cell) => { cell.revision = -1; });
  const [plates, scopes] = await Promise.all([get('/api/plates'), get('/api/importance/scopes')]);
  const fetched = new Set(plates.plates.map(keyText));
  state.plates = state.plates.filter((plate) => plate.sequence >= 0 || fetched.has(keyText(plate)));
  plates.plates.toReversed().forEach(takeSummary);
  state.scopes = [...new Set([...state.scopes, ...scopes.scopes])].sort();
  if (!state.scopeChosen) state.scope = scopes.ofHits;
  $('lane').textContent = plates.lane;
  const wanted = state.key && summary() ? state.key : null;
  await choosePlate(wanted ?? state.plates[0] ?? null);
  await loadImportance();
}

async function choosePlate(key) {
  const changed = !sameKey(key, state.key);
  state.key = key ? { plate: key.plate, acquisition: key.acquisition } : null;
  if (changed) {
    state.selected = null;
    state.timepoint = 0;
    state.cells = new Map();
    if (state.scope.startsWith('plate/')) state.scope = key ? encodedScope(key) : 'all';
  }
  showPlates();
  if (!key) {
    showSummary();
    showNoWell(panel, false);
    showHits($('hits-table'), [], state.layout);
    return;
  }
  const asked = state.key;
  const [detail, wells] = await Promise.all([get(plateUrl(asked)), get(`${plateUrl(asked)}/wells`)]);
  if (!sameKey(asked, state.key) || !detail || !wells) return;
  takeCells(wells);
  state.cells.forEach((cell, at) => { if (cell.revision < 0) state.cells.delete(at); });
  takeDetail(detail);
  await selectWell(state.selected);
  showScopes();
}

function takeDetail(detail) {
  state.detail = detail;
  state.layout = new Map(detail.layout.map((entry) => [entry.well, entry]));
  takeSummary(detail.summary);
  const { rows, columns } = detail.summary;
  heatmap.cells = new Map(cellsNow().map((cell) => [cell.well, cell]));
  heatmap.plate(rows, columns, detail.expectedWells, detail.layout);
  drawLegend();
  showSummary();
  showHitList();
}

// Answers and events overtake each other: the newer one counts, by the plate's sequence or the well's revision.
function takeSummary(plate) {
  const at = state.plates.findIndex((known) => sameKey(known, plate));
  if (at < 0) state.plates.unshift(plate);
  else if (state.plates[at].sequence <= plate.sequence) state.plates[at] = plate;
}

function takeCells(cells) {
  for (const cell of cells) {
    const known = state.cells.get(spot(cell));
    if (!known || known.revision <= cell.revision) state.cells.set(spot(cell), cell);
  }
}

function showPlates() {
  const select = $('plates');
  const many = new Map();
  state.plates.forEach((plate) => many.set(plate.plate, (many.get(plate.plate) ?? 0) + 1));
  const options = state.plates.map((plate) => el('option', { value: keyText(plate), selected: sameKey(plate, state.key) },
    many.get(plate.plate) > 1 ? `${plate.plate} · ${plate.acquisition}` : plate.plate));
  select.replaceChildren(...(options.length ? options : [el('option', {}, 'none yet')]));
  select.disabled = !options.length;
}

function showSummary() {
  const plate = summary();
  const box = $('plate-box');
  box.classList.toggle('waiting', !plate);
  $('plate-empty').hidden = plate !== null;
  $('heatmap').hidden = plate === null;
  document.querySelector('.plate-foot').hidden = plate === null;
  if (!plate) {
    $('empty-title').textContent = 'Waiting for the first plate';
    $('empty-text').textContent = state.missing.length
      ? `These topics do not exist yet: ${state.missing.join(', ')}. They appear when the processor starts.`
      : 'Results appear here as soon as the processor has scored a well.';
    return;
  }
  const { scored, failed, expected, hits, flagged } = plate;
  document.title = expected ? `${percent((scored + failed) / expected)} ${plate.plate} · DCMIX` : `${plate.plate} · DCMIX`;
  $('plate-title').textContent = `Plate ${plate.plate}`;
  $('plate-sub').textContent = [
    plate.acquisition, plural(plate.rows * plate.columns, 'well'), state.detail?.sites.length ? `${plural(state.detail.sites.length, 'site')} each` : '',
    state.detail?.channels.length ? plural(state.detail.channels.length, 'channel') : '', plate.instrument,
  ].filter(Boolean).join(' · ');
  $('scored').textContent = count(scored);
  $('expected').textContent = expected === null ? '' : `of ${count(expected)}`;
  const done = expected === null ? 0 : (scored + failed) / expected;
  $('run-status').textContent = statusText(plate, done);
  $('run-status').dataset.status = done >= 1 ? 'FINISHED' : plate.status;
  const whole = expected ?? Math.max(1, scored + failed);
  $('progress-scored').style.width = `${(100 * scored) / whole}%`;
  $('progress-failed').style.width = `${(100 * failed) / whole}%`;
  $('progress').setAttribute('aria-valuenow', Math.round(100 * done));
  $('hits').textContent = count(hits);
  const controls = plate.negativeControls.scored + plate.positiveControls.scored;
  $('hit-rate').textContent = scored > controls ? percent(hits / (scored - controls), 1) : '';
  $('failures').textContent = count(failed);
  $('failures').closest('.figure').classList.toggle('alarm', failed > 0);
  $('failures-note').textContent = flagged ? `${plural(flagged, 'scored well')} flagged` : failed ? 'choose a crossed well to see why' : 'none, and no flags';
  const right = plate.negativeControls.scored - plate.negativeControls.hits + plate.positiveControls.hits;
  const known = plate.negativeControls.wells + plate.positiveControls.wells;
  $('controls').textContent = controls ? count(right) : '–';
  $('controls-of').textContent = controls ? `of ${count(controls)}` : '';
  $('controls-note').textContent = !known ? 'the layout names none'
    : `negative ${plate.negativeControls.scored - plate.negativeControls.hits}/${plate.negativeControls.scored}, positive ${plate.positiveControls.hits}/${plate.positiveControls.scored}`;
  $('timepoint-field').hidden = plate.timepoints < 2;
  if ($('timepoints').options.length !== plate.timepoints) {
    $('timepoints').replaceChildren(...Array.from({ length: plate.timepoints }, (_, t) => el('option', { value: t }, String(t))));
  }
  $('timepoints').value = state.timepoint;
}

function statusText(plate, done) {
  if (plate.status === 'ABORTED') return 'Aborted';
  if (done >= 1) return 'Complete';
  return { STARTED: 'Running', FINISHED: 'All images in', UNKNOWN: 'Not announced' }[plate.status] ?? sentence(plate.status);
}

function drawLegend() {
  const icon = (...marks) => svg('svg', { viewBox: '0 0 18 18', 'aria-hidden': true }, ...marks);
  const box = { x: 2, y: 2, width: 14, height: 14, rx: 4 };
  const well = (kind, ...marks) => icon(svg('g', { class: `well ${kind}` }, svg('rect', { class: 'body', ...box }), ...marks));
  const roles = new Set([...state.layout.values()].map((entry) => entry.role));
  const entries = [
    ['No result yet', well('pending')],
    ['Failed', well('failed', svg('line', { class: 'cross', x1: 6, y1: 6, x2: 12, y2: 12 }), svg('line', { class: 'cross', x1: 6, y1: 12, x2: 12, y2: 6 }))],
    ['Hit', well('', svg('circle', { class: 'hit', cx: 9, cy: 9, r: 4 }))],
  ];
  if (roles.has('NEGATIVE_CONTROL')) entries.push(['Negative control', icon(svg('g', { class: 'well' }, svg('rect', { class: 'ring negative', ...box })))]);
  if (roles.has('POSITIVE_CONTROL')) entries.push(['Positive control', icon(svg('g', { class: 'well' }, svg('rect', { class: 'ring positive', ...box })))]);
  $('legend').replaceChildren(...entries.map(([name, drawing]) => el('li', {}, drawing, name)));
}

// ---- one well

async function selectWell(name) {
  state.selected = name;
  heatmap.select(name);
  $('well-close').hidden = !name;
  document.querySelectorAll('.hits tr').forEach((row) => row.classList.toggle('selected', row.dataset.well === name));
  if (!name) {
    showNoWell(panel, state.key !== null);
    return;
  }
  const asked = { name, key: state.key, timepoint: state.timepoint };
  const detail = await get(`${plateUrl(state.key)}/wells/${name}?timepoint=${state.timepoint}`);
  if (asked.name !== state.selected || asked.key !== state.key || asked.timepoint !== state.timepoint || !detail) return;
  panel.title.textContent = `Well ${name}`;
  const cell = state.cells.get(`${state.timepoint}/${name}`);
  showWell(panel, detail, cell ? heatmap.color(cell) : null);
}

// ---- channel importance

async function loadImportance() {
  const asked = state.scope;
  let importance;
  let heard;
  do { // an aggregate that came while the answer was under way may be newer than it
    heard = state.heard;
    importance = await get(`/api/importance?scope=${encodeURIComponent(asked)}`);
    if (asked !== state.scope) return;
  } while (heard !== state.heard);
  state.importance = importance;
  showScopes();
  showImportance();
}

function showScopes() {
  const options = [['all', 'All plates']];
  if (state.key) options.push([encodedScope(state.key), 'This plate']);
  for (const scope of state.scopes) {
    if (scope.startsWith('class/')) options.push([scope, `Class ${decodeURIComponent(scope.slice(6))}`]);
  }
  $('scopes').replaceChildren(...options.map(([value, name]) => el('option', { value, selected: value === state.scope }, name)));
}

function showImportance() {
  const { latest, series } = state.importance ?? { latest: null, series: [] };
  if (!latest) {
    $('importance-sub').textContent = '';
    $('series-sub').textContent = '';
    $('importance-now').replaceChildren(el('p', { class: 'hint' }, 'Which channels matter shows here once wells have been explained.'));
    $('importance-series').replaceChildren(el('p', { class: 'hint' }, 'How it moves while the screen runs shows here.'));
    return;
  }
  $('importance-sub').textContent = `Mean over ${plural(latest.wells, 'well')}, line: one standard deviation · ${latest.modelName} ${latest.modelVersion}`;
  $('importance-now').replaceChildren(readings(latest));
  $('series-sub').textContent = state.reading === 'importance' ? 'Mean logit lost without the channel' : 'Mean share of the mixed image';
  lines($('importance-series'), series, latest.channels.map((c) => c.channel), state.reading, $('tooltip'));
}

// ---- hits

function showHitList() {
  const hits = hitsOf(cellsNow(), state.layout);
  showHits($('hits-table'), hits, state.layout, state.selected, selectWell);
  $('hits-sub').textContent = hitsNote(hits);
  $('download').disabled = !hits.length;
}

function download() {
  const text = csv(state.key, hitsOf(cellsNow(), state.layout), state.layout);
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  const link = el('a', { href: url, download: `hits-${state.key.plate}-${state.key.acquisition}.csv`.replace(/[^\w.-]+/g, '_') });
  link.click();
  URL.revokeObjectURL(url);
}

// ---- what comes

// Several events in one frame are drawn once.
const due = new Set();
function later(draw) {
  if (!due.size) requestAnimationFrame(() => {
    const draws = [...due];
    due.clear();
    draws.forEach((each) => each());
  });
  due.add(draw);
}

function onWells({ plate, acquisition, wells }) {
  if (!sameKey({ plate, acquisition }, state.key)) return;
  takeCells(wells);
  heatmap.update(wells.filter((cell) => cell.timepoint === state.timepoint));
  later(showHitList);
  if (wells.some((cell) => cell.well === state.selected && cell.timepoint === state.timepoint)) selectWell(state.selected);
}

async function onPlate({ plate }) {
  const known = state.plates.some((each) => sameKey(each, plate));
  takeSummary(plate);
  if (!known) showPlates();
  if (!state.key || (!known && state.followsNewest)) {
    await choosePlate(plate);
  } else if (sameKey(plate, state.key)) {
    const drawn = state.detail?.summary;
    if (drawn && (drawn.version !== plate.version || drawn.rows !== plate.rows || drawn.columns !== plate.columns)) {
      const detail = await get(plateUrl(plate));
      if (detail && sameKey(plate, state.key)) takeDetail(detail);
    }
    later(showSummary);
  }
}

function onImportance({ importance }) {
  if (!state.scopes.includes(importance.scope)) {
    state.scopes = [...state.scopes, importance.scope].sort();
    showScopes();
    if (!state.scopeChosen) startWithHits();
  }
  if (importance.scope !== state.scope) return;
  state.heard++;
  if (!state.importance) return;
  const names = (each) => each?.channels.map((c) => c.channel).join('\n');
  const sameChannels = names(importance.latest) === names(state.importance.latest);
  const series = [...(sameChannels ? state.importance.series : []), ...importance.series];
  state.importance = { ...importance, series: series.length > 1200 ? series.filter((_, i) => i % 2 === 0 || i === series.length - 1) : series };
  later(showImportance);
}

// Until a scope is chosen the page shows what the hits rest on.
async function startWithHits() {
  const { ofHits } = await get('/api/importance/scopes');
  if (state.scopeChosen || ofHits === state.scope) return;
  state.scope = ofHits;
  await loadImportance();
}

function connection(name, text) {
  $('connection').dataset.state = name;
  $('connection-text').textContent = text;
}

function onHeartbeat({ missingTopics, records, unreadable }) {
  const changed = missingTopics.join() !== state.missing.join();
  state.missing = missingTopics;
  if (missingTopics.length) connection('waiting', 'Waiting for topics');
  else connection('live', 'Live');
  $('foot').textContent = `${plural(records, 'record')} read${unreadable ? `, ${count(unreadable)} unreadable and skipped` : ''} · last word from the server at ${clock(Date.now())}`;
  if (changed && !state.key) showSummary();
}

// ---- start

$('plates').addEventListener('change', (event) => {
  const [plate, acquisition] = JSON.parse(event.target.value);
  state.followsNewest = sameKey(state.plates[0], { plate, acquisition });
  choosePlate({ plate, acquisition }).then(loadImportance);
});
$('timepoints').addEventListener('change', (event) => {
  state.timepoint = Number(event.target.value);
  heatmap.fill(cellsNow());
  showHitList();
  selectWell(state.selected);
});
$('scopes').addEventListener('change', (event) => {
  state.scope = event.target.value;
  state.scopeChosen = true;
  loadImportance();
});
function toggle(on, off, act) {
  $(on).addEventListener('click', () => {
    $(on).setAttribute('aria-pressed', 'true');
    $(off).setAttribute('aria-pressed', 'false');
    act();
  });
}
toggle('by-probability', 'by-logit', () => heatmap.colorBy('probability'));
toggle('by-logit', 'by-probability', () => heatmap.colorBy('logit'));
const draw = (reading) => () => {
  state.reading = reading;
  showImportance();
};
toggle('draw-importance', 'draw-contribution', draw('importance'));
toggle('draw-contribution', 'draw-importance', draw('contribution'));
$('download').addEventListener('click', download);
$('well-close').addEventListener('click', () => selectWell(null));
addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && state.selected) selectWell(null);
});
addEventListener('resize', () => later(showImportance));
onTheme(() => {
  showImportance();
  selectWell(state.selected);
});
for (let r = 0; r < 6; r++) {
  for (let c = 0; c < 9; c++) {
    $('empty-wells').append(svg('circle', { cx: 14 + c * 11.5, cy: 12 + r * 11.3, r: 3.6, style: { 'animation-delay': `${(r + c) * 0.11}s` } }));
  }
}
showNoWell(panel, false);
showScopes();
showImportance();
showHits($('hits-table'), [], state.layout);
showSummary();
listen({
  onOpen: () => loadAll().catch((failure) => connection('lost', `Cannot load: ${failure.message}`)),
  onLost: () => connection('lost', 'Reconnecting'),
  onHeartbeat,
  on: { wells: onWells, plate: onPlate, importance: onImportance },
});
