// The page: one state, fetched whole when a connection opens, then kept by events.
import { AlertStrip } from './alerts.js';
import { get, listen, plateUrl } from './api.js';
import { bases, decision, isDecided, listOf, stageOf, tally } from './calls.js';
import { lines, readings } from './charts.js';
import { onTheme } from './color.js';
import { clock, count, el, percent, plural, sentence, svg } from './format.js';
import { Heatmap, colorBar, hitMark, notch } from './heatmap.js';
import { hitsOf, showHits } from './hits.js';
import { showControls, showQuality } from './quality.js';
import { showCall, showNoWell, showWell } from './well.js';

const $ = (id) => document.getElementById(id);
const sameKey = (a, b) => a !== null && b !== null && a.plate === b.plate && a.acquisition === b.acquisition;
const keyText = (key) => JSON.stringify([key.plate, key.acquisition]);
const encodedScope = (key) => `plate/${[key.plate, key.acquisition].map(encodePart).join('/')}`;

/** As the topic's keys are written: everything but letters, digits and -._~ in percent-encoding. */
function encodePart(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

const state = {
  plates: [], key: null, followsNewest: true, detail: null, layout: new Map(), cells: new Map(), calls: new Map(), quality: new Map(),
  timepoint: 0, alerts: { sequence: -1, raised: 0, resolved: 0, forgotten: 0, alerts: [] }, selected: null, well: null, scope: 'all', scopeChosen: false, scopes: [], importance: null, reading: 'importance', heard: 0, missing: [],
};

const heatmap = new Heatmap($('heatmap'), $('tooltip'), selectWell);
heatmap.onScale = (measure, range, calls) => {
  $('colorbar-label').textContent = measure.label(calls);
  colorBar($('colorbar-svg'), measure, range, calls);
};
const figure = Object.fromEntries(['label', 'status', 'value', 'statistics', 'spark', 'wells', 'why'].map((part) => [part, $(`quality-${part}`)]));
const strip = new AlertStrip({ strip: $('alerts'), top: $('alert-top'), toggle: $('alerts-toggle'), list: $('alerts-list') },
  goTo, (alert) => state.plates.some((plate) => sameKey(plate, alert)));
const panel = { title: $('well-title'), sub: $('well-sub'), body: $('well-body') };

// ---- the plate

const summary = () => state.plates.find((plate) => sameKey(plate, state.key)) ?? null;
const spot = (cell) => `${cell.timepoint}/${cell.well}`;
const cellsNow = () => [...state.cells.values()].filter((cell) => cell.timepoint === state.timepoint);
const callsNow = () => [...state.calls.values()].filter((call) => call.timepoint === state.timepoint);

async function loadAll() {
  // What is known may be of a server that has started anew since: from here on everything that comes is newer.
  state.plates.forEach((plate) => { plate.sequence = -1; });
  state.cells.forEach((cell) => { cell.revision = -1; });
  state.calls.forEach((call) => { call.sequence = -1; });
  state.quality.forEach((quality) => { quality.sequence = -1; });
  state.alerts.sequence = -1;
  const [plates, scopes, alerts] = await Promise.all([get('/api/plates'), get('/api/importance/scopes'), get('/api/alerts')]);
  const fetched = new Set(plates.plates.map(keyText));
  state.plates = state.plates.filter((plate) => plate.sequence >= 0 || fetched.has(keyText(plate)));
  plates.plates.toReversed().forEach(takeSummary);
  state.scopes = [...new Set([...state.scopes, ...scopes.scopes])].sort();
  if (!state.scopeChosen) state.scope = scopes.ofHits;
  $('lane').textContent = plates.lane;
  takeAlerts(alerts);
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
    state.calls = new Map();
    state.quality = new Map();
    state.well = null;
    if (state.scope.startsWith('plate/')) state.scope = key ? encodedScope(key) : 'all';
  }
  showPlates();
  if (!key) {
    showSummary();
    showNoWell(panel, false);
    showHitList();
    return;
  }
  const asked = state.key;
  const url = plateUrl(asked);
  const [detail, wells, calls, quality] = await Promise.all([get(url), get(`${url}/wells`), get(`${url}/calls`), get(`${url}/quality`)]);
  if (!sameKey(asked, state.key) || !detail || !wells || !calls || !quality) return;
  takeCells(wells);
  takeCalls(listOf(calls));
  quality.forEach((each) => takeQuality(each, each.history));
  state.cells.forEach((cell, at) => { if (cell.revision < 0) state.cells.delete(at); });
  state.calls.forEach((call, at) => { if (call.sequence < 0) state.calls.delete(at); });
  state.quality.forEach((each, at) => { if (each.sequence < 0) state.quality.delete(at); });
  takeDetail(detail);
  await selectWell(state.selected);
  showScopes();
}

