// The details of one well.
import { bars } from './charts.js';
import { decision, flagWords, gate, methodName } from './calls.js';
import { channelColor } from './color.js';
import { content, el, number, percent, plural, probability, sentence, signed, time, words } from './format.js';

/** Fills the panel. @param call the well's hit call, or null @param swatch the well's colour on the plate, or null @param mapped whether the plate has a layout */
export function showWell(panel, detail, call, swatch, mapped) {
  panel.sub.textContent = detail.layout ? [sentence(detail.layout.role), content(detail.layout)].filter(Boolean).join(': ')
    : mapped ? 'The layout does not describe this well' : 'The plate has no layout';
  panel.body.replaceChildren(...(detail.prediction ? prediction(detail, call, swatch) : withoutPrediction(detail)));
}

/** Fills the part on the call, which changes more often than the rest and is not read aloud each time. */
export function showCall(host, p, call, swatch) {
  const model = `hit probability ${probability(p.hitProbability)}, logit ${signed(p.hitLogit)}`;
  const head = (title, ...lines) => el('div', { class: 'call' }, el('i', { class: 'swatch', style: { background: swatch ?? 'transparent' } }),
    el('div', {}, el('b', {}, title), ...lines.map((line) => el('span', {}, line))));
  if (!call) {
    host.replaceChildren(head(p.hit ? `Hit: ${p.predictedClass}` : p.predictedClass, model));
    return;
  }
  const verdict = call.hit === null ? 'No call can be made' : `${call.hit ? 'Hit' : 'No hit'}${call.stage === 'FINAL' ? '' : ', provisional'}`;
  const score = call.score === null ? '' : `${methodName(call.basis)} ${signed(call.score)}, a hit is ${gate(call.basis)}${call.rank === null ? '' : `; rank ${call.rank}`}`;
  const scores = { 'Robust z': call.robustZ, NPI: call.npi, SSMD: call.ssmd, 'B-score': call.bScore };
  host.replaceChildren(
    head(verdict, score, `predicted ${p.predictedClass}, ${model}`),
    call.flags.length ? el('div', {}, ...call.flags.map((flag) => el('span', { class: 'chip' }, flagWords(flag)))) : '',
    el('dl', { class: 'scores' }, ...Object.entries(scores).flatMap(([name, value]) => [el('div', {}, el('dt', {}, name), el('dd', {}, number(value)))])),
    el('p', { class: 'sub' }, `${decision(call.basis)} · method version ${call.basis.methodVersion}, rules ${call.basis.rules}`));
}

export function showNoWell(panel, hasPlate) {
  panel.title.textContent = 'Well';
  panel.sub.textContent = '';
  panel.body.replaceChildren(el('p', { class: 'hint' }, hasPlate
    ? 'Choose a well on the plate to see what the model says of it and which channels its call rests on. Arrow keys move from well to well.'
    : 'The details of a well appear here.'));
}

function prediction(detail, call, swatch) {
  const p = detail.prediction;
  const explained = p.channels.some((c) => c.importance !== null);
  const byImportance = p.channels.map((c, index) => ({ ...c, index })).sort((a, b) => (explained ? b.importance - a.importance : b.contribution - a.contribution));
  const parts = [
    callPart(p, call, swatch),
    p.flags.length ? el('div', {}, ...p.flags.map((flag) => el('span', { class: 'chip' }, words(flag)))) : null,
    ...failures(detail.failures, 'note'),
    group('Class probabilities', '', bars(p.probabilities.map((c) => ({ name: c.name, value: c.probability })),
      { high: 1, text: (v) => probability(v), color: () => 'var(--accent)' })),
  ];
  if (explained) {
    const values = byImportance.map((c) => c.importance);
    parts.push(group('Importance per channel', 'logit lost without it', bars(byImportance.map((c) => ({ name: c.channel, value: c.importance })),
      { low: Math.min(0, ...values), high: Math.max(0.1, ...values), text: (v) => signed(v), color: (i) => channelColor(byImportance[i].index) })));
  } else {
    parts.push(group('Importance per channel', '', el('p', { class: 'hint' }, 'This well was not explained.')));
  }
  parts.push(group('Contribution per channel', 'share of the mixed image', bars(byImportance.map((c) => ({ name: c.channel, value: c.contribution })),
    { high: Math.max(0.01, ...byImportance.map((c) => c.contribution ?? 0)), text: (v) => percent(v, 1), color: (i) => channelColor(byImportance[i].index) })));
  const sites = p.sitesExpected === null ? plural(p.sitesScored, 'site') : `${p.sitesScored} of ${plural(p.sitesExpected, 'site')}`;
  parts.push(facts({
    'Rests on': `${sites}${p.sitesFailed ? `, ${p.sitesFailed} failed` : ''}, ${plural(p.planes, 'image')}`,
    Revision: String(p.revision),
    Acquired: time(p.acquiredAt),
    Instrument: p.instrument,
    Model: `${p.modelName} ${p.modelVersion}`,
    'Model file': `SHA-256 ${p.modelSha256.slice(0, 12)}…`,
    Device: `${p.device}, ${p.reproducible ? 'reproducible to the bit' : 'not reproducible to the bit'}`,
  }));
  return parts.filter(Boolean);
}

function withoutPrediction(detail) {
  if (detail.failures.length) return failures(detail.failures, detail.status === 'FAILED' ? '' : 'note');
  return [el('p', { class: 'hint' }, 'No result yet. The well is scored once all its images have come, or its time is up.')];
}

function failures(list, kind) {
  return list.map((f) => {
    const place = [f.site === null ? '' : `site ${f.site}`, f.channel ? `channel ${f.channel}` : ''].filter(Boolean).join(', ');
    return el('div', { class: `problem ${kind}` }, el('b', {}, sentence(f.reason) + (place ? ` (${place})` : '')),
      el('div', { class: 'message' }, f.message), el('div', { class: 'remedy' }, `What to do: ${f.remedy}`));
  });
}

function callPart(p, call, swatch) {
  const host = el('section', { class: 'group call-part', 'aria-live': 'off' });
  showCall(host, p, call, swatch);
  return host;
}

const group = (title, unit, child) => el('section', { class: 'group' }, el('h3', {}, title, unit ? el('small', {}, unit) : null), child);

const facts = (entries) => el('dl', { class: 'facts' }, ...Object.entries(entries).filter(([, value]) => value)
  .flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
