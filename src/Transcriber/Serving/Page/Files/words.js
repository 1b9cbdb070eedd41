import { clock, h, percent } from './dom.js';

const shades = 5;

const isKnown = (confidence) => confidence !== undefined && confidence !== null;

/** 0 (sure) to 4; the style sheet has a background for each. */
const shadeOf = (confidence) => Math.min(shades - 1, Math.floor(shades * (1 - confidence)));

const about = (word, at) => `${(word.start + at).toFixed(2)} to ${(word.end + at).toFixed(2)} s`
  + (isKnown(word.confidence) ? `, confidence ${percent(word.confidence, 0)}` : '');

/**
 * A word over its time, shaded by its confidence.
 * @param {number} at Seconds, added to its times.
 * @param {((seconds: number) => void) | null} play Plays from there; the word is then a button.
 */
export function wordElement(word, at = 0, play = null) {
  const start = word.start + at;
  return h(play ? 'button' : 'span', {
    className: 'word',
    title: about(word, at),
    'data-shade': isKnown(word.confidence) ? String(shadeOf(word.confidence)) : null,
    'data-start': start.toFixed(3),
    ...(play ? { type: 'button', tabIndex: -1, onclick: () => play(start) } : {}),
  }, h('span', { className: 'said' }, word.word), h('small', { 'aria-hidden': 'true' }, start.toFixed(start < 100 ? 1 : 0)), ' ');
}

/** Paragraphs of words, each behind its time; one tab stop, arrow keys go from word to word. */
export function transcript(segments, words, play) {
  const rest = [...words];
  const parts = segments.length > 0 ? segments : [{ start: 0, end: Infinity }];
  const paragraphs = parts.map((segment, i) => {
    const last = i === parts.length - 1;
    const end = rest.findIndex((w) => !last && w.start >= segment.end);
    const own = rest.splice(0, end < 0 ? rest.length : end);
    const at = h('span', { className: 'at' }, clock(segment.start));
    return h('p', { className: 'segment' }, at, ' ', own.map((w) => wordElement(w, 0, play)));
  });
  const box = h('div', { className: 'transcript' }, paragraphs);
  if (play) moveByArrows(box);
  return box;
}

function moveByArrows(box) {
  const buttons = [...box.querySelectorAll('button.word')];
  if (buttons.length === 0) return;
  buttons[0].tabIndex = 0;
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', 'Words. Arrow keys go from word to word, Enter plays from there.');
  box.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    const from = buttons.indexOf(document.activeElement);
    if (step === undefined || from < 0) return;
    event.preventDefault();
    const to = buttons[Math.max(0, Math.min(buttons.length - 1, from + step))];
    buttons[from].tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  });
}

/** The same as a table, for those who read numbers or hear the page. */
export function wordTable(words) {
  const cells = (w) => [w.start.toFixed(2), w.end.toFixed(2), isKnown(w.confidence) ? percent(w.confidence, 0) : ''];
  const rows = words.map((w) => h('tr', {}, h('th', { scope: 'row' }, w.word), cells(w).map((text) => h('td', {}, text))));
  const heads = ['word', 'from (s)', 'to (s)', 'confidence'].map((name) => h('th', { scope: 'col' }, name));
  return h('details', {}, h('summary', {}, `${words.length === 1 ? '1 word' : `${words.length} words`} as a table`),
    h('div', { className: 'wide', tabIndex: 0, role: 'region', 'aria-label': 'Words as a table' },
      h('table', {}, h('thead', {}, h('tr', {}, heads)), h('tbody', {}, rows))));
}
