// Elements and words. Whatever comes from a recording, a person or the service becomes a text node, never markup.

export const $ = (id) => document.getElementById(id);

/** An element: h('p', { className: 'note', onclick }, 'text', child, null). Names with a hyphen, and role, are attributes. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (name.includes('-') || name === 'role') element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.flat().filter((c) => c !== null && c !== undefined));
  return element;
}

/** Replaces what is in an element, unless nothing changed; the focus stays on what has the same name, else near it. */
export function fill(element, ...children) {
  const next = h(element.tagName, {}, ...children);
  if (next.innerHTML === element.innerHTML) return;
  const name = element.contains(document.activeElement) ? document.activeElement.getAttribute('aria-label') : null;
  element.replaceChildren(...next.childNodes);
  if (name === null) return;
  const same = [...element.querySelectorAll('button')].find((b) => b.getAttribute('aria-label') === name);
  (same ?? element.closest('section').querySelector('h2')).focus();
}

let forgetting;

/** Read out by screen readers, and shown for eight seconds. */
export function announce(text) {
  $('announcement').textContent = text;
  clearTimeout(forgetting);
  forgetting = setTimeout(() => { $('announcement').textContent = ''; }, 8000);
}

/** Shows an error, or takes it away (null), in the element beside what caused it; the same one again is not read out again. */
export function complain(element, error) {
  const text = error === null ? '' : error.message ?? String(error);
  element.hidden = error === null;
  if (element.textContent !== text) element.textContent = text;
}

export function option(value, text = value) {
  return h('option', { value }, text);
}

/** Options of a select whose choice stays, if it is still there. */
export function choose(select, values, usual) {
  if ([...select.options].map((o) => o.value).join('\n') === values.join('\n')) return;
  const before = select.value;
  select.replaceChildren(...values.map((v) => option(v)));
  select.value = values.includes(before) ? before : values.includes(usual) ? usual : values[0] ?? '';
}

export const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;

export function clock(seconds) {
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return `${hours > 0 ? `${hours}:` : ''}${String(minutes).padStart(hours > 0 ? 2 : 1, '0')}:${String(rest).padStart(2, '0')}`;
}

export function duration(seconds) {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(seconds < 36000 ? 1 : 0)} h`;
}

const moments = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const timesOfDay = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** A time of JSON, or milliseconds. */
export function moment(when) {
  const date = new Date(when);
  return h('time', { dateTime: date.toISOString() }, moments.format(date));
}

export const timeOfDay = (milliseconds) => timesOfDay.format(new Date(milliseconds));
export const dayAndTime = (milliseconds) => moments.format(new Date(milliseconds));
