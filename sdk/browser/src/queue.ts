import { attempt, type Store } from './store.js';
import type { PulseError, PulseEvent } from './types.js';
import type { Rejected, Wire } from './wire.js';

/** Browsers allow 64 KiB of bodies on their way when a page goes. */
const KEEPALIVE_BYTES = 60_000;
const WAIT_MIN = 1_000;
const WAIT_MAX = 60_000;
const TIMEOUT = 30_000;
const KEPT = 'pulse_queue';
const REASONS_MAX = 5;

/** Each distinct one with the number of its events. */
const reasons = (rejected: Rejected[]): string => {
  const counts = new Map<string, number>();
  rejected.forEach(({ code, reason }) => {
    const text = `${code}: ${reason}`;
    const known = counts.has(text) || counts.size < REASONS_MAX ? text : 'other reasons';
    counts.set(known, (counts.get(known) || 0) + 1);
  });
  return [...counts].map(([text, count]) => `${count} of ${text}`).join('; ');
};

interface Limits {
  batchSize: number;
  flushInterval: number;
  queueMax: number;
}

export interface Queue {
  add(event: PulseEvent): void;
  flush(): Promise<void>;
  /** Sends what an earlier page has left. */
  resume(): void;
  /** The page is going: sends what it can, and keeps it until that has arrived. */
  leave(): void;
  clear(): void;
}

/**
 * Sends events in order, one request at a time. What could not be sent when the page went is kept and
 * sent by the next page, with the same ids: the server stores it once.
 */
