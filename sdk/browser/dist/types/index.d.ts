import type { Options, Pulse } from './types';
export type { Consent, Fields, Options, Pulse, PulseError, PulseEvent } from './types';
/** Starts recording. Nothing that goes wrong afterwards is thrown; `onError` is told. */
export declare const init: (options?: Options) => Pulse;
