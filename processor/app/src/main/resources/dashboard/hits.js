// The hit list.
import { content, count, el, number, plural, probability, words } from './format.js';

/** Hits that are no controls, highest logit first. */
export function hitsOf(cells, layout) {
  const isControl = (name) => (layout.get(name)?.role ?? '').endsWith('_CONTROL');
  return [...cells].filter((cell) => cell.hit && !isControl(cell.well)).sort((a, b) => (b.hitLogit ?? -Infinity) - (a.hitLogit ?? -Infinity));
}

export function showHits(host, hits, layout, selected, onSelect) {
  if (!hits.length) {
    host.replaceChildren(el('p', { class: 'hint' }, 'No hits yet.'));
    return;
  }
  const head = ['Rank', 'Well', 'Treatment', 'Hit logit', 'Hit probability', 'Top channel', 'Flags'];
  host.replaceChildren(el('table', { class: 'hits' },
    el('thead', {}, el('tr', {}, ...head.map((name, i) => el('th', { scope: 'col', class: [0, 3, 4].includes(i) ? 'n' : null }, name)))),
    el('tbody', {}, ...hits.map((hit, i) => el('tr', { 'data-well': hit.well, class: hit.well === selected ? 'selected' : null, onclick: () => onSelect(hit.well) },
      el('td', { class: 'n' }, count(i + 1)),
      el('td', {}, el('button', { type: 'button' }, hit.well)),
      el('td', {}, content(layout.get(hit.well)) || '–'),
      el('td', { class: 'n' }, number(hit.hitLogit)),
      el('td', { class: 'n' }, probability(hit.hitProbability)),
      el('td', {}, hit.topChannel ?? '–'),
      el('td', {}, hit.flags.map(words).join(', ') || '–'))))));
}

/** RFC 4180; a text that a spreadsheet would take for a formula is made plain text. */
export function csv(key, hits, layout) {
  const rows = hits.map((hit, i) => {
    const there = layout.get(hit.well);
    return [i + 1, key.plate, key.acquisition, hit.well, hit.timepoint, there?.treatment, there?.concentration, there?.unit,
      hit.hitLogit, hit.hitProbability, hit.predictedClass, hit.topChannel, hit.revision, hit.flags.join(' ')];
  });
  const head = ['rank', 'plate', 'acquisition', 'well', 'timepoint', 'treatment', 'concentration', 'concentration_unit',
    'hit_logit', 'hit_probability', 'predicted_class', 'top_channel', 'revision', 'flags'];
  return [head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

function cell(value) {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const plain = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

export const hitsNote = (hits) => (hits.length ? `${plural(hits.length, 'well')}, highest hit logit first; controls left out` : '');
