// Bars and lines of channel importance.
import { channelColor } from './color.js';
import { clock, count, el, number, percent, signed, svg, ticks } from './format.js';

/** A bar from zero; negative values go to the left. */
function track(value, low, high, color, spread) {
  const place = (v) => (100 * (Math.min(high, Math.max(low, v)) - low)) / (high - low || 1);
  const zero = place(0);
  const end = place(value ?? 0);
  return el('div', { class: 'track' },
    el('i', { style: { left: `${Math.min(zero, end)}%`, width: `${Math.abs(end - zero)}%`, background: color } }),
    spread ? el('span', { class: 'whisker', style: { left: `${place(value - spread)}%`, width: `${place(value + spread) - place(value - spread)}%` } }) : null,
    low < 0 ? el('em', { style: { left: `${zero}%` } }) : null);
}

/** Rows of name, bar and value. */
export function bars(rows, { low = 0, high, text, color }) {
  return el('div', { class: 'bars' }, ...rows.flatMap(({ name, value }, i) => [
    el('span', { class: 'name', title: name }, name), track(value, low, high, color(i)), el('span', { class: 'value' }, text(value)),
  ]));
}

/** The three readings of every channel side by side, most important first. */
export function readings(latest) {
  const channels = latest.channels.map((channel, index) => ({ ...channel, index }));
  channels.sort((a, b) => (b.importance.mean ?? -Infinity) - (a.importance.mean ?? -Infinity) || b.weight - a.weight);
  const means = channels.map((c) => c.importance.mean ?? 0);
  const spreads = channels.map((c) => (c.importance.mean ?? 0) + (c.importance.deviation ?? 0));
  const top = Math.max(0.1, ...means, ...spreads);
  const bottom = Math.min(0, ...means);
  const share = Math.max(...channels.flatMap((c) => [c.weight ?? 0, c.contribution.mean ?? 0]), 0.01);
  const drifts = channels.some((c) => c.drift !== null || c.driftFromStart !== null);
  const cell = (value, low, high, text, index, spread) =>
    el('td', {}, el('div', { class: 'cell' }, track(value, low, high, channelColor(index), spread), el('span', { class: 'value' }, text)));
  return el('table', { class: 'readings' },
    el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Channel'),
      el('th', { scope: 'col' }, 'Importance', el('small', {}, 'logit lost without it')),
      el('th', { scope: 'col' }, 'Contribution', el('small', {}, 'share of the mixed image')),
      el('th', { scope: 'col' }, 'Weight', el('small', {}, 'share in the model')),
      drifts ? el('th', { scope: 'col' }, 'Drift', el('small', {}, 'of the contribution, in SDs')) : null)),
    el('tbody', {}, ...channels.map((c) => el('tr', { 'data-channel': c.channel },
      el('th', { scope: 'row' }, el('span', { class: 'grid-name', title: c.channel }, el('i', { class: 'key', style: { background: channelColor(c.index) } }), c.channel)),
      cell(c.importance.mean, bottom, top, number(c.importance.mean), c.index, c.importance.deviation),
      cell(c.contribution.mean, 0, share, percent(c.contribution.mean, 1), c.index),
      cell(c.weight, 0, share, percent(c.weight, 1), c.index),
      drifts ? el('td', {}, drift(c.drift, 'from training'), drift(c.driftFromStart, 'from the start')) : null))));
}

/** A drift in a word and a number: 3 SDs is where one well in 370 of the reference lies, and where alerts begin by default. */
function drift(value, since) {
  if (value === null) return null;
  const size = Math.abs(value);
  const [word, tone] = size >= 3 ? ['drifted', 'bad'] : size >= 2 ? ['moving', 'warn'] : ['steady', 'none'];
  return el('div', { class: 'drift', 'data-tone': tone, title: `${word} ${signed(value, 1)} SDs ${since}` },
    el('b', {}, word), ` ${signed(value, 1)} `, el('small', {}, since));
}

