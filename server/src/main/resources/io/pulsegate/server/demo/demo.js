// The page of `pulsegate serve --demo`: uses the SDK as any page would, and shows what becomes of each event.
import { init } from './pulsegate.js';
import { vitals } from './vitals.js';

const LISTED_MAX = 200;
const element = (id) => document.getElementById(id);
const text = (name, className, content) => {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = content;
  return made;
};

/** Events in the list by id: the newest first in the page. */
const listed = new Map();
const counts = { recorded: 0, stored: 0, arrived: 0 };
const count = (what, by = 1) => {
  counts[what] += by;
  element(what).textContent = counts[what];
};

const ENVELOPE = ['page_path', 'page_url', 'session_id', 'visitor_id', 'event_id', 'event_type', 'time', 'timestamp'];

/** Fields whose value says enough. */
const NAMES = ['metric_name', 'name', 'message'];

/** A line for people: where, and the first few fields. Content of events is text, never markup. */
const inShort = (path, fields) =>
  [path, ...Object.entries(fields)
    .filter(([name, value]) => !ENVELOPE.includes(name) && value !== undefined && value !== null && value !== '')
    .map(([name, value]) => [...(NAMES.includes(name) ? [] : [name]), typeof value === 'object' ? JSON.stringify(value) : value].join(' '))]
    .filter(Boolean).slice(0, 5).join('  ·  ');

/** @param {boolean} last below what is listed, not above */
const add = (id, type, what, content, last = false) => {
  const row = document.createElement('li');
  const details = document.createElement('details');
  const summary = document.createElement('summary');
  const took = text('span', 'took', 'recorded');
  const body = text('pre', '', content);
  summary.append(text('b', '', type), took, text('span', 'what', what));
  details.append(summary, body);
  row.append(details);
  element('events')[last ? 'append' : 'prepend'](row);
  const entry = { row, took, body, since: performance.now() };
  listed.set(id, entry);
  if (listed.size > LISTED_MAX) {
    const [oldest] = listed.keys();
    listed.get(oldest).row.remove();
    listed.delete(oldest);
  }
  return entry;
};

const pulse = init({
  key: 'demo',
  flushInterval: 400,
  beforeSend(event) {
    count('recorded');
    add(event.id, event.type, inShort(event.fields.page_path, event.fields), JSON.stringify(event.fields, null, 2));
    return event;
  },
  onDelivered(events) {
    count('stored', events.length);
    element('trouble').textContent = '';
    for (const event of events) {
      const entry = listed.get(event.id);
      if (entry && !entry.row.classList.contains('arrived')) {
        entry.row.classList.add('stored');
        entry.took.textContent = `on disk after ${Math.round(performance.now() - entry.since)} ms`;
      }
    }
    soon();
  },
  onError(error) {
    element('trouble').textContent =
      error.kind === 'delayed'
        ? `The server is not taking events (${error.status || 'no reply'}). They wait in this browser and are sent again.`
        : `${error.events} ${error.kind}: ${error.reason}`;
  },
});
vitals(pulse);
window.pulse = pulse;

/** What the database has; `after` is the log offset up to which it is listed. */
let after = -1;
let timer;
const soon = () => {
  clearTimeout(timer);
  timer = setTimeout(readBack, 60);
};
const readBack = async () => {
  clearTimeout(timer);
  let waiting = false;
  try {
    const reply = await fetch(`/demo/events?after=${after}`);
    const { events } = reply.ok ? await reply.json() : { events: [] };
    const first = after < 0;
    for (const event of first ? events : events.reverse()) {
      after = Math.max(after, event.offset);
      arrived(event, first);
    }
    waiting = [...listed.values()].some(({ row }) => row.className === 'stored');
  } catch {
    // The server is away; the SDK says so.
  }
  if (document.visibilityState === 'visible') {
    timer = setTimeout(readBack, waiting ? 150 : 1500);
  }
};

/** An event read back from DuckDB: of this page, of another tab, or sent by hand. */
const arrived = (event, earlier) => {
  let payload = {};
  try {
    payload = event.cut ? {} : JSON.parse(event.payload);
  } catch {
    // Shown as it is.
  }
  const known = listed.get(event.event_id);
  const entry = known || add(event.event_id, event.event_type, inShort(payload.page_path, payload), '', earlier);
  if (entry.row.classList.contains('arrived')) {
    return;
  }
  entry.row.className = known || !earlier ? 'arrived' : 'arrived before';
  entry.took.textContent = known
    ? `in DuckDB after ${Math.round(performance.now() - entry.since)} ms`
    : earlier ? 'from before' : `from elsewhere (${event.dialect})`;
  const { payload: _, cut, ...row } = event;
  entry.body.textContent = JSON.stringify(
    { ...row, payload: Object.keys(payload).length ? payload : event.payload + (cut ? '…' : '') }, null, 2);
  if (!earlier || known) {
    count('arrived');
  }
};
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && soon());

const HEADINGS = { Home: 'Click anything.', Teas: 'Three teas, one kettle.', About: 'We only sell to watchers.' };
const show = () => {
  for (const link of document.querySelectorAll('nav a')) {
    if (link.pathname.replace(/\/$/, '') === location.pathname.replace(/\/$/, '')) {
      link.setAttribute('aria-current', 'page');
      element('heading').textContent = HEADINGS[link.dataset.route];
      document.title = `PulseGate demo: ${link.dataset.route}`;
    } else {
      link.removeAttribute('aria-current');
    }
  }
};
addEventListener('popstate', show);

document.addEventListener('click', (click) => {
  const link = click.target.closest('a[data-route]');
  if (link) {
    click.preventDefault();
    history.pushState({}, '', link.href);
    show();
    scrollTo({ top: 0 });
  }
  const { sku, price } = click.target.closest('[data-sku]')?.dataset || {};
  if (sku) {
    element('basket').textContent = Number(element('basket').textContent) + 1;
    pulse.track('add_to_cart', { sku, price: Number(price), currency: 'EUR' });
  }
});
element('newsletter').addEventListener('submit', (submit) => {
  submit.preventDefault();
  submit.target.reset();
  pulse.track('subscribed', { list: 'letter' });
});
element('fail').addEventListener('click', () => {
  throw new Error('the button that throws');
});

const recording = element('recording');
recording.addEventListener('change', () => pulse.consent(recording.checked ? 'granted' : 'denied'));
if (navigator.doNotTrack === '1' || navigator.globalPrivacyControl) {
  recording.checked = false;
  element('empty').textContent =
    'Your browser asks not to be tracked, so the SDK records nothing. Turn "Record" on to try it with this page.';
}

element('origin').textContent = location.origin;
element('curl').textContent =
  `curl -X POST ${location.origin}/v1/events -H 'X-API-Key: demo' \\\n  -d '{"event_type":"hello","from":"a terminal"}'`;
show();
readBack();
