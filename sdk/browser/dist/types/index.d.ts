import type { Options, Pulse } from './types.js';
export type { Consent, Fields, Options, Pulse, PulseError, PulseEvent } from './types.js';
/** Starts recording. Nothing that goes wrong afterwards is thrown; `onError` is told. */
export declare const init: (options?: Options) => Pulse;