/** One line per channel over time, named at its end. */
export function lines(host, series, channels, reading, tooltip) {
  const box = host.getBoundingClientRect();
  const width = Math.max(280, box.width || 520);
  const height = 236;
  const pad = { left: 44, right: 12 + 7.4 * Math.max(4, ...channels.map((name) => Math.min(14, name.length))), top: 8, bottom: 26 };
  const points = series.map((p) => ({ at: Date.parse(p.at), wells: p.wells, iso: p.at, values: p[reading] }));
  const all = points.flatMap((p) => p.values).filter((v) => v !== null);
  const t0 = points[0].at;
  const t1 = Math.max(points.at(-1).at, t0 + 1000);
  const { values: rows, step, digits } = ticks(Math.min(0, ...all), Math.max(0.02, ...all), 4);
  const low = Math.min(rows[0], ...all);
  const high = Math.max(rows.at(-1), Math.ceil(Math.max(...all, 0.02) / step - 1e-9) * step);
  const x = (at) => pad.left + ((at - t0) / (t1 - t0)) * (width - pad.left - pad.right);
  const y = (v) => height - pad.bottom - ((v - low) / (high - low || 1)) * (height - pad.top - pad.bottom);
  const grid = ticks(low, high, 4).values;
  const text = (v) => (reading === 'contribution' ? percent(v, step < 0.01 ? 1 : 0) : number(v, digits));
  const root = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `Mean ${reading} per channel over time` });
  root.append(...grid.map((v) => svg('g', {},
    svg('line', { class: Math.abs(v) < 1e-9 ? 'zero' : 'gridline', x1: pad.left, x2: width - pad.right, y1: y(v), y2: y(v) }),
    svg('text', { class: 'tick', x: pad.left - 8, y: y(v) + 4, 'text-anchor': 'end' }, text(v)))));
  const stamps = t1 - t0 < 1500 ? [t0] : [t0, (t0 + t1) / 2, t1];
  root.append(...stamps.map((at, i) => svg('text', { class: 'tick', x: x(at), y: height - 6, 'text-anchor': ['start', 'middle', 'end'][i] }, clock(at))));
  const ends = [];
  channels.forEach((name, i) => {
    const known = points.filter((p) => p.values[i] !== null && p.values[i] !== undefined);
    if (!known.length) return;
    const path = known.map((p, n) => `${n ? 'L' : 'M'}${x(p.at).toFixed(1)} ${y(p.values[i]).toFixed(1)}`).join('');
    root.append(svg('path', { d: path, stroke: channelColor(i) }));
    const last = known.at(-1);
    root.append(svg('circle', { cx: x(last.at), cy: y(last.values[i]), r: 3.2, fill: channelColor(i) }));
    ends.push({ name, i, at: y(last.values[i]), x: x(last.at) });
  });
  spread(ends, 15, pad.top + 4, height - pad.bottom);
  root.append(...ends.map((end) => svg('text', { class: 'label', x: width - pad.right + 10, y: end.at, fill: channelColor(end.i) },
    end.name.length > 14 ? `${end.name.slice(0, 13)}…` : end.name)));
  const rule = svg('line', { class: 'rule', y1: pad.top, y2: height - pad.bottom, visibility: 'hidden' });
  root.append(rule);
  root.addEventListener('pointermove', (event) => {
    const here = root.getBoundingClientRect();
    const wanted = ((event.clientX - here.x) / here.width) * width;
    const near = points.reduce((best, p) => (Math.abs(x(p.at) - wanted) < Math.abs(x(best.at) - wanted) ? p : best));
    rule.setAttribute('x1', x(near.at));
    rule.setAttribute('x2', x(near.at));
    rule.setAttribute('visibility', 'visible');
    const order = channels.map((name, i) => ({ name, value: near.values[i] })).sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
    tooltip.replaceChildren(el('b', {}, clock(near.iso)), el('div', {}, `${count(near.wells)} wells`),
      ...order.map(({ name, value }) => el('div', {}, `${name} ${reading === 'contribution' ? percent(value, 1) : number(value, 3)}`)));
    tooltip.hidden = false;
    const tip = tooltip.getBoundingClientRect();
    tooltip.style.left = `${Math.min(innerWidth - tip.width - 8, event.clientX + 14)}px`;
    tooltip.style.top = `${Math.max(8, event.clientY - tip.height / 2)}px`;
  });
  root.addEventListener('pointerleave', () => {
    tooltip.hidden = true;
    rule.setAttribute('visibility', 'hidden');
  });
  host.replaceChildren(root);
}

/** Moves labels apart that would lie on each other, keeping their order. */
function spread(labels, gap, top, bottom) {
  labels.sort((a, b) => a.at - b.at);
  for (let i = 0; i < labels.length; i++) labels[i].at = Math.max(labels[i].at, i ? labels[i - 1].at + gap : top);
  for (let i = labels.length - 1; i >= 0; i--) labels[i].at = Math.min(labels[i].at, i < labels.length - 1 ? labels[i + 1].at - gap : bottom);
}
