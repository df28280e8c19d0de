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
export declare const wire: (options: Options) => Wire;
