// What is learnt: figures of now, lines of what was seen while the page is open, the error of every version, the champion's moves.

import { ask } from './api.js';
import { chart } from './chart.js';
import { $, choose, complain, dayAndTime, duration, fill, h, moment, percent, timeOfDay } from './dom.js';
import { has, parse, Samples, valueOf } from './metrics.js';

const maxMoves = 12; // in the list; all are in the registry's history

const samples = new Samples();
const widths = new Map(); // of the boxes of charts, as they were drawn
let versions = []; // oldest first, with `gate` where the admin path told it
let moves = null; // of the champion, from the history; null: no admin key

/** Charts are as wide as their boxes, also when another box appears beside them or the screen is turned. */
export function start() {
  const observer = new ResizeObserver((entries) => {
    const other = entries.filter(({ target }) => widths.get(target) !== target.clientWidth);
    other.forEach(({ target }) => widths.set(target, target.clientWidth));
    if (other.length > 0) draw();
  });
  for (const id of ['loss', 'accuracy', 'errors', 'swaps']) observer.observe($(id));
}

/** Reads /metrics once; what it finds is remembered. */
export async function sample() {
  samples.add(Date.now(), parse(await (await ask('metrics')).text()));
  draw();
}

/** Why there are no figures; null: there are. */
export function explain(error) {
  complain($('learning-error'), error);
}

/** @param {object[]} all Versions with cer and wer, in any order. */
export function showVersions(all) {
  versions = all.toSorted((a, b) => a.version - b.version);
  draw();
}

export function showMoves(records) {
  moves = records === null ? null : records.filter((m) => /(^|\/)champion$/.test(m.alias));
  draw();
}

/** What is heard, trained and published so far, for the words about the beginning. */
export function progress() {
  const of = (name) => valueOf(samples.last, name) ?? 0;
  return {
    learnerIsHere: has(samples.last, 'ssl_learner_'),
    heardSeconds: of('ssl_ingest_audio_seconds_total'),
    trainedSeconds: of('ssl_learner_audio_trained_seconds_total'),
    steps: of('ssl_learner_steps_total'),
    encoder: of('ssl_learner_encoder_version'),
    updates: of('ssl_transcriber_finetune_updates_total'),
  };
}

function draw() {
  const now = samples.last;
  $('elsewhere').hidden = now.size === 0 || has(now, 'ssl_learner_');
  fill($('figures'), figures(now).flatMap(([name, value, more]) => (value === null ? []
    : [h('div', {}, h('dt', {}, name), h('dd', {}, value, more ? h('small', {}, ` ${more}`) : null))])));
  const swaps = samples.changes('ssl_transcriber_model_version', { kind: 'recognizer', line: 'ssl' })
    .map((c) => ({ x: c.x, text: `ssl@${c.y}` }));
  const byTime = (y) => ({ x: timeOfDay, y });
  lines('loss', 'Losses of pretraining, nats a masked frame', 'ssl_learner_loss', 'term', swaps, byTime((v) => v.toFixed(2)));
  lines('accuracy', 'Accuracy over masked frames', 'ssl_learner_accuracy', 'objective', swaps, byTime((v) => percent(v, 0)));
  drawErrors();
  drawParts();
  drawMoves(swaps);
}

function figures(now) {
  const at = (name, labels) => valueOf(now, name, labels);
  const seconds = (name) => (at(name) === null ? null : duration(at(name)));
  const state = now.get('ssl_learner_health')?.find((s) => s.value === 1)?.labels.state ?? null;
  const whole = (value) => (value === null ? null : value.toLocaleString());
  const failed = at('ssl_transcriber_swaps_total', { result: 'failed' }) ?? 0;
  return [
    ['heard', seconds('ssl_ingest_audio_seconds_total'), 'of audio since the start'],
    ['trained on', seconds('ssl_learner_audio_trained_seconds_total'), 'repetitions counted'],
    ['training steps', whole(at('ssl_learner_steps_total'))],
    ['training is', state],
    ['newest encoder', whole(at('ssl_learner_encoder_version') || null)],
    ['recognizer', whole(at('ssl_transcriber_model_version', { kind: 'recognizer', line: 'ssl' })),
      at('ssl_transcriber_model_age_seconds') ? `serves for ${duration(at('ssl_transcriber_model_age_seconds'))}` : null],
    ['swaps', whole(at('ssl_transcriber_swaps_total', { result: 'ok' })), failed > 0 ? `and ${failed} failed` : null],
    ['transcribed', seconds('ssl_transcriber_audio_seconds_total')],
  ];
}

