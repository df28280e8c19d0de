import type { Options } from './types.js';

/** Where small texts are kept; one that is blocked or full behaves like an empty one. */
export interface Store {
  get(name: string): string | null;
  /** Whether it is kept now; where not, what was there before still is. */
  set(name: string, value: string): boolean;
  remove(name: string): void;
}

const nothing: Store = { get: () => null, set: () => true, remove: () => {} };

const guarded = (storage: () => Storage): Store => ({
  get: (name) => attempt(() => storage().getItem(name)) ?? null,
  set: (name, value) => attempt(() => (storage().setItem(name, value), true)) ?? false,
  remove: (name) => void attempt(() => storage().removeItem(name)),
});

/** A year; cookies for ids alone, as they travel with every request. */
const cookies: Store = {
  get: (name) =>
    attempt(() => new RegExp(`(?:^|; )${name}=([^;]*)`).exec(document.cookie)?.[1]) ?? null,
  set: (name, value) =>
    !!attempt(() => (document.cookie = `${name}=${value}; path=/; max-age=31536000; SameSite=Lax`)),
  remove: (name) => void attempt(() => (document.cookie = `${name}=; path=/; max-age=0`)),
};

/** Blocked storage throws on mere access. */
export function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

export const stores = (kind: Options['storage']): { ids: Store; queue: Store } => {
  const local = guarded(() => localStorage);
  const session = guarded(() => sessionStorage);
  switch (kind) {
    case 'none':
      return { ids: nothing, queue: nothing };
    case 'session':
      return { ids: session, queue: session };
    case 'cookie':
      return { ids: cookies, queue: local };
    default:
      return { ids: local, queue: local };
  }
};
