import { fromTag } from './tag';
import { vitals } from './vitals';

fromTag(vitals);