function takeDetail(detail) {
  state.detail = detail;
  state.layout = new Map(detail.layout.map((entry) => [entry.well, entry]));
  takeSummary(detail.summary);
  const { rows, columns } = detail.summary;
  heatmap.plate(rows, columns, detail.expectedWells, detail.layout, cellsNow(), callsNow());
  showCalls();
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

function takeCalls(calls) {
  for (const call of calls) {
    const known = state.calls.get(spot(call));
    if (!known || known.sequence <= call.sequence) state.calls.set(spot(call), call);
  }
}

// A history is joined by wells seen: an answer has all of it, an event its newest point.
function takeQuality(quality, points) {
  const known = state.quality.get(quality.timepoint);
  const of = (list) => list.map((point) => [point.wells, point]);
  const [old, fresh] = known && known.sequence > quality.sequence ? [points, known.history] : [known?.sequence >= 0 ? known.history : [], points];
  const history = [...new Map([...of(old), ...of(fresh)]).values()].sort((a, b) => a.wells - b.wells);
  const newest = known && known.sequence > quality.sequence ? known : quality;
  state.quality.set(quality.timepoint, { ...newest, history });
}

function takeAlerts(alerts) {
  if (alerts && alerts.sequence >= state.alerts.sequence) state.alerts = alerts;
  later(showAlerts);
}

const showAlerts = () => strip.show(state.alerts);

/** Shows the plate of an alert, and the timepoint that it is about. */
async function goTo({ plate, acquisition, timepoint }) {
  state.followsNewest = sameKey(state.plates[0], { plate, acquisition });
  await choosePlate({ plate, acquisition });
  if (timepoint !== null && sameKey(state.key, { plate, acquisition })) chooseTimepoint(timepoint);
  await loadImportance();
  $('plates').focus();
}

function chooseTimepoint(timepoint) {
  state.timepoint = timepoint;
  $('timepoints').value = timepoint;
  heatmap.fill(cellsNow(), callsNow());
  showSummary();
  showHitList();
  selectWell(state.selected);
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
    showControls(figure, null);
    $('empty-title').textContent = 'Waiting for the first plate';
    $('empty-text').textContent = state.missing.length
      ? `These topics do not exist yet: ${state.missing.join(', ')}. They appear when the processor starts.`
      : 'Results appear here as soon as the processor has scored a well.';
    return;
  }
  const { scored, failed, expected, flagged } = plate;
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
  showHitFigure(plate);
  $('failures').textContent = count(failed);
  $('failures').closest('.figure').classList.toggle('alarm', failed > 0);
  $('failures-note').textContent = flagged ? `${plural(flagged, 'scored well')} flagged` : failed ? 'choose a crossed well to see why' : 'none, and no flags';
  const quality = state.quality.get(state.timepoint);
  if (quality) showQuality(figure, quality);
  else showControls(figure, plate);
  $('timepoint-field').hidden = plate.timepoints < 2;
  if ($('timepoints').options.length !== plate.timepoints) {
    $('timepoints').replaceChildren(...Array.from({ length: plate.timepoints }, (_, t) => el('option', { value: t }, String(t))));
  }
  $('timepoints').value = state.timepoint;
}

