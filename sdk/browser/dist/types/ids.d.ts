import type { Store } from './store.js';
/** A UUID of version 4; also where `crypto.randomUUID` is missing, as on plain HTTP. */
export declare const uuid: () => string;
/** 0 to 1, always the same for a text (FNV-1a). */
export declare const share: (text: string) => number;
export interface Ids {
    visitor(): string;
    /** Goes on for as long as there is an event every so often. */
    session(now: number): string;
    forget(): void;
}
export declare const makeIds: (store: Store, idleMillis: number) => Ids;
