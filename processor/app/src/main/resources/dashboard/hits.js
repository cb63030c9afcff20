// The hit list: by the calls, or by the predicted classes as long as there are none.
import { bases, decision, flagWords, gate, isDecided, isSample, isSampleCall, obstacles, stageOf, tally } from './calls.js';
import { content, count, el, number, plural, probability, words } from './format.js';

/** What the list shows, and on what it rests. */
export function hitsOf(cells, calls, layout) {
  if (isDecided(calls)) {
    const rows = calls.filter((call) => call.hit && isSampleCall(call))
      .sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity) || (b.score ?? -Infinity) - (a.score ?? -Infinity) || (a.well < b.well ? -1 : 1));
    return { rows, called: true, stage: stageOf(calls), note: calledNote(calls) };
  }
  const rows = cells.filter((cell) => cell.hit && isSample(layout.get(cell.well)?.role))
    .sort((a, b) => (b.hitLogit ?? -Infinity) - (a.hitLogit ?? -Infinity));
  return { rows, called: false, stage: null, note: predictedNote(cells, calls) };
}

function calledNote(calls) {
  const { hits, called } = tally(calls);
  const rules = bases(calls).map((basis) => `${decision(basis)} (method version ${basis.methodVersion}, rules ${basis.rules})`).join('; ');
  return `${plural(hits, 'hit')} of ${plural(called, 'called sample')} · ${rules}`;
}

function predictedNote(cells, calls) {
  if (!cells.length) return '';
  const why = obstacles(calls);
  const before = calls.length ? `No call can be made${why ? ` (${why})` : ''}` : 'No hit calls yet';
  return `${before}: samples whose predicted class is the hit class, highest hit logit first`;
}

const dose = (hit) => content({ treatment: hit.treatment, concentration: hit.concentration, unit: hit.unit }) || '–';

const WELL = { name: 'Well', cell: (hit) => el('button', { type: 'button' }, hit.well) };
const called = (several) => [
  { name: 'Rank', n: true, cell: (hit) => (hit.rank === null ? '–' : count(hit.rank)) },
  WELL,
  { name: 'Treatment', cell: dose },
  { name: 'Score', n: true, cell: (hit) => el('b', {}, number(hit.score)) },
  { name: 'Threshold', n: true, cell: (hit) => gate(hit.basis) },
  several ? { name: 'Method', cell: (hit) => decision(hit.basis) } : null,
  { name: 'Robust z', n: true, cell: (hit) => number(hit.robustZ) },
  { name: 'NPI', n: true, cell: (hit) => number(hit.npi, 1) },
  { name: 'SSMD', n: true, cell: (hit) => number(hit.ssmd) },
  { name: 'B-score', n: true, cell: (hit) => number(hit.bScore) },
  { name: 'Hit probability', n: true, cell: (hit) => probability(hit.hitProbability) },
  { name: 'Top channel', cell: (hit) => hit.topChannel ?? '–' },
  { name: 'Flags', cell: (hit) => hit.flags.map(flagWords).join(', ') || '–' },
].filter(Boolean);

const predicted = (layout) => [
  { name: 'Place', n: true, cell: (hit, i) => count(i + 1) },
  WELL,
  { name: 'Treatment', cell: (hit) => content(layout.get(hit.well)) || '–' },
  { name: 'Hit logit', n: true, cell: (hit) => number(hit.hitLogit) },
  { name: 'Hit probability', n: true, cell: (hit) => probability(hit.hitProbability) },
  { name: 'Top channel', cell: (hit) => hit.topChannel ?? '–' },
  { name: 'Flags', cell: (hit) => hit.flags.map(words).join(', ') || '–' },
];

export function showHits(host, list, layout, selected, onSelect) {
  if (!list.rows.length) {
    host.replaceChildren(el('p', { class: 'hint' }, list.called && list.stage === 'final' ? 'No sample is a hit.' : 'No hits yet.'));
    return;
  }
  const columns = list.called ? called(bases(list.rows).length > 1) : predicted(layout);
  const focused = host.contains(document.activeElement) ? document.activeElement.closest('tr')?.dataset.well : null;
  host.replaceChildren(el('table', { class: 'hits' },
    el('thead', {}, el('tr', {}, ...columns.map(({ name, n }) => el('th', { scope: 'col', class: n ? 'n' : null }, name)))),
    el('tbody', {}, ...list.rows.map((hit, i) => el('tr', { 'data-well': hit.well, class: hit.well === selected ? 'selected' : null, onclick: () => onSelect(hit.well) },
      ...columns.map(({ n, cell }) => el('td', { class: n ? 'n' : null }, cell(hit, i))))))));
  if (focused) [...host.querySelectorAll('tr')].find((row) => row.dataset.well === focused)?.querySelector('button').focus();
}
