import { fromTag } from './tag.js';

fromTag(() => {});
