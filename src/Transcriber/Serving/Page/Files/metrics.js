// Reads the text format of Prometheus, and remembers what it was while the page is open: there is no store of time series behind it.

const maxSamples = 720; // an hour, at one in five seconds
const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const label = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Series by name: [{ labels, value }]. Only our own. */
export function parse(text) {
  const series = new Map();
  for (const row of text.split('\n')) {
    const found = row.startsWith('ssl_') ? line.exec(row) : null;
    if (found === null) continue;
    const [, name, labels, value] = found;
    if (!series.has(name)) series.set(name, []);
    const named = [...(labels ?? '').matchAll(label)].map((l) => [l[1], l[2]]);
    series.get(name).push({ labels: Object.fromEntries(named), value: Number(value) });
  }
  return series;
}

/** A series' value; null: it is not there. Labels that are not named may be anything. */
export function valueOf(series, name, labels = {}) {
  const found = series.get(name)?.find((s) => Object.entries(labels).every(([k, v]) => s.labels[k] === v));
  return found === undefined || Number.isNaN(found.value) ? null : found.value;
}

/** Whether a service is in this process: some series exist before they have a value. */
export const has = (series, prefix) => [...series.keys()].some((name) => name.startsWith(prefix));

export class Samples {
  #all = [];

  add(time, series) {
    this.#all.push({ time, series });
    if (this.#all.length > maxSamples) this.#all.shift();
  }

  get last() {
    return this.#all.at(-1)?.series ?? new Map();
  }

  /** Points of a line: x in ms, y null where the series was not there. */
  points(name, labels) {
    return this.#all.map(({ time, series }) => ({ x: time, y: valueOf(series, name, labels) }));
  }

  /** When a value changed, and to what; the first value is no change. */
  changes(name, labels) {
    const known = this.points(name, labels).filter((p) => p.y !== null);
    return known.filter((p, i) => i > 0 && p.y !== known[i - 1].y);
  }
}