/** By the calls of this timepoint; by the predicted classes as long as nothing was called. */
function showHitFigure(plate) {
  const calls = callsNow();
  if (isDecided(calls)) {
    const { hits, called } = tally(calls);
    $('hits').textContent = count(hits);
    $('hit-rate').textContent = called ? percent(hits / called, 1) : '';
    $('hits-note').textContent = `${bases(calls).map(decision).join('; ')}, ${stageOf(calls)}`;
    return;
  }
  const samples = plate.scored - plate.negativeControls.scored - plate.positiveControls.scored;
  $('hits').textContent = count(plate.hits);
  $('hit-rate').textContent = samples > 0 ? percent(plate.hits / samples, 1) : '';
  $('hits-note').textContent = 'samples predicted as the hit class';
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
  const ring = (kind) => icon(svg('g', { class: 'well' }, svg('rect', { class: `ring ${kind}`, ...box })));
  const roles = new Set([...state.layout.values()].map((entry) => entry.role));
  const stages = new Set(callsNow().map((call) => call.stage));
  const entries = [
    ['No result yet', well('pending')],
    ['Failed', well('failed', svg('line', { class: 'cross', x1: 6, y1: 6, x2: 12, y2: 12 }), svg('line', { class: 'cross', x1: 6, y1: 12, x2: 12, y2: 6 }))],
  ];
  if (!heatmap.decided) entries.push(['Predicted hit', well('', ...hitMark(9, 9, false))]);
  if (heatmap.decided && stages.has('PROVISIONAL')) entries.push(['Provisional hit', well('', ...hitMark(9, 9, true))]);
  if (heatmap.decided && stages.has('FINAL')) entries.push(['Hit', well('', ...hitMark(9, 9, false))]);
  if (roles.has('NEGATIVE_CONTROL')) entries.push(['Negative control', ring('negative')]);
  if (roles.has('POSITIVE_CONTROL')) entries.push(['Positive control', ring('positive')]);
  if (roles.has('EMPTY')) entries.push(['Untreated', ring('vacant')]);
  if ([...heatmap.wells.keys()].some((name) => heatmap.isUnmapped(name))) entries.push(['Not in the layout', well('', notch(box))]);
  const names = entries.map(([name]) => name).join();
  if ($('legend').dataset.names === names) return;
  $('legend').dataset.names = names;
  $('legend').replaceChildren(...entries.map(([name, drawing]) => el('li', {}, drawing, name)));
}

// ---- one well

async function selectWell(name) {
  state.selected = name;
  heatmap.select(name);
  $('well-close').hidden = !name;
  document.querySelectorAll('.hits tr').forEach((row) => row.classList.toggle('selected', row.dataset.well === name));
  if (!name) {
    state.well = null;
    showNoWell(panel, state.key !== null);
    return;
  }
  const asked = { name, key: state.key, timepoint: state.timepoint };
  const detail = await get(`${plateUrl(state.key)}/wells/${name}?timepoint=${state.timepoint}`);
  if (asked.name !== state.selected || asked.key !== state.key || asked.timepoint !== state.timepoint || !detail) return;
  state.well = detail;
  panel.title.textContent = `Well ${name}`;
  const at = `${state.timepoint}/${name}`;
  const cell = state.cells.get(at);
  showWell(panel, detail, state.calls.get(at) ?? null, cell ? heatmap.color(cell) : null, state.layout.size > 0);
}

