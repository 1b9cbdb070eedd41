// Versions with scores; promote, pin, unpin and roll back with an admin key, each with a reason; two versions compared on a file.

import { ask, askJson, form, sentence } from './api.js';
import { $, announce, choose, complain, fill, h, moment, percent } from './dom.js';

const usual = 20; // rows; the rest when asked for

let changed = () => {}; // called after a lever has moved something
let isAll = false;
let last = []; // arguments of the last show

const levers = {
  promote: (id) => ({
    path: `admin/models/${id}/promote`, title: `Let ${id} serve?`, act: 'Promote',
    text: `${id} becomes the champion within seconds. The gate may replace it later.`,
  }),
  pin: (id) => ({
    path: `admin/models/${id}/pin`, title: `Pin ${id}?`, act: 'Pin',
    text: `${id} becomes the champion and stays it, whatever the gate finds, until it is unpinned.`,
  }),
  unpin: (line) => ({
    path: `admin/lines/${line}/unpin`, title: `Unpin the champion of ${line}?`, act: 'Unpin',
    text: 'The gate may replace the champion again.',
  }),
  rollback: (line) => ({
    path: `admin/lines/${line}/rollback`, title: `Roll ${line} back?`, act: 'Roll back',
    text: 'The champion before this one serves again; a pin goes along.',
  }),
};

export function start(onChanged) {
  changed = onChanged;
  const dialog = $('lever');
  $('lever-cancel').onclick = () => dialog.close();
  $('versions-more').onclick = () => {
    isAll = !isAll;
    show(...last);
  };
  $('compare-form').onsubmit = (event) => {
    event.preventDefault();
    compare().catch((e) => complain($('compare-error'), e));
  };
}

/**
 * @param {object[] | null} found Null: the service does not tell.
 * @param {boolean} isAdmin Whether the levers are shown.
 */
export function show(found, lines, isAdmin) {
  last = [found, lines, isAdmin];
  const all = found ?? [];
  const shown = isAll ? all : all.filter((v, i) => i < usual || v.aliases.length > 0);
  $('no-versions').hidden = found === null || all.length > 0;
  $('versions-table').hidden = all.length === 0;
  $('compare').hidden = !isAdmin || all.length === 0;
  fill($('versions-rows'), shown.map((v) => row(v, lines.find((l) => v.id.startsWith(`${nameOf(l.line)}@`)), isAdmin)));
  $('versions-more').hidden = all.length <= usual;
  $('versions-more').textContent = isAll ? `Show the newest ${usual} only` : `Show all ${all.length} versions`;
  fill($('line-levers'), isAdmin ? lines.map(lineLevers) : []);
  const ids = all.map((v) => v.id);
  choose($('compare-a'), ids, all.find((v) => v.aliases.some((a) => a.endsWith('champion')))?.id);
  choose($('compare-b'), ids, ids.find((id) => id !== $('compare-a').value));
}

const nameOf = (line) => (line === 'ssl' ? 'ssl' : `ssl-${line}`);

function row(version, line, isAdmin) {
  const isChampion = version.aliases.some((a) => a.endsWith('champion'));
  const isPinned = line?.pin?.version === version.version;
  const names = version.aliases.map((a) => (a.startsWith('withdrawn/') ? 'withdrawn' : a.split('/').at(-1)));
  const isWithdrawn = names.includes('withdrawn'); // live audio spoke against it
  const badges = [...names.filter((a) => a !== 'pin'), ...(isPinned ? ['pinned'] : [])];
  const rate = (value) => (typeof value === 'number' ? percent(value) : 'not measured');
  const shadow = version.shadow ? ` On ${version.shadow.requests} live requests its words differ from version `
    + `${version.shadow.champion}'s by ${percent(version.shadow.word_error)}.` : null;
  return h('tr', { role: 'row' },
    h('th', { scope: 'row', role: 'rowheader' }, version.id, badges.map((b) => h('span', { className: `badge ${b}` }, b))),
    cell('characters wrong', rate(version.cer)), cell('words wrong', rate(version.wer)),
    cell('encoder', String(version.encoder_version)), cell('made', moment(version.created)),
    cell('verdict', verdict(version.health), shadow, isWithdrawn && version.gate?.held ? ` ${sentence(version.gate.held)}` : null),
    isAdmin ? h('td', { className: 'levers', role: 'cell' }, isChampion ? null : lever('promote', version.id, 'Promote'),
      isPinned ? null : lever('pin', version.id, 'Pin')) : null);
}

