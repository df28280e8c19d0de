import { fromTag } from './tag';

fromTag(() => {});
