import { fromTag } from './tag.js';
import { vitals } from './vitals.js';

fromTag(vitals);