/** On a narrow screen rows are cards, and the name of its column stands before a cell; the roles keep it a table all the same. */
const cell = (name, ...content) => h('td', { role: 'cell', className: name, 'data-name': name }, ...content);

/** The gate's verdict; `promoted` is what an import or an operator's choice has. */
function verdict(health) {
  if (health === '') return '';
  return health === 'promoted' ? 'Let serve without a gate.' : sentence(health);
}

function lineLevers(line) {
  const name = nameOf(line.line);
  return h('div', { className: 'line-lever' }, h('strong', {}, name), ' ',
    line.champion === undefined ? 'has no champion.' : `is served by version ${line.champion}.`,
    line.pin ? h('span', {}, ` Pinned by ${line.pin.who}, `, moment(line.pin.when), `: ${line.pin.why}.`) : null, ' ',
    line.previous === undefined ? null : lever('rollback', line.line, `Roll back to ${line.previous}`),
    line.pin ? lever('unpin', line.line, 'Unpin') : null);
}

function lever(name, target, text) {
  return h('button', {
    type: 'button', 'data-lever': name, 'aria-label': `${text}${name === 'promote' || name === 'pin' ? ` ${target}` : ` (${target})`}`,
    onclick: () => question(levers[name](target)),
  }, text);
}

/** Asks for the reason, does it, and says what the service answered. */
function question({ path, title, act, text }) {
  const [dialog, why] = [$('lever'), $('lever-why')];
  $('lever-title').textContent = title;
  $('lever-text').textContent = text;
  $('lever-act').textContent = act;
  why.value = '';
  complain($('lever-error'), null);
  $('lever-form').onsubmit = async (event) => {
    event.preventDefault();
    $('lever-act').disabled = true;
    try {
      const query = why.value.trim() === '' ? '' : `?why=${encodeURIComponent(why.value.trim())}`;
      const done = await askJson(`${path}${query}`, { method: 'POST' });
      dialog.close();
      announce(sentence(done.message));
      await changed();
    } catch (e) {
      complain($('lever-error'), e);
    } finally {
      $('lever-act').disabled = false;
    }
  };
  dialog.showModal();
  why.focus();
}

async function compare() {
  complain($('compare-error'), null);
  const [a, b, file] = [$('compare-a').value, $('compare-b').value, $('compare-file').files[0]];
  if (file === undefined) throw new Error('Choose a recording first.');
  $('compare-act').disabled = true;
  $('compare-progress').hidden = false;
  try {
    const path = `admin/models/diff?a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`;
    showDifference(a, b, await (await ask(path, { method: 'POST', body: form({ file }) })).json());
  } finally {
    $('compare-act').disabled = false;
    $('compare-progress').hidden = true;
  }
}

function showDifference(a, b, diff) {
  const changes = diff.changed + diff.inserted + diff.deleted;
  const summary = changes === 0 ? `${a} and ${b} hear the same ${diff.equal} words.`
    : `${diff.equal} words are the same, ${diff.changed} other, ${diff.inserted} only in ${b}, ${diff.deleted} only in ${a}: `
      + `${percent(diff.word_error)} of ${a}'s words.`;
  const words = diff.words.map((w) => h('span', { title: `${w.start.toFixed(2)} to ${w.end.toFixed(2)} s` }, w.change === 'equal' ? w.a
    : [w.a === undefined ? null : h('del', {}, w.a), ' ', w.b === undefined ? null : h('ins', {}, w.b)], ' '));
  $('difference').replaceChildren(h('p', {}, summary),
    h('p', { className: 'note' }, 'Struck through: ', h('del', {}, `only ${a}`), '; underlined: ', h('ins', {}, `only ${b}`), '.'),
    h('p', { className: 'difference' }, words));
  announce(summary);
}
