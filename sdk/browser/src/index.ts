import { cleaned, record } from './auto.js';
import { makeIds, share, uuid } from './ids.js';
import { makeQueue } from './queue.js';
import { attempt, stores } from './store.js';
import type { Consent, Fields, Options, Pulse, PulseError, PulseEvent } from './types.js';
import { wire } from './wire.js';

export type { Consent, Fields, Options, Pulse, PulseError, PulseEvent } from './types.js';

const WAITING_MAX = 100;

/** Kinds of errors that nobody listened to, since the page was loaded. */
const warned = new Set<string>();

const warn = ({ kind, events, reason }: PulseError) => {
  if (!warned.has(kind)) {
    warned.add(kind);
    console.warn(`PulseGate: events ${kind} (${events}): ${reason}. Further ones are not shown; onError is told of each.`);
  }
};

const wantsPrivacy = (): boolean =>
  navigator.doNotTrack === '1' ||
  (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true;

/** Starts recording. Nothing that goes wrong afterwards is thrown; `onError` is told. */
export const init = (options: Options = {}): Pulse => {
  const { ids: idStore, queue: queueStore } = stores(options.storage);
  const ids = makeIds(idStore, (options.sessionMinutes ?? 30) * 60_000);
  const report = (error: PulseError) => void attempt(() => (options.onError || warn)(error));
  const queue = makeQueue(
    wire(options),
    queueStore,
    {
      batchSize: options.batchSize ?? 20,
      flushInterval: options.flushInterval ?? 5_000,
      queueMax: options.queueMax ?? 500,
    },
    report,
    (events) => void attempt(() => options.onDelivered?.(events)),
  );
  let consent: Consent =
    options.respectDoNotTrack !== false && wantsPrivacy() ? 'denied' : (options.consent ?? 'granted');
  const decide = () => {
    if (consent === 'granted') {
      queue.resume();
    } else if (consent === 'denied') {
      queue.clear();
      ids.forget();
    }
  };
  let waiting: [string, Fields, number][] = [];
  let stopped = false;

  const add = (type: string, fields: Fields, time: number) => {
    const sessionId = ids.session(time);
    if (share(sessionId) >= (options.sampleRate ?? 1)) {
      return;
    }
    let event: PulseEvent | null = { id: uuid(), type, time, sessionId, visitorId: ids.visitor(), fields };
    if (options.beforeSend) {
      event = options.beforeSend(event);
    }
    if (event) {
      JSON.stringify(event.fields); // what cannot be written is told here, and not with a whole batch
      queue.add(event);
    }
  };

  /** What cannot be recorded is told. */
  const guarded = (action: () => void) => {
    try {
      action();
    } catch (error) {
      report({ kind: 'dropped', status: 0, events: 1, reason: String(error) });
    }
  };

  const track = (type: string, fields: Fields = {}) => {
    if (stopped || consent === 'denied') {
      return;
    }
    guarded(() => {
      const all = {
        page_path: location.pathname,
        page_url: cleaned(location.href, options),
        ...options.context,
        ...fields,
      };
      if (consent === 'granted') {
        add(type, all, Date.now());
      } else if (waiting.length < WAITING_MAX) {
        waiting.push([type, all, Date.now()]);
      }
    });
  };

  const page = (fields: Fields = {}) =>
    track('page_view', {
      title: document.title,
      referrer: cleaned(document.referrer, options) || undefined,
      width: innerWidth,
      height: innerHeight,
      language: navigator.language,
      ...fields,
    });

  const hidden = () => {
    if (document.visibilityState === 'hidden') {
      queue.leave();
      setTimeout(queue.leave); // what others, such as the web vitals, record in this moment
    }
  };
  document.addEventListener('visibilitychange', hidden);
  addEventListener('pagehide', queue.leave);
  decide();
  const unrecord = record(track, page, options);

  return {
    track,
    page,
    consent(decision) {
      consent = decision;
      const kept = waiting;
      waiting = [];
      if (decision === 'granted') {
        kept.forEach(([type, fields, time]) => guarded(() => add(type, fields, time)));
      }
      decide();
    },
    flush: queue.flush,
    stop() {
      stopped = true;
      unrecord();
      document.removeEventListener('visibilitychange', hidden);
      removeEventListener('pagehide', queue.leave);
      return queue.flush();
    },
  };
};
