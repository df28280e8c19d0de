import type { Fields, Options } from './types.js';
type Track = (type: string, fields: Fields) => void;
type Undo = () => void;
/** An address without what often is nobody's business: user, query, fragment. */
export declare const cleaned: (address: string, options: Options) => string;
export declare const record: (track: Track, view: () => void, options: Options) => Undo;
export {};
