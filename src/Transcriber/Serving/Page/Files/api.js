// What the page asks of the service. Every question has a time limit, and every refusal is an Error whose message is in words.

const storeName = 'ssl-key';
const usualLimit = 20_000; // ms
const uploadLimit = 30 * 60_000;

/** The key is kept by this tab alone, until it is closed. */
export const key = {
  get: () => sessionStorage.getItem(storeName) ?? '',
  set: (text) => (text === '' ? sessionStorage.removeItem(storeName) : sessionStorage.setItem(storeName, text)),
};

export class Refusal extends Error {
  constructor(message, status, code, retryAfter = 0) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter; // seconds; 0: nothing was said
  }
}

/** Paths are relative: the page may stand behind a proxy, under a path of its own. */
export const address = (path) => new URL(path, document.baseURI);

/**
 * @param body A form; a string is JSON.
 * @param wait Limit in ms, of a question that takes long.
 */
export async function ask(path, { method = 'GET', body, signal, wait = body === undefined ? usualLimit : uploadLimit } = {}) {
  const limit = AbortSignal.timeout(wait);
  const headers = key.get() === '' ? {} : { Authorization: `Bearer ${key.get()}` };
  if (typeof body === 'string') headers['Content-Type'] = 'application/json';
  const ends = signal ? AbortSignal.any([signal, limit]) : limit;
  let answer;
  try {
    answer = await fetch(address(path), { method, body, headers, cache: 'no-store', signal: ends });
  } catch (e) {
    if (signal?.aborted) throw new Refusal('It was cancelled.', 0, 'cancelled');
    const why = e.name === 'TimeoutError' ? 'The service takes too long to answer.' : 'The service cannot be reached.';
    throw new Refusal(why, 0, 'unreachable');
  }
  if (!answer.ok) throw await refusalOf(answer);
  return answer;
}

export const askJson = async (path, options) => (await ask(path, options)).json();

export function form(fields) {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value].flat()) data.append(name, one);
  }
  return data;
}

async function refusalOf(answer) {
  const error = await answer.json().then((json) => json.error, () => null);
  const message = error?.message ?? `the service answers ${answer.status} ${answer.statusText}`;
  const wait = answer.headers.get('Retry-After');
  const later = wait ? ` Try again in ${wait} s.` : '';
  return new Refusal(sentence(message) + later, answer.status, error?.code, Number(wait) || 0);
}

/** A message of the service, as a sentence. */
export function sentence(text) {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
