import type { Options, PulseEvent } from './types.js';

/** An event that the server will not take. */
export interface Rejected {
  /** Its place in the batch. */
  index: number;
  code?: string;
  reason?: string;
}

export interface Wire {
  url: string;
  headers: Record<string, string>;
  /** Whether it needs headers that `sendBeacon` cannot send. */
  needsHeaders: boolean;
  body(events: PulseEvent[]): string;
  /** What a reply to so many events refuses; undefined where it does not account for each of them. */
  rejected(reply: any, events: number): Rejected[] | undefined;
}

/** A stranger's reply, such as that of a portal, is none: each event is either taken or named, once. */
const rejectedOf = (reply: any, events: number, taken: unknown[], statuses?: [string, string]): Rejected[] | undefined => {
  const rejected: Rejected[] = reply?.rejected ?? [];
  if (!Array.isArray(rejected) || !taken.every((count) => Number.isInteger(count) && (count as number) >= 0)) {
    return undefined;
  }
  const named = new Set(rejected.map((each) => each?.index).filter((index) => Number.isInteger(index) && index >= 0 && index < events));
  const sum = (taken as number[]).reduce((all, count) => all + count, 0);
  return named.size === rejected.length &&
    sum + named.size === events &&
    (!statuses || reply.status === statuses[sum ? 0 : 1])
    ? rejected
    : undefined;
};

/** `rejected` stands in each reply of the native format and of Kaasino's. */
const counted = (reply: any, events: number, statuses?: [string, string]) =>
  reply?.rejected && rejectedOf(reply, events, [reply.accepted, reply.duplicates], statuses);

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
  rejected: (reply, events) => counted(reply, events),
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
  rejected: (reply, events) => counted(reply, events, ['accepted', 'rejected']),
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
  // The batch counts as one more, in front of its events; nobody has recorded it.
  rejected(reply, events) {
    const wrapper = events > 1 ? 1 : 0;
    return rejectedOf(reply, events + wrapper, [reply?.events_processed], ['success', 'error'])
      ?.map((each) => ({ ...each, index: each.index - wrapper }))
      .filter((each) => each.index >= 0);
  },
});

export const wire = (options: Options): Wire =>
  ({ native, kaasino, collection })[options.format || (options.key ? 'native' : 'kaasino')](options);
