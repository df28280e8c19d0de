import { init } from './index.js';
import type { Options, Pulse } from './types.js';

/**
 * For a script tag: `<script src="…" data-endpoint="…" data-key="…" defer></script>` starts at once;
 * without `data-` attributes the page calls `pulsegate.init(…)`.
 */
export const fromTag = (started: (pulse: Pulse) => void): void => {
  const data = (document.currentScript as HTMLScriptElement | null)?.dataset || {};
  const { endpoint, key, siteId, format, consent, storage, sampleRate } = data;
  const options: Record<string, unknown> = { endpoint, key, siteId, format, consent, storage };
  if (sampleRate) {
    options['sampleRate'] = Number(sampleRate);
  }
  const target = window as unknown as { pulsegate: { init: typeof init; pulse?: Pulse } };
  target.pulsegate = {
    init(more?: Options) {
      const pulse = init(more);
      target.pulsegate.pulse = pulse;
      started(pulse);
      return pulse;
    },
  };
  if (key || siteId) {
    target.pulsegate.init(options as Options);
  }
};
