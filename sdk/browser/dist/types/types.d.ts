/** What a page may say about an event: anything that JSON can hold. */
export type Fields = Record<string, unknown>;
/** An event as it goes on the wire, before it is put into a format. */
export interface PulseEvent {
    /** UUID; the same on every try, so that the server stores the event once. */
    id: string;
    type: string;
    /** Milliseconds since 1970. */
    time: number;
    sessionId: string;
    visitorId: string;
    fields: Fields;
}
/** What went wrong; nothing of it is thrown. */
export interface PulseError {
    /** `refused`: given up for good. `delayed`: comes again. `dropped`: the queue was full, or the event cannot be written. */
    kind: 'refused' | 'delayed' | 'dropped';
    /** HTTP status, 0 where no reply came (offline, CORS, Content-Security-Policy). */
    status: number;
    events: number;
    reason: string;
}
export type Consent = 'granted' | 'denied' | 'pending';
export interface Options {
    /** Address of PulseGate, such as `https://events.example.com`; the page's own origin by default. */
    endpoint?: string;
    /** A public id of the tenant, for pages of the origins it is bound to; in the formats of Kaasino and of the Collection API. */
    siteId?: string;
    /** A key, for the native format and pages of PulseGate's own origin. Everybody who sees the page sees it. */
    key?: string;
    /** Shape on the wire. `native` where there is a key, else `kaasino`. */
    format?: 'native' | 'kaasino' | 'collection';
    /** Share of sessions that are recorded, 0 to 1. A session is recorded wholly or not at all. */
    sampleRate?: number;
    /** `pending` keeps events in memory, without ids stored and without sending, until it is decided. */
    consent?: Consent;
    /** Whether Do Not Track and Global Privacy Control count as a refusal. Default true. */
    respectDoNotTrack?: boolean;
    /** Where ids and unsent events are kept. Cookies only where asked for. Default `local`. */
    storage?: 'local' | 'session' | 'cookie' | 'none';
    /** Minutes without an event after which a new session begins. Default 30. */
    sessionMinutes?: number;
    /** Events that make a request. Default 20. */
    batchSize?: number;
    /** Milliseconds that an event waits for others. Default 5000. */
    flushInterval?: number;
    /** Most events that wait while the server cannot be reached; the newest is dropped. Default 500. */
    queueMax?: number;
    /** What is recorded by itself. Default: all of it. */
    auto?: {
        pageViews?: boolean;
        clicks?: boolean;
        scroll?: boolean;
        forms?: boolean;
        errors?: boolean;
    };
    /** Whether the query stays in addresses. It often holds what is nobody's business. Default false. */
    keepQuery?: boolean;
    /** Fields for every event. */
    context?: Fields;
    /** Looks at an event before it is queued; `null` drops it. */
    beforeSend?: (event: PulseEvent) => PulseEvent | null;
    /** Told of events that the server has acknowledged. */
    onDelivered?: (events: PulseEvent[]) => void;
    /** Told of each error; without it the console shows the first of each kind. */
    onError?: (error: PulseError) => void;
}
export interface Pulse {
    /** Records an event. Never throws. */
    track(type: string, fields?: Fields): void;
    /** Records a page view; done by itself unless `auto.pageViews` is off. */
    page(fields?: Fields): void;
    /** Tells what the visitor has decided. `denied` forgets ids and what waits. */
    consent(decision: Consent): void;
    /** Sends what waits; resolves when there is nothing left or a try has failed. */
    flush(): Promise<void>;
    /** Stops recording and takes its listeners away; sends what waits. */
    stop(): Promise<void>;
}
