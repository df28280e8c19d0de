// How an application that has installed the package uses it: the build checks that its published types allow this.
import { init, type Options, type Pulse } from '@pulsegate/browser';
import { vitals } from '@pulsegate/browser/vitals';

const options: Options = {
  endpoint: 'https://events.example.com',
  siteId: 'shop',
  beforeSend: (event) => (event.type === 'click' ? null : event),
  onDelivered: (events) => console.log(events.length),
  onError: (error) => console.log(error.kind, error.status, error.reason),
};
const pulse: Pulse = init(options);
vitals(pulse);
pulse.track('add_to_cart', { sku: '4711' });
pulse.consent('granted');
export const flushed: Promise<void> = pulse.flush();
