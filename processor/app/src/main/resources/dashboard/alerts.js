// What needs a person: the first of it in a strip of constant height, all of it when asked for.
import { clock, count, el, plural, svg, time } from './format.js';

const TONES = { CRITICAL: ['Critical', 'bad'], WARNING: ['Warning', 'warn'], INFO: ['Note', 'info'] };
const SHAPES = {
  bad: () => svg('path', { d: 'M5.6 1.5h4.8l4.1 4.1v4.8l-4.1 4.1H5.6l-4.1-4.1V5.6z' }),
  warn: () => svg('path', { d: 'M8 1.8l6.9 12.4H1.1z' }),
  info: () => svg('circle', { cx: 8, cy: 8, r: 6.6 }),
  good: () => svg('circle', { cx: 8, cy: 8, r: 6.6 }),
};

function icon(tone) {
  const sign = tone === 'good' ? svg('path', { class: 'sign', d: 'M4.9 8.2l2.2 2.2 4.1-4.6' })
    : svg('path', { class: 'sign', d: tone === 'info' ? 'M8 7.4v4M8 4.7v.1' : tone === 'warn' ? 'M8 6v4M8 12v.1' : 'M8 4.3v4.4M8 11.4v.1' });
  return svg('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': true }, SHAPES[tone](), sign);
}

/** The time of today, with the day before that. */
function when(iso) {
  const today = new Date().toDateString() === new Date(iso).toDateString();
  return el('time', { datetime: iso, title: time(iso) }, today ? clock(iso) : time(iso));
}

const keyOf = (alert) => JSON.stringify([alert.plate, alert.acquisition, alert.id, alert.state, alert.raisedAt]);

/** The strip. @param onPlate called with an alert whose plate was chosen @param isKnown whether the page has that plate */
export class AlertStrip {
  constructor({ strip, top, toggle, list }, onPlate, isKnown) {
    Object.assign(this, { strip, top, toggle, list, onPlate, isKnown });
    this.open = false;
    toggle.addEventListener('click', () => {
      this.open = !this.open;
      this.#frame();
    });
    strip.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !this.open) return;
      event.stopPropagation();
      this.open = false;
      this.#frame();
      toggle.focus();
    });
  }

  show(alerts) {
    this.alerts = alerts;
    const raised = alerts.alerts.filter((alert) => alert.state === 'RAISED');
    const [first] = raised;
    // That nothing was ever said may mean that nobody watches: no reason for a tick.
    const [calm, words] = alerts.raised || alerts.resolved ? ['good', 'Nothing needs you'] : ['info', 'No alerts so far'];
    this.calm = () => this.#line(calm, words);
    this.strip.dataset.tone = first ? TONES[first.severity][1] : calm;
    // Said again only when it is another: the strip is read aloud.
    this.said = first ? keyOf(first) + alerts.raised + this.isKnown(first) : words;
    const resolved = alerts.alerts.filter((alert) => alert.state === 'RESOLVED');
    const left = alerts.raised - raised.length;
    const wasOpen = this.list.querySelector('details')?.open;
    this.list.replaceChildren(
      raised.length ? el('ul', {}, ...raised.map((alert) => this.#entry(alert))) : el('p', { class: 'hint' }, `${words}.`),
      left > 0 ? el('p', { class: 'hint' }, `and ${plural(left, 'more alert')}, less severe or older`) : '',
      alerts.resolved ? el('details', { open: wasOpen }, el('summary', {}, `${count(alerts.resolved)} resolved`),
        resolved.length ? el('ul', { class: 'resolved' }, ...resolved.map((alert) => this.#entry(alert))) : el('p', { class: 'hint' }, 'Listed when fewer are raised.')) : '',
      alerts.forgotten ? el('p', { class: 'hint' }, `${plural(alerts.forgotten, 'older alert')} left out for lack of room; the topic has them`) : '');
    this.#frame();
  }

  #frame() {
    const { raised, resolved } = this.alerts;
    this.toggle.hidden = !raised && !resolved;
    this.toggle.textContent = this.open ? 'Close' : raised > 1 ? `All ${count(raised)}` : raised ? 'Details' : `${count(resolved)} resolved`;
    this.toggle.setAttribute('aria-expanded', String(this.open));
    this.open = this.open && !this.toggle.hidden;
    this.list.hidden = !this.open;
    const first = this.alerts.alerts.find((alert) => alert.state === 'RAISED');
    const said = this.said + (this.open && first ? ' open' : '');
    if (said === this.top.dataset.said) return;
    this.top.dataset.said = said;
    this.top.replaceChildren(...(!first ? this.calm()
      : this.open ? this.#line(TONES[first.severity][1], `${plural(raised, 'thing needs', 'things need')} you`) : this.#first(first, raised)));
  }

  #line(tone, text) {
    return [icon(tone), el('div', { class: 'alert-text' }, el('p', { class: 'message' }, text))];
  }

  #first(alert, raised) {
    const [word, tone] = TONES[alert.severity];
    return [icon(tone), el('div', { class: 'alert-text' },
      el('p', { class: 'message', title: alert.message }, el('b', {}, word), ` ${alert.message}`),
      el('p', { class: 'remedy', title: alert.remedy }, alert.remedy)),
    el('div', { class: 'alert-place' }, this.#place(alert), el('small', {}, raised > 1 ? `1 of ${count(raised)} · ` : '', when(alert.raisedAt)))];
  }

  #entry(alert) {
    const [word, tone] = TONES[alert.severity];
    const about = [alert.channel ? `channel ${alert.channel}` : '', alert.timepoint === null ? '' : `timepoint ${alert.timepoint}`,
      alert.wells.length ? `${alert.wells.length > 9 ? 'first wells' : 'wells'} ${alert.wells.join(', ')}` : '', alert.instrument].filter(Boolean).join(' · ');
    return el('li', { 'data-tone': tone }, icon(tone), el('div', { class: 'alert-text' },
      el('p', { class: 'message' }, el('b', {}, word), ` ${alert.message}`),
      alert.state === 'RAISED' ? el('p', { class: 'remedy' }, `What to do: ${alert.remedy}`) : null,
      about ? el('p', { class: 'about' }, about) : null),
    el('div', { class: 'alert-place' }, this.#place(alert),
      el('small', {}, alert.resolvedAt ? 'resolved ' : '', when(alert.resolvedAt ?? alert.raisedAt))));
  }

  #place(alert) {
    return this.isKnown(alert)
      ? el('button', { type: 'button', class: 'link', title: `Show plate ${alert.plate}, ${alert.acquisition}`, onclick: () => this.onPlate(alert) }, alert.plate)
      : el('span', { class: 'plate-name' }, alert.plate);
  }
}