function showSelectedCall() {
  const host = panel.body.querySelector('.call-part');
  const at = `${state.timepoint}/${state.selected}`;
  const cell = state.cells.get(at);
  if (host && cell && state.well?.prediction) showCall(host, state.well.prediction, state.calls.get(at) ?? null, heatmap.color(cell));
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

const SCOPES = {
  class: { group: 'Predicted classes', of: (name) => `Class ${name}` },
  role: { group: 'Roles', of: (name) => `${sentence(name === 'UNKNOWN' ? 'UNMAPPED_WELL' : name)}s`.replace('Emptys', 'Untreated wells') },
  treatment: { group: 'Treatments', of: (name) => name },
  instrument: { group: 'Microscopes', of: (name) => name },
};

function showScopes() {
  const groups = new Map([['Plates', [['all', 'All plates']]]]);
  if (state.key) groups.get('Plates').push([encodedScope(state.key), 'This plate']);
  for (const scope of state.scopes) {
    const [kind, name] = scope.split('/').map(decodeURIComponent);
    if (!SCOPES[kind]) continue;
    const { group, of } = SCOPES[kind];
    groups.set(group, [...(groups.get(group) ?? []), [scope, of(name)]]);
  }
  $('scopes').replaceChildren(...[...groups].map(([label, options]) => el('optgroup', { label },
    ...options.map(([value, name]) => el('option', { value, selected: value === state.scope }, name)))));
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
  const list = hitsOf(cellsNow(), callsNow(), state.layout);
  showHits($('hits-table'), list, state.layout, state.selected, selectWell);
  $('hits-sub').textContent = list.note;
  $('hits-stage').textContent = list.stage ? sentence(list.stage) : '';
  $('hits-stage').dataset.status = list.stage === 'final' ? 'FINISHED' : 'STARTED';
  link($('download'), list.rows.length > 0, 'hits.csv');
  link($('download-all'), state.calls.size + state.cells.size > 0, 'hits.csv?all=true');
}

/** A link without a target is none, and says so. */
function link(anchor, usable, path) {
  if (usable && state.key) anchor.href = `${plateUrl(state.key)}/${path}`;
  else anchor.removeAttribute('href');
  anchor.setAttribute('aria-disabled', String(!usable));
}

function showCalls() {
  const able = state.calls.size > 0;
  $('by-score').disabled = !able && heatmap.measure !== 'score';
  $('by-score').title = able ? 'The score that decides what is a hit' : 'There are no hit calls yet';
  drawLegend();
  showSummary();
  showHitList();
  showSelectedCall();
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
  later(showCalls);
  if (wells.some((cell) => cell.well === state.selected && cell.timepoint === state.timepoint)) selectWell(state.selected);
}

function onCalls({ calls }) {
  if (!sameKey(calls, state.key)) return;
  const list = listOf(calls);
  takeCalls(list);
  heatmap.updateCalls(callsNow(), list.filter((call) => call.timepoint === state.timepoint).map((call) => call.well));
  later(showCalls);
}

function onQuality({ quality }) {
  if (!sameKey(quality, state.key)) return;
  takeQuality(quality, quality.history);
  later(showSummary);
}

async function onPlate({ plate }) {
  const known = state.plates.some((each) => sameKey(each, plate));
  takeSummary(plate);
  if (!known) {
    showPlates();
    showAlerts();
  }
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
  chooseTimepoint(Number(event.target.value));
});
$('scopes').addEventListener('change', (event) => {
  state.scope = event.target.value;
  state.scopeChosen = true;
  loadImportance();
});
/** Buttons of which one is pressed. */
function choice(actions) {
  const buttons = Object.keys(actions).map($);
  buttons.forEach((button) => button.addEventListener('click', () => {
    buttons.forEach((each) => each.setAttribute('aria-pressed', String(each === button)));
    actions[button.id]();
  }));
}
const draw = (reading) => () => {
  state.reading = reading;
  showImportance();
};
choice({ 'by-probability': () => heatmap.colorBy('probability'), 'by-logit': () => heatmap.colorBy('logit'), 'by-score': () => heatmap.colorBy('score') });
choice({ 'draw-importance': draw('importance'), 'draw-contribution': draw('contribution') });
$('well-close').addEventListener('click', () => selectWell(null));
addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && state.selected) selectWell(null);
});
addEventListener('resize', () => later(showImportance));
onTheme(() => {
  heatmap.redraw();
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
showHitList();
showSummary();
showAlerts();
get('/api/me').then((me) => {
  if (!me?.user) return;
  $('me-name').textContent = me.user;
  $('me-name').title = `${me.user}, ${me.role.toLowerCase()}`;
  $('me').hidden = false;
}).catch(() => {});

listen({
  onOpen: () => loadAll().catch((failure) => connection('lost', `Cannot load: ${failure.message}`)),
  onLost: () => connection('lost', 'Reconnecting'),
  onHeartbeat,
  on: { wells: onWells, plate: onPlate, calls: onCalls, quality: onQuality, alerts: ({ alerts }) => takeAlerts(alerts), importance: onImportance },
});
