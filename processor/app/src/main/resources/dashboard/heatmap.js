// The plate: one SVG of any format up to 1536 wells, drawn once, then changed well by well.
import { bases, decision, flagWords, gates, isDecided, methodName } from './calls.js';
import { diverging, viridis } from './color.js';
import { address, content, number, percent, probability, rowName, signed, svg, ticks, words } from './format.js';

const PITCH = 32;
const AXIS = 30;

/** What wells can be coloured by. */
export const MEASURES = {
  probability: {
    label: () => 'Hit probability (mean over sites)',
    of: (cell) => cell.hitProbability,
    color: viridis,
    stops: 11,
    marks: () => [],
    range: () => [0, 1],
    tick: (value) => percent(value),
  },
  logit: {
    label: () => 'Hit logit (log odds, natural; 0 is even)',
    of: (cell) => cell.hitLogit,
    color: viridis,
    stops: 11,
    marks: () => [],
    range: (cells) => {
      const values = cells.map((cell) => cell.hitLogit).filter((value) => value !== null);
      const low = Math.min(-1, ...values);
      const high = Math.max(1, ...values);
      const { step } = ticks(low, high, 6);
      return [Math.floor(low / step) * step, Math.ceil(high / step) * step];
    },
    tick: (value, digits) => number(value, digits),
  },
  score: {
    label: (calls) => `Score: ${bases(calls).map(decision).join('; ') || 'no call yet'}`,
    of: (cell, call) => call?.score,
    color: (share) => diverging(2 * share - 1),
    stops: 13,
    // Even around 0, so that its two sides compare; far beyond the threshold all is the same, or one control would pale the rest.
    range: (cells, calls) => {
      const gate = Math.max(0, ...marksOf(calls).map(Math.abs));
      const most = Math.max(0, ...calls.map((call) => Math.abs(call.score ?? 0)));
      const end = Math.max(2 * gate, gate ? Math.min(most, 4 * gate) : most) || 1;
      const step = 2 * ticks(0, end, 6).step;
      const round = Math.ceil(end / step - 1e-9) * step;
      return [-round, round];
    },
    ticks: ([low, high]) => ({ values: [low, low / 2, 0, high / 2, high], digits: ticks(0, high, 6).digits }),
    marks: marksOf,
    beyond: (calls, [low, high]) => ({ low: calls.some((call) => call.score < low), high: calls.some((call) => call.score > high) }),
    tick: (value, digits) => number(value, digits),
  },
};

function marksOf(calls) {
  return [...new Set(bases(calls).flatMap(gates))];
}

const ROLES = { NEGATIVE_CONTROL: 'negative', POSITIVE_CONTROL: 'positive', EMPTY: 'vacant' };

/** The mark of a hit: a dot, and a ring as long as the call may change. */
export function hitMark(cx, cy, provisional) {
  return provisional
    ? [svg('circle', { class: 'hit-ring under', cx, cy, r: 4.4 }), svg('circle', { class: 'hit-ring', cx, cy, r: 4.4 })]
    : [svg('circle', { class: 'hit', cx, cy, r: 4.2 })];
}

/** The mark of a well that the layout does not describe: a corner. */
export function notch({ x, y, width }) {
  const side = Math.min(9, width / 2.4);
  return svg('path', { class: 'notch', d: `M${x + 1} ${y + side + 1}V${y + 1}H${x + side + 1}Z` });
}

function callLines(call) {
  const stage = call.stage === 'FINAL' ? '' : ', provisional';
  const verdict = call.hit === null ? 'no call' : call.hit ? `hit${stage}` : `no hit${stage}`;
  return [
    `${verdict}${call.score === null ? '' : `: ${methodName(call.basis)} ${signed(call.score)}`}${call.rank === null ? '' : `, rank ${call.rank}`}`,
    call.flags.map(flagWords).join(', '),
  ].filter(Boolean);
}

export class Heatmap {
  /** @param onSelect called with the address of the well that was chosen */
  constructor(host, tooltip, onSelect) {
    this.host = host;
    this.tooltip = tooltip;
    this.onSelect = onSelect;
    this.measure = 'probability';
    this.scale = [0, 1];
    this.wells = new Map();
    this.cells = new Map();
    this.calls = new Map();
    this.decided = false;
    this.focused = null;
    this.selected = null;
  }

