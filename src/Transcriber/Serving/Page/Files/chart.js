// Lines, points with intervals and marked moments as SVG. Looks are in style.css; a line is told apart by its dashes too.

const space = 'http://www.w3.org/2000/svg';
const [height, left, right, top, bottom] = [190, 46, 12, 10, 24];

function node(name, attributes, ...children) {
  const element = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Round numbers that cover a range. */
function ticks(low, high, count) {
  const rough = (high - low || Math.abs(high) || 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((s) => s * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/**
 * @param {HTMLElement} box Replaced content; its width is the chart's.
 * @param {string} title What a screen reader hears first.
 * @param {{name: string, points: {x: number, y: number|null, low?: number, high?: number, text?: string}[]}[]} series
 * @param {{x: number, text: string}[]} events Vertical lines.
 * @param {{x: (v: number) => string, y: (v: number) => string, steps?: boolean}} format steps: x are whole numbers, drawn as points.
 */
export function chart(box, title, series, events, format) {
  const drawn = series.map((s) => ({ ...s, points: s.points.filter((p) => p.y !== null && Number.isFinite(p.y)) }));
  const all = drawn.flatMap((s) => s.points);
  if (all.length === 0) {
    box.replaceChildren();
    return;
  }
  const width = Math.max(260, box.clientWidth || 600);
  const xs = [...all.map((p) => p.x), ...events.map((e) => e.x)];
  const ys = all.flatMap((p) => [p.y, p.low ?? p.y, p.high ?? p.y]);
  const pad = format.steps ? 0.5 : 0;
  const [x0, x1] = [Math.min(...xs) - pad, Math.max(...xs) + pad];
  const marks = ticks(Math.min(0, ...ys), Math.max(...ys, 1e-3), 4);
  const [y0, y1] = [Math.min(0, ...ys), Math.max(marks.at(-1), ...ys, 1e-3)];
  const atX = (x) => left + (width - left - right) * (x1 === x0 ? 0.5 : (x - x0) / (x1 - x0));
  const atY = (y) => top + (height - top - bottom) * (1 - (y - y0) / (y1 - y0));
  const description = spoken(title, drawn, events, format);
  const svg = node('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': description });

  for (const y of marks) {
    svg.append(node('line', { class: 'grid', x1: left, x2: width - right, y1: atY(y), y2: atY(y) }));
    svg.append(node('text', { class: 'tick', x: left - 6, y: atY(y) + 4, 'text-anchor': 'end' }, format.y(y)));
  }
  for (const x of labelled(x0, x1, width, format)) {
    svg.append(node('text', { class: 'tick', x: atX(x), y: height - 6, 'text-anchor': anchor(atX(x), width) }, format.x(x)));
  }
  for (const event of events) {
    svg.append(node('g', { class: 'event' }, node('line', { x1: atX(event.x), x2: atX(event.x), y1: top, y2: height - bottom }),
      node('text', { x: atX(event.x), y: top + 8, 'text-anchor': anchor(atX(event.x), width) }, event.text)));
  }
  drawn.forEach((s, i) => {
    const path = s.points.map((p) => `${atX(p.x).toFixed(1)},${atY(p.y).toFixed(1)}`).join(' ');
    svg.append(node('polyline', { class: `line line-${i}`, points: path }));
    if (!format.steps && s.points.length > 1) return;
    for (const p of s.points) {
      if (p.low !== undefined && p.high !== undefined)
        svg.append(node('line', { class: `interval line-${i}`, x1: atX(p.x), x2: atX(p.x), y1: atY(p.low), y2: atY(p.high) }));
      svg.append(node('circle', { class: `point point-${i}`, cx: atX(p.x), cy: atY(p.y), r: 3.5 },
        node('title', {}, `${s.name}, ${format.x(p.x)}: ${p.text ?? format.y(p.y)}`)));
    }
  });
  box.replaceChildren(svg, legend(drawn, format));
}

const anchor = (x, width) => (x < left + 30 ? 'start' : x > width - 40 ? 'end' : 'middle');

/** Moments: the two ends and the middle. Versions: whole numbers. */
function labelled(x0, x1, width, format) {
  if (!format.steps) return x1 === x0 ? [x0] : [x0, (x0 + x1) / 2, x1];
  return ticks(x0, x1, Math.min(12, Math.floor(width / 60))).filter((x) => Number.isInteger(x));
}

function spoken(title, series, events, format) {
  const lines = series.filter((s) => s.points.length > 0).map((s) => {
    const [first, last] = [s.points[0], s.points.at(-1)];
    return `${s.name}: ${format.y(first.y)} at ${format.x(first.x)}, ${format.y(last.y)} at ${format.x(last.x)}`;
  });
  return [title, ...lines, ...events.map((e) => `${e.text} at ${format.x(e.x)}`)].join('. ');
}

function legend(series, format) {
  const list = document.createElement('ul');
  list.className = 'legend';
  list.setAttribute('aria-hidden', 'true'); // the chart's label says the same
  series.forEach((s, i) => {
    if (s.points.length === 0) return;
    const item = document.createElement('li');
    item.append(node('svg', { width: 26, height: 10 }, node('line', { class: `line line-${i}`, x1: 1, x2: 25, y1: 5, y2: 5 })),
      ` ${s.name} ${format.y(s.points.at(-1).y)}`);
    list.append(item);
  });
  return list;
}
