import type { Options } from './types.js';
/** Where small texts are kept; one that is blocked or full behaves like an empty one. */
export interface Store {
    get(name: string): string | null;
    /** Whether it is kept now; where not, what was there before still is. */
    set(name: string, value: string): boolean;
    remove(name: string): void;
}
/** Blocked storage throws on mere access. */
export declare function attempt<T>(action: () => T): T | undefined;
export declare const stores: (kind: Options["storage"]) => {
    ids: Store;
    queue: Store;
};