function lines(id, title, name, label, events, format) {
  const drawn = ['contrastive', 'masked_prediction']
    .map((objective) => ({ name: objective.replace('_', ' '), points: samples.points(name, { [label]: objective }) }));
  $(`${id}-box`).hidden = !drawn.some((s) => s.points.some((p) => p.y !== null));
  if (!$(`${id}-box`).hidden) chart($(id), title, drawn, events, format);
}

/** The interval is that of the difference to the champion of its time, drawn around the champion's error. */
function drawErrors() {
  const line = $('line').value || 'ssl';
  const own = versions.filter((v) => lineOf(v.id) === line && typeof v.cer === 'number');
  const point = (v, rate) => {
    const gate = v.gate?.sets.find((s) => s.name === 'gate');
    const [champion, difference] = [gate?.[`champion_${rate}`], gate?.[`${rate}_difference`]];
    const interval = champion !== undefined && difference ? { low: champion + difference[0], high: champion + difference[1] } : {};
    return { x: v.version, y: v[rate], ...interval, text: rangeText(v[rate], interval) };
  };
  choose($('line'), [...new Set(versions.map((v) => lineOf(v.id)))].toSorted(), 'ssl');
  $('line-choice').hidden = $('line').options.length < 2;
  $('errors-box').hidden = own.length === 0;
  const series = [
    { name: 'characters', points: own.map((v) => point(v, 'cer')) }, { name: 'words', points: own.map((v) => point(v, 'wer')) },
  ];
  $('errors-bars').textContent = own.some((v) => v.gate) ? '; bars: 95 % interval against the champion of its time'
    : ' (an admin key adds the intervals)';
  chart($('errors'), 'Error of every version on the labels held out', series, [],
    { x: (v) => String(v), y: (v) => percent(v, 0), steps: true });
}

const rangeText = (value, { low, high }) =>
  percent(value) + (low === undefined ? '' : `, 95 % interval ${percent(low)} to ${percent(high)}`);

const lineOf = (id) => id.split('@')[0];

/** By domain and speaker, as the gate saw them: of the newest version that has more than one part. */
function drawParts() {
  const judged = versions.filter((v) => (v.gate?.sets.length ?? 0) > 0).toReversed();
  $('parts-box').hidden = judged.length === 0;
  if (judged.length === 0) return;
  choose($('parts-of'), judged.map((v) => v.id), (judged.find((v) => v.gate.sets.length > 2) ?? judged[0]).id);
  const version = judged.find((v) => v.id === $('parts-of').value) ?? judged[0];
  const rows = version.gate.sets.map((s) => h('tr', {}, h('th', { scope: 'row' }, s.name), h('td', {}, String(s.recordings)),
    h('td', {}, percent(s.cer)), h('td', {}, percent(s.wer)), h('td', {}, s.champion_cer === undefined ? '' : percent(s.champion_cer)),
    h('td', {}, s.cer_difference ? `${points(s.cer_difference[0])} to ${points(s.cer_difference[1])}` : '')));
  fill($('parts'), rows);
}

const points = (share) => `${share > 0 ? '+' : ''}${(100 * share).toFixed(1)}`;

function drawMoves(swaps) {
  const told = moves?.map((m) => ({ x: Date.parse(m.when), text: m.number === undefined ? 'none' : `${m.number}`, ...m })) ?? null;
  $('moves-note').hidden = told !== null;
  fill($('moves'), (told ?? swaps).slice(-maxMoves).toReversed().map((m) => h('li', {}, moment(m.x), ' ',
    h('strong', {}, m.alias ? `${m.alias === 'champion' ? 'ssl' : `ssl-${m.alias.split('/')[0]}`}@${m.text}` : m.text),
    m.who ? ` by ${m.who}: ${m.why}` : ' began to serve')));
  const line = (told ?? swaps).filter((m) => m.number !== undefined || told === null);
  const number = (m) => Number(m.text.split('@').at(-1));
  $('swaps-box').hidden = line.length === 0;
  chart($('swaps'), 'Which version serves, over time', [{ name: 'champion', points: stairs(line.map((m) => ({ x: m.x, y: number(m) }))) }],
    [], { x: (x) => (spans(line) ? dayAndTime(x) : timeOfDay(x)), y: (v) => (Number.isInteger(v) ? String(v) : '') });
}

/** A version serves until the next. */
function stairs(found) {
  const corners = found.flatMap((p, i) => (i === 0 ? [p] : [{ x: p.x, y: found[i - 1].y }, p]));
  return found.length === 0 ? [] : [...corners, { x: Date.now(), y: found.at(-1).y }];
}

const spans = (all) => Date.now() - all[0].x > 20 * 3_600_000;
