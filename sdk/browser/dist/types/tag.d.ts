import type { Pulse } from './types.js';
/**
 * For a script tag: `<script src="…" data-endpoint="…" data-key="…" defer></script>` starts at once;
 * without `data-` attributes the page calls `pulsegate.init(…)`.
 */
export declare const fromTag: (started: (pulse: Pulse) => void) => void;
