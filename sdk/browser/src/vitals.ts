import { onCLS, onFCP, onINP, onLCP, onTTFB, type Metric } from 'web-vitals';
import type { Pulse } from './types.js';

/**
 * Records the web vitals of the page, each when it is final: an event `web_vital` with the metric's
 * name, value and rating. Times also stand in `lcp_ms`, `inp_ms`, `fcp_ms` and `ttfb_ms`.
 */
export const vitals = (pulse: Pick<Pulse, 'track'>): void => {
  const record = ({ name, value, rating, id, navigationType }: Metric) => {
    const rounded = Math.round(value * 1000) / 1000;
    pulse.track('web_vital', {
      metric_name: name,
      value: rounded,
      rating,
      metric_id: id,
      navigation_type: navigationType,
      ...(name === 'CLS' ? { cls: rounded } : { [`${name.toLowerCase()}_ms`]: rounded }),
    });
  };
  onCLS(record);
  onFCP(record);
  onINP(record);
  onLCP(record);
  onTTFB(record);
};