export const makeQueue = (
  wire: Wire,
  store: Store,
  limits: Limits,
  report: (error: PulseError) => void,
  delivered: (events: PulseEvent[]) => void,
): Queue => {
  let events: PulseEvent[] = [];
  let busy: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let notBefore = 0;
  let failures = 0;
  let most = limits.batchSize;
  /** On their way since the page was hidden. */
  const leaving = new Set<string>();
  /** What may still be added to them. */
  let room = KEEPALIVE_BYTES;

  /** Of what is kept, the ids that this page has put there or taken over; the others are of other pages. */
  const mine = new Set<string>();

  const ofOthers = (): PulseEvent[] => {
    const kept = attempt(() => JSON.parse(store.get(KEPT) || '[]'));
    return Array.isArray(kept) ? kept.filter((event) => event?.id && event.type && event.time && !mine.has(event.id)) : [];
  };

  /** They stay kept until they have arrived: this page may end as well. */
  const take = () => {
    const others = ofOthers();
    others.forEach((event) => mine.add(event.id));
    events = [...others, ...events];
  };

  /** Where there is no room for all, the first ones; of other pages always all. */
  const keep = () => {
    const others = ofOthers();
    events.forEach((event) => mine.add(event.id));
    let count = events.length;
    if (!others.length && !count) {
      store.remove(KEPT);
      return;
    }
    while (!store.set(KEPT, JSON.stringify([...others, ...events.slice(0, count)])) && count) {
      count >>= 1;
    }
  };

  const schedule = (millis: number) => {
    clearTimeout(timer);
    timer = setTimeout(flush, Math.max(millis, notBefore - Date.now()));
  };

  const settle = (batch: PulseEvent[]) => {
    const settled = new Set(batch.map((event) => event.id));
    events = events.filter((event) => !settled.has(event.id));
  };

  const later = (status: number, reason: string, batch: PulseEvent[], retryAfter: string | null) => {
    const bound = Math.min(WAIT_MAX, WAIT_MIN * 2 ** failures++);
    const asked = Number(retryAfter) * 1000 || 0;
    notBefore = Date.now() + Math.min(asked, 600_000) + Math.random() * bound;
    report({ kind: 'delayed', status, events: batch.length, reason });
    keep();
    schedule(0);
    return false;
  };

  /** Whether to go on with the next batch. */
  const send = async (batch: PulseEvent[], leaving: boolean): Promise<boolean> => {
    let reply: Response;
    let body: any;
    const abort = new AbortController();
    const limit = setTimeout(() => abort.abort(), TIMEOUT);
    try {
      reply = await fetch(wire.url, {
        method: 'POST',
        headers: wire.headers,
        body: wire.body(batch),
        keepalive: leaving,
        credentials: 'omit',
        mode: 'cors',
        signal: abort.signal,
      });
      body = await reply.json().catch(() => undefined);
    } catch (error) {
      return later(0, String(error), batch, null);
    } finally {
      clearTimeout(limit);
    }
    const { status } = reply;
    const rejected = reply.ok || status === 422 ? wire.rejected(body, batch.length) : undefined;
    if (rejected) {
      failures = 0;
      most = Math.min(limits.batchSize, most * 2);
      settle(batch);
      if (rejected.length) {
        report({ kind: 'refused', status, events: rejected.length, reason: reasons(rejected) });
      }
      const refused = new Set(rejected.map((each) => each.index));
      delivered(batch.filter((_, index) => !refused.has(index)));
      return true;
    }
    const { code, message } = body?.error ?? {};
    const own = !reply.ok && typeof code === 'string' && typeof message === 'string';
    const said = own ? `${code}: ${message}` : 'the reply is not that of a PulseGate';
    const unknown = own && status === 401 ? 'the key or site is not known to the server: ' : '';
    const reason = `status ${status}: ${unknown}${said}`;
    if (batch.length > 1 && (status === 413 || (own && (status === 400 || status === 422)))) {
      most = Math.ceil(batch.length / 2); // one event that cannot be read costs no other
      return true;
    }
    if (!own || status === 408 || status === 425 || status === 429 || status >= 500) {
      return later(status, reason, batch, reply.headers.get('Retry-After'));
    }
    // Nobody can mend a key or an address in a page that is open.
    settle(batch);
    report({ kind: 'refused', status, events: batch.length, reason });
    return true;
  };

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    busy ||= (async () => {
      take();
      while (events.length && Date.now() >= notBefore) {
        if (!(await send(events.slice(0, most), false))) {
          return;
        }
        keepUpToDate();
      }
    })().finally(() => {
      busy = undefined;
      if (events.length) {
        schedule(limits.flushInterval);
      }
    });
    return busy;
  };

  /** What another page would send again is only what is still here. */
  const keepUpToDate = () => {
    if (store.get(KEPT)) {
      keep();
    }
  };

  const leave = () => {
    keep();
    const waiting = events.filter((event) => !leaving.has(event.id));
    for (let from = 0, size = most; from < waiting.length; ) {
      const batch = waiting.slice(from, from + size);
      const body = wire.body(batch);
      const bytes = new Blob([body]).size;
      if (bytes > room) {
        if (batch.length > 1) {
          size = Math.ceil(batch.length / 2);
        } else if (bytes > KEEPALIVE_BYTES) {
          from++; // no page that goes can send it: the next one does
          size = most;
        } else {
          return; // the rest is sent by the next page
        }
        continue;
      }
      from += batch.length;
      room -= bytes;
      const beacon =
        !wire.needsHeaders &&
        !('keepalive' in Request.prototype) &&
        attempt(() => navigator.sendBeacon(wire.url, new Blob([body], { type: wire.headers['Content-Type']! })));
      if (beacon) {
        room += bytes; // the browser says itself when there is none left
      } else {
        batch.forEach((event) => leaving.add(event.id));
        void send(batch, true).then(() => {
          batch.forEach((event) => leaving.delete(event.id));
          room += bytes;
          keepUpToDate();
        });
      }
    }
  };

  addEventListener('online', () => {
    notBefore = 0;
    void flush();
  });
  return {
    add(event) {
      if (events.length >= limits.queueMax) {
        report({ kind: 'dropped', status: 0, events: 1, reason: 'the queue is full' });
        return;
      }
      events.push(event);
      if (events.length >= limits.batchSize && !busy) {
        schedule(0);
      } else if (timer === undefined) {
        schedule(limits.flushInterval);
      }
    },
    flush() {
      notBefore = 0;
      return flush();
    },
    resume() {
      if (store.get(KEPT)) {
        schedule(0);
      }
    },
    leave,
    clear() {
      clearTimeout(timer);
      timer = undefined;
      events = [];
      store.remove(KEPT);
    },
  };
};
