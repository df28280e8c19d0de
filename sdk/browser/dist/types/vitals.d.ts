import type { Pulse } from './types.js';
/**
 * Records the web vitals of the page, each when it is final: an event `web_vital` with the metric's
 * name, value and rating. Times also stand in `lcp_ms`, `inp_ms`, `fcp_ms` and `ttfb_ms`.
 */
export declare const vitals: (pulse: Pick<Pulse, "track">) => void;
