import type { Options, PulseEvent } from './types.js';

export interface Wire {
  url: string;
  headers: Record<string, string>;
  /** Whether it needs headers that `sendBeacon` cannot send. */
  needsHeaders: boolean;
  body(events: PulseEvent[]): string;
}

const base = (options: Options, path: string): string =>
  (options.endpoint || location.origin).replace(/\/+$/, '') + path;

const iso = (millis: number): string => new Date(millis).toISOString();

/** One object a line, the fields inside `payload`. */
const native = (options: Options): Wire => ({
  url: base(options, '/v1/events'),
  headers: { 'Content-Type': 'application/x-ndjson', 'X-API-Key': options.key || '' },
  needsHeaders: true,
  body: (events) =>
    events
      .map((event) =>
        JSON.stringify({
          event_type: event.type,
          event_id: event.id,
          occurred_at: event.time,
          payload: { session_id: event.sessionId, visitor_id: event.visitorId, ...event.fields },
        }),
      )
      .join('\n'),
});

/** `text/plain` and the site in the query: what a browser sends without asking first. */
const plain = { 'Content-Type': 'text/plain;charset=UTF-8' };

const kaasino = (options: Options): Wire => ({
  url: base(options, `/collect?site_id=${encodeURIComponent(options.siteId || '')}`),
  headers: plain,
  needsHeaders: false,
  body: (events) =>
    JSON.stringify({
      events: events.map((event) => ({
        ...event.fields,
        event_id: event.id,
        time: iso(event.time),
        session_id: event.sessionId,
        visitor_id: event.visitorId,
        event_type: event.type,
      })),
    }),
});

const COLLECTION_NAMES: Record<string, string> = { page_view: 'pageview', scroll_depth: 'scroll' };

const collection = (options: Options): Wire => ({
  url: base(options, '/collect'),
  headers: plain,
  needsHeaders: false,
  body(events) {
    const one = (event: PulseEvent) => ({
      eventType: COLLECTION_NAMES[event.type] || event.type,
      eventId: event.id,
      sessionId: event.sessionId,
      visitorId: event.visitorId,
      siteId: options.siteId,
      timestamp: iso(event.time),
      eventData: event.fields,
    });
    const first = one(events[0]!);
    // The batch is an event itself: its id is made of theirs, so that a repeat is known.
    return JSON.stringify(
      events.length === 1
        ? first
        : { ...first, eventType: 'batch', eventId: `${first.eventId}-batch`, eventData: undefined, events: events.map(one) },
    );
  },
});

export const wire = (options: Options): Wire =>
  ({ native, kaasino, collection })[options.format || (options.key ? 'native' : 'kaasino')](options);
