import type { Options, PulseEvent } from './types.js';
export interface Wire {
    url: string;
    headers: Record<string, string>;
    /** Whether it needs headers that `sendBeacon` cannot send. */
    needsHeaders: boolean;
    body(events: PulseEvent[]): string;
}
export declare const wire: (options: Options) => Wire;
