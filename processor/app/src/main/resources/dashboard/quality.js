// Plate quality: the figure in the header, in numbers, in a word, and as it develops.
import { count, el, number, percent, plural, signed, svg } from './format.js';

const VERDICTS = { EXCELLENT: ['Excellent', 'good'], MARGINAL: ['Marginal', 'warn'], UNUSABLE: ['Unusable', 'bad'], UNDEFINED: ['Undefined', 'none'] };
const STATISTICS = { zPrime: 'Z′', robustZPrime: 'robust Z′', ssmd: 'SSMD', hitRate: 'hit rate', cvPositive: 'CV+', cvNegative: 'CV−', edgeEffect: 'edge effect' };

const ICONS = {
  good: () => [svg('path', { d: 'M4.6 8.3l2.4 2.4 4.5-5' })],
  warn: () => [svg('path', { d: 'M4.7 8h6.6' })],
  bad: () => [svg('path', { d: 'M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2' })],
  none: () => [svg('path', { d: 'M6.1 6.2a1.9 1.9 0 1 1 2.6 1.8c-.5.2-.7.5-.7 1.1M8 11.3v.1' })],
};

function verdict(name) {
  const [word, tone] = VERDICTS[name] ?? VERDICTS.UNDEFINED;
  return el('span', { class: 'verdict', 'data-tone': tone }, svg('svg', { viewBox: '0 0 16 16', 'aria-hidden': true }, svg('circle', { cx: 8, cy: 8, r: 6.9 }), ...ICONS[tone]()), word);
}

/** Reasons for what is not defined, each once with all that it concerns. */
function reasons(undefinedWhy) {
  const by = new Map();
  for (const name of new Set([...Object.keys(STATISTICS), ...Object.keys(undefinedWhy)])) {
    const why = undefinedWhy[name];
    if (why) by.set(why, [...(by.get(why) ?? []), STATISTICS[name] ?? name]);
  }
  return [...by].map(([why, names]) => `${names.join(', ')}: ${why}`);
}

/** Fills the figure with a plate's quality. */
export function showQuality(parts, q) {
  parts.label.textContent = 'Plate quality';
  parts.status.textContent = { RUNNING: 'So far', COMPLETE: 'Final', PARTIAL: 'Closed with wells missing' }[q.status] ?? '';
  parts.status.dataset.status = { COMPLETE: 'FINISHED', PARTIAL: 'ABORTED' }[q.status] ?? 'STARTED';
  parts.value.replaceChildren(el('small', {}, 'Z′'), el('b', { id: 'zprime' }, number(q.zPrime)), verdict(q.verdict));
  const seen = q.wellsExpected === null ? plural(q.wellsSeen, 'well') : `${count(q.wellsSeen)} of ${count(q.wellsExpected)} wells`;
  const wells = [`${seen} seen`, `${count(q.wellsFailed)} failed`, `${count(q.wellsPartial)} partial`,
    q.wellsNoCells ? `${count(q.wellsNoCells)} without cells` : '', q.focusFailures ? `${count(q.focusFailures)} out of focus` : '',
    q.unmapped ? `${count(q.unmapped)} unmapped` : ''];
  const statistics = [['robust Z′', number(q.robustZPrime)], ['SSMD', number(q.ssmd, 1)], ['hit rate', percent(q.hitRate, 1)]];
  parts.statistics.replaceChildren(...statistics.map(([name, value]) => el('span', {}, `${name} `, el('b', {}, value))));
  parts.wells.textContent = wells.filter(Boolean).join(' · ');
  const mirrored = q.controlsMirrored ? ['the controls look as if the plate lay turned by 180°'] : [];
  const why = [...mirrored, ...reasons(q.undefined)].join(' · ');
  const edge = q.edgeEffect === null ? '' : ` · edge effect ${signed(q.edgeEffect, 1)}`;
  const controls = `rests on ${count(q.positiveControls)} positive and ${plural(q.negativeControls, 'negative control')}${edge}`;
  parts.why.textContent = (why || controls).replace(/^./, (c) => c.toUpperCase());
  parts.why.title = parts.why.textContent;
  parts.why.classList.toggle('warning', q.controlsMirrored);
  spark(parts.spark, q);
}

const NONE = { wells: 0, scored: 0, hits: 0 };

/** Fills the figure with how the controls came out, as long as nobody spoke of the plate's quality. @param plate null without one */
export function showControls(parts, plate) {
  const { negativeControls: negative, positiveControls: positive } = plate ?? { negativeControls: NONE, positiveControls: NONE };
  const controls = negative.scored + positive.scored;
  const right = negative.scored - negative.hits + positive.hits;
  parts.label.textContent = plate ? 'Controls right' : 'Plate quality';
  parts.status.textContent = '';
  parts.value.replaceChildren(el('b', {}, controls ? count(right) : '–'), el('small', {}, controls ? `of ${count(controls)}` : ''));
  parts.statistics.textContent = !plate ? '' : !negative.wells && !positive.wells ? 'the layout names none'
    : `negative ${negative.scored - negative.hits}/${negative.scored}, positive ${positive.hits}/${positive.scored}`;
  parts.wells.textContent = '';
  parts.why.textContent = 'Z′ shows here once the processor tells of plate quality';
  parts.why.title = '';
  parts.why.classList.remove('warning');
  parts.spark.replaceChildren();
}

/** Z' over the wells seen, with its two gates; −0.5 and below lies on the floor. */
function spark(host, q) {
  const [width, height, pad, left] = [170, 62, 5, 24];
  const last = Math.max(q.wellsExpected ?? 0, q.wellsSeen, 1);
  const x = (wells) => left + (wells / last) * (width - pad - left);
  const y = (z) => pad + ((1 - Math.max(-0.5, z)) / 1.5) * (height - 2 * pad);
  const lines = [];
  let open = false;
  for (const point of q.history) {
    if (point.zPrime !== null) lines.push(`${open ? 'L' : 'M'}${x(point.wells).toFixed(1)} ${y(point.zPrime).toFixed(1)}`);
    open = point.zPrime !== null;
  }
  const known = q.history.filter((point) => point.zPrime !== null);
  const first = known[0];
  host.replaceChildren(svg('svg', {
    viewBox: `0 0 ${width} ${height}`, role: 'img',
    'aria-label': first ? `Z′ over wells seen: ${number(first.zPrime)} after ${plural(first.wells, 'well')}, ${number(known.at(-1).zPrime)} after ${count(known.at(-1).wells)}`
      : 'Z′ over wells seen: not defined yet',
  },
  svg('rect', { class: 'band', x: left, y: y(1), width: width - pad - left, height: y(0.5) - y(1) }),
  ...[0.5, 0].flatMap((z) => [svg('line', { class: 'gate', x1: left, x2: width - pad, y1: y(z), y2: y(z) }),
    svg('text', { class: 'tick', x: left - 5, y: y(z) + 3.6, 'text-anchor': 'end', 'aria-hidden': true }, String(z))]),
  svg('line', { class: 'edge', x1: x(q.wellsSeen), x2: x(q.wellsSeen), y1: height - pad - 4, y2: height - pad + 2 }),
  lines.length ? svg('path', { d: lines.join('') }) : null,
  known.length ? svg('circle', { cx: x(known.at(-1).wells), cy: y(known.at(-1).zPrime), r: 3.2 }) : null));
}
