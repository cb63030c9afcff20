// Hit calls in words: how they are made, where they stand, what speaks against them.
import { number, words } from './format.js';

const METHODS = { 'robust-z': 'robust z', npi: 'NPI', ssmd: 'SSMD', 'b-score': 'B-score' };
const REFERENCES = { NEGATIVE_CONTROLS: 'negative controls', SAMPLES: "the plate's samples" };
const FLAGS = {
  NO_PLATEMAP: 'plate without layout', UNMAPPED: 'not in the layout', TOO_FEW_CONTROLS: 'too few controls',
  ZERO_SPREAD: 'reference without spread', EQUAL_CONTROLS: 'controls do not differ', HIT_RATE: 'too many hits on the plate',
  IMAGE_QUALITY: 'image quality', NO_CELLS: 'no cells', INCOMPLETE: 'not all sites', EDGE_EFFECT: 'edge effect',
};

export const flagWords = (flag) => FLAGS[flag] ?? words(flag);

export const methodName = (basis) => METHODS[basis.method] ?? basis.method;

/** A threshold without digits that say nothing: 3, 2.5. */
const plain = (value) => number(value, Number.isInteger(value) ? 0 : 2);

/** From which scores on a well is a hit: ≥ 3, ≤ −3, beyond ±3. */
export function gate({ direction, threshold }) {
  if (threshold === null) return '';
  if (direction === 'BOTH') return `beyond ±${plain(Math.abs(threshold))}`;
  return direction === 'DOWN' ? `≤ ${plain(-Math.abs(threshold))}` : `≥ ${plain(threshold)}`;
}

/** The scores at which hits begin. */
export function gates({ direction, threshold }) {
  if (threshold === null) return [];
  const t = Math.abs(threshold);
  return { BOTH: [-t, t], DOWN: [-t] }[direction] ?? [threshold];
}

/** robust z vs negative controls ≥ 3. Only the robust z has a reference to choose. */
export function decision(basis) {
  const reference = basis.method === 'robust-z' ? REFERENCES[basis.reference] : '';
  return [methodName(basis), reference && `vs ${reference}`, gate(basis)].filter(Boolean).join(' ');
}

/** The different ways in which calls were made. */
export const bases = (calls) => [...new Map([...calls].map((call) => [JSON.stringify(call.basis), call.basis])).values()];

/** Wells whose effect is in question: no control, and not left empty. */
export const isSample = (role) => !['NEGATIVE_CONTROL', 'POSITIVE_CONTROL', 'EMPTY'].includes(role);

/** Whether a call is of such a well; on a plate with a layout, wells that it does not describe are none. */
export const isSampleCall = (call) => isSample(call.role) && !call.flags.includes('UNMAPPED');

/** Whether anything was decided; calls without a decision say why in their flags. */
export const isDecided = (calls) => calls.some((call) => call.hit !== null);

/** Provisional as long as one call can change. */
export const stageOf = (calls) => (calls.some((call) => call.stage === 'PROVISIONAL') ? 'provisional' : 'final');

/** Groups as the server sends them, as a list of calls that know how they were made. */
export const listOf = (answer) => answer.groups.flatMap(({ basis, calls }) => calls.map((call) => ({ ...call, basis })));

/** Hits, not hits and called samples of the calls of one timepoint. */
export function tally(calls) {
  const samples = calls.filter((call) => isSampleCall(call) && call.hit !== null);
  return { called: samples.length, hits: samples.filter((call) => call.hit).length };
}

/** Why calls lack a decision, the most frequent reason first. */
export function obstacles(calls) {
  const seen = new Map();
  calls.filter((call) => call.hit === null).flatMap((call) => call.flags).forEach((flag) => seen.set(flag, (seen.get(flag) ?? 0) + 1));
  return [...seen].sort((a, b) => b[1] - a[1]).slice(0, 2).map(([flag]) => flagWords(flag)).join(', ');
}
