import { type Store } from './store.js';
import type { PulseError, PulseEvent } from './types.js';
import type { Wire } from './wire.js';
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
export declare const makeQueue: (wire: Wire, store: Store, limits: Limits, report: (error: PulseError) => void, delivered: (events: PulseEvent[]) => void) => Queue;
export {};
