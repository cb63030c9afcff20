// Numbers, names and elements.

export const number = (value, digits = 2) =>
  value === null || value === undefined ? '–' : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace('-', '−');

export const signed = (value, digits = 2) => (value > 0 ? '+' : '') + number(value, digits);

export const percent = (value, digits = 0) => (value === null || value === undefined ? '–' : `${number(100 * value, digits)} %`);

export const count = (value) => value.toLocaleString('en');

export const plural = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;

/** A probability that never says 0 or 100 % of something that is merely near. */
export function probability(value) {
  if (value === null || value === undefined) return '–';
  if (value > 0.9995) return '> 99.9 %';
  if (value < 0.0005) return '< 0.1 %';
  return percent(value, 1);
}

export function time(iso) {
  return iso ? new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' }) : '–';
}

export function clock(iso) {
  return new Date(iso).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
}

/** NEGATIVE_CONTROL: negative control. */
export const words = (name) => name.toLowerCase().replaceAll('_', ' ');

export const sentence = (name) => words(name).replace(/^./, (c) => c.toUpperCase());

/** 0-based row to letters: A … Z, AA … AF. */
export const rowName = (row) => (row < 26 ? String.fromCharCode(65 + row) : `A${String.fromCharCode(39 + row)}`);

/** 0-based coordinates to the canonical address. */
export const address = (row, column) => rowName(row) + String(column + 1).padStart(2, '0');

/** What is in a well, for people. */
export function content(layout) {
  if (!layout) return '';
  const dose = layout.concentration === null ? '' : `, ${layout.concentration.toLocaleString('en')} ${(layout.unit ?? '').replace(/^u(?=[ML])/, 'µ')}`;
  return (layout.treatment ?? '') + dose;
}

const SVG = 'http://www.w3.org/2000/svg';

/** An element with attributes and children; text is always text. */
export function el(tag, attributes = {}, ...children) {
  return build(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return build(document.createElementNS(SVG, tag), attributes, children);
}

function build(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'style') Object.entries(value).forEach(([property, v]) => node.style.setProperty(property, v));
    else if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ''));
  return node;
}

/** Evenly spaced round numbers that cover a range, about as many as asked for. */
export function ticks(low, high, wanted = 5) {
  const raw = (high - low || 1) / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 5, 10].find((factor) => raw <= factor * power * 1.0001);
  const values = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) values.push(i * step + 0); // + 0: no negative zero
  return { values, step, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}