  /** Draws the empty plate: what is expected, and what is in the wells. */
  plate(rows, columns, expected, layout, cells, calls) {
    this.rows = rows;
    this.columns = columns;
    this.expected = new Set(expected);
    this.layout = new Map(layout.map((entry) => [entry.well, entry]));
    this.cells = new Map(cells.map((cell) => [cell.well, cell]));
    this.#take(calls);
    this.wells.clear();
    const width = AXIS + columns * PITCH + 8;
    const height = AXIS + rows * PITCH + 8;
    const size = Math.max(10, Math.min(19, 5 + columns * 0.38));
    const root = svg('svg', {
      viewBox: `0 0 ${width} ${height}`, role: 'grid', 'aria-label': `Plate, ${rows} rows and ${columns} columns`,
      'aria-rowcount': rows, 'aria-colcount': columns, preserveAspectRatio: 'xMidYMin meet',
    });
    root.append(svg('defs', {}, svg('pattern', { id: 'hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
      svg('line', { class: 'hatch-line', x1: 0, y1: 0, x2: 0, y2: 6 }))));
    root.append(svg('rect', { class: 'frame', x: AXIS - 4, y: AXIS - 4, width: columns * PITCH + 8, height: rows * PITCH + 8, rx: 10 }));
    this.columnLabels = [];
    this.rowLabels = [];
    for (let c = 0; c < columns; c++) {
      const label = svg('text', { class: 'axis', x: AXIS + (c + 0.5) * PITCH, y: AXIS / 2 - 3, 'font-size': size, 'aria-hidden': true }, String(c + 1));
      this.columnLabels.push(label);
      root.append(label);
    }
    for (let r = 0; r < rows; r++) {
      const row = svg('g', { role: 'row', 'aria-rowindex': r + 1 });
      const label = svg('text', { class: 'axis', x: AXIS / 2 - 3, y: AXIS + (r + 0.5) * PITCH, 'font-size': size, 'aria-hidden': true }, rowName(r));
      this.rowLabels.push(label);
      root.append(label);
      for (let c = 0; c < columns; c++) row.append(this.#well(r, c));
      root.append(row);
    }
    root.addEventListener('click', (event) => this.#choose(event.target.closest('.well')));
    root.addEventListener('keydown', (event) => this.#key(event));
    root.addEventListener('pointerover', (event) => this.#hover(event.target.closest('.well')));
    root.addEventListener('pointerleave', () => this.#hover(null));
    root.addEventListener('focusin', (event) => this.#hover(event.target.closest('.well')));
    root.addEventListener('focusout', () => this.#hover(null));
    this.host.replaceChildren(root);
    this.#focusable(this.focused && this.wells.has(this.focused) ? this.focused : address(0, 0));
    this.redraw();
  }

  /** Takes all results and calls anew. */
  fill(cells, calls) {
    this.cells = new Map(cells.map((cell) => [cell.well, cell]));
    this.#take(calls);
    this.redraw();
  }

  /** Takes the calls of the timepoint, some of which changed. */
  updateCalls(calls, changed) {
    const decided = this.decided;
    this.#take(calls);
    if (this.decided !== decided || (this.measure === 'score' && this.#range().join() !== this.scale.join())) this.redraw();
    else changed.filter((name) => this.wells.has(name)).forEach((name) => this.#paint(name));
  }

  #take(calls) {
    this.calls = new Map(calls.map((call) => [call.well, call]));
    this.decided = isDecided(calls);
  }

  /** Whether a well is shown as a hit: by its call, and by its predicted class as long as nothing was called. */
  isHit(name) {
    return this.decided ? this.calls.get(name)?.hit === true : this.cells.get(name)?.hit === true;
  }

  /** Takes results that just came. */
  update(cells) {
    for (const cell of cells) {
      const known = this.cells.get(cell.well);
      if (!known || known.revision <= cell.revision) this.cells.set(cell.well, cell);
    }
    const scale = this.#range();
    if (scale.join() !== this.scale.join()) this.redraw();
    for (const cell of cells) {
      const well = this.wells.get(cell.well);
      if (!well) continue;
      this.#paint(cell.well);
      well.classList.remove('fresh');
      void well.getBBox(); // starts the animation anew
      well.classList.add('fresh');
    }
  }

  colorBy(measure) {
    this.measure = measure;
    this.redraw();
  }

  select(name) {
    this.wells.get(this.selected)?.classList.remove('selected');
    this.wells.get(this.selected)?.setAttribute('aria-selected', 'false');
    this.selected = name;
    const well = this.wells.get(name);
    well?.classList.add('selected');
    well?.setAttribute('aria-selected', 'true');
    if (name && well) this.#focusable(name);
  }

  redraw() {
    this.scale = this.#range();
    for (const name of this.wells.keys()) this.#paint(name);
    this.select(this.selected);
    this.host.dataset.measure = this.measure;
    this.onScale?.(MEASURES[this.measure], this.scale, [...this.calls.values()]);
  }

  color(cell) {
    const [low, high] = this.scale;
    const measure = MEASURES[this.measure];
    const value = measure.of(cell, this.calls.get(cell.well));
    return value === null || value === undefined ? null : measure.color((value - low) / (high - low));
  }

  #range() {
    return MEASURES[this.measure].range([...this.cells.values()], [...this.calls.values()]);
  }

  #well(r, c) {
    const name = address(r, c);
    const x = AXIS + c * PITCH + 2.5;
    const y = AXIS + r * PITCH + 2.5;
    const side = PITCH - 5;
    // Wells are round in coarse plates and square in fine ones, as in the plastic.
    const rx = this.columns <= 12 ? side / 2 : this.columns <= 24 ? 7 : 3;
    const box = { x, y, width: side, height: side, rx };
    const well = svg('g', { class: 'well', role: 'gridcell', 'data-well': name, tabindex: -1, 'aria-colindex': c + 1, 'aria-selected': 'false' },
      svg('rect', { class: 'body', ...box }),
      svg('rect', { class: 'mark', x: x - 2, y: y - 2, width: side + 4, height: side + 4, rx: rx + 2 }));
    well.dataset.box = JSON.stringify(box);
    this.wells.set(name, well);
    return well;
  }

  #state(name) {
    const cell = this.cells.get(name);
    if (cell && cell.status !== 'PENDING') return cell.status.toLowerCase();
    return this.expected.size === 0 || this.expected.has(name) ? 'pending' : 'unused';
  }

  #paint(name) {
    const well = this.wells.get(name);
    const cell = this.cells.get(name);
    const role = this.layout.get(name)?.role;
    const state = this.#state(name);
    const box = JSON.parse(well.dataset.box);
    const [body, mark] = [well.querySelector('.body'), well.querySelector('.mark')];
    well.classList.remove('pending', 'unused', 'scored', 'failed', 'is-hit', 'provisional', 'no-value', ...Object.values(ROLES), 'unmapped');
    well.classList.add(state);
    const fill = state === 'scored' ? this.color(cell) : null;
    body.style.fill = fill ?? '';
    well.classList.toggle('no-value', state === 'scored' && fill === null);
    const marks = [];
    if (state === 'failed') {
      const [a, b] = [0.3, 0.7];
      const at = (u, v) => [box.x + u * box.width, box.y + v * box.height];
      for (const [[x1, y1], [x2, y2]] of [[at(a, a), at(b, b)], [at(a, b), at(b, a)]]) marks.push(svg('line', { class: 'cross', x1, y1, x2, y2 }));
    }
    const kind = ROLES[role];
    if (kind) {
      well.classList.add(kind);
      marks.push(svg('rect', { class: `ring ${kind}`, ...box }));
    } else if (this.isUnmapped(name)) {
      well.classList.add('unmapped');
      marks.push(notch(box));
    }
    if (this.isHit(name)) {
      const provisional = this.decided && this.calls.get(name).stage === 'PROVISIONAL';
      well.classList.add('is-hit');
      well.classList.toggle('provisional', provisional);
      marks.push(...hitMark(box.x + box.width / 2, box.y + box.height / 2, provisional));
    }
    well.replaceChildren(body, ...marks, mark);
    well.setAttribute('aria-label', this.lines(name).join(', '));
  }

  /** What the tooltip says of a well, line by line. */
  lines(name) {
    const cell = this.cells.get(name);
    const layout = this.layout.get(name);
    const state = this.#state(name);
    const lines = [name];
    const call = this.calls.get(name);
    if (layout) lines.push([words(layout.role), content(layout)].filter(Boolean).join(': '));
    else if (this.isUnmapped(name)) lines.push('not in the layout');
    if (call) lines.push(...callLines(call));
    if (state === 'scored') {
      lines.push(this.decided ? `predicted ${cell.predictedClass}` : `${cell.predictedClass}${cell.hit ? ' (hit)' : ''}`);
      lines.push(`hit probability ${probability(cell.hitProbability)}, logit ${number(cell.hitLogit)}`);
      if (cell.topChannel) lines.push(`top channel ${cell.topChannel}`);
      if (cell.flags.length) lines.push(cell.flags.map(words).join(', '));
    } else if (state === 'failed') {
      lines.push(`failed: ${words(cell.reason ?? 'UNKNOWN')}`);
    } else {
      lines.push(state === 'pending' ? 'no result yet' : 'not imaged');
    }
    return lines;
  }

  /** Whether the plate has a layout that says nothing of a well that is imaged. */
  isUnmapped(name) {
    const role = this.layout.get(name)?.role;
    return this.layout.size > 0 && (!role || role === 'UNKNOWN') && this.#state(name) !== 'unused';
  }

  #choose(well) {
    if (well) this.onSelect(well.dataset.well);
  }

  #key(event) {
    const well = event.target.closest('.well');
    if (!well) return;
    const name = well.dataset.well;
    const [, letters, digits] = name.match(/^([A-Z]+)(\d+)$/);
    let r = letters.length === 1 ? letters.charCodeAt(0) - 65 : 26 + letters.charCodeAt(1) - 65;
    let c = Number(digits) - 1;
    switch (event.key) {
      case 'ArrowUp': r--; break;
      case 'ArrowDown': r++; break;
      case 'ArrowLeft': c--; break;
      case 'ArrowRight': c++; break;
      case 'Home': c = 0; if (event.ctrlKey) r = 0; break;
      case 'End': c = this.columns - 1; if (event.ctrlKey) r = this.rows - 1; break;
      case 'Enter': case ' ': event.preventDefault(); this.#choose(well); return;
      default: return;
    }
    event.preventDefault();
    const next = address(Math.min(this.rows - 1, Math.max(0, r)), Math.min(this.columns - 1, Math.max(0, c)));
    this.#focusable(next);
    this.wells.get(next).focus();
  }

  /** One well at a time takes part in the tab order; arrows move from well to well. */
  #focusable(name) {
    this.wells.get(this.focused)?.setAttribute('tabindex', '-1');
    this.focused = name;
    this.wells.get(name)?.setAttribute('tabindex', '0');
  }

  #hover(well) {
    [...this.columnLabels, ...this.rowLabels].forEach((label) => label.classList.remove('on'));
    if (!well) {
      this.tooltip.hidden = true;
      return;
    }
    const [head, ...rest] = this.lines(well.dataset.well);
    this.tooltip.replaceChildren(Object.assign(document.createElement('b'), { textContent: head }),
      ...rest.map((line) => Object.assign(document.createElement('div'), { textContent: line })));
    this.tooltip.hidden = false;
    const at = well.getBoundingClientRect();
    const tip = this.tooltip.getBoundingClientRect();
    const left = Math.min(innerWidth - tip.width - 8, Math.max(8, at.x + at.width / 2 - tip.width / 2));
    const above = at.y - tip.height - 8;
    this.tooltip.style.left = `${left}px`;
    this.tooltip.style.top = `${above > 4 ? above : at.bottom + 8}px`;
    const label = well.dataset.well.match(/^([A-Z]+)(\d+)$/);
    this.columnLabels[Number(label[2]) - 1]?.classList.add('on');
    this.rowLabels.find((text) => text.textContent === label[1])?.classList.add('on');
  }
}

/** The colour bar of a scale, with round ticks, and the threshold where there is one. */
export function colorBar(host, measure, [low, high], calls) {
  const width = 400;
  const stops = Array.from({ length: measure.stops }, (_, i) => svg('stop', { offset: i / (measure.stops - 1), 'stop-color': measure.color(i / (measure.stops - 1)) }));
  const beyond = measure.beyond?.(calls, [low, high]) ?? {};
  const sign = (value) => (value === high && beyond.high ? '≥ ' : value === low && beyond.low ? '≤ ' : '');
  const marks = measure.ticks?.([low, high]) ?? ticks(low, high, 5);
  host.setAttribute('viewBox', `0 0 ${width} 30`);
  host.setAttribute('preserveAspectRatio', 'none');
  host.replaceChildren(
    svg('defs', {}, svg('linearGradient', { id: 'scale' }, ...stops)),
    svg('rect', { x: 0, y: 0, width, height: 12, rx: 3, fill: 'url(#scale)' }),
    ...marks.values.flatMap((value) => {
      const share = (value - low) / (high - low);
      const anchor = share < 0.02 ? 'start' : share > 0.98 ? 'end' : 'middle';
      return [
        svg('line', { class: 'tick-line', x1: share * width, x2: share * width, y1: 12, y2: 15.5 }),
        svg('text', { class: 'tick', x: share * width, y: 27, 'text-anchor': anchor }, sign(value) + measure.tick(value, marks.digits)),
      ];
    }),
    ...measure.marks(calls).filter((value) => value > low && value < high).map((value) => ((value - low) / (high - low)) * width)
      .map((x) => svg('path', { class: 'threshold', d: `M${x - 4} -4h8L${x} 1.5V12` })));
}
