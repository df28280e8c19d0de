import type { Store } from './store.js';

/** A UUID of version 4; also where `crypto.randomUUID` is missing, as on plain HTTP. */
export const uuid = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 15) | 64;
  bytes[8] = (bytes[8]! & 63) | 128;
  const hex = Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join('');
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
};

/** 0 to 1, always the same for a text (FNV-1a). */
export const share = (text: string): number => {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  }
  return (hash >>> 0) / 4294967296;
};

const VISITOR = 'pulse_visitor';
const SESSION = 'pulse_session';

export interface Ids {
  visitor(): string;
  /** Goes on for as long as there is an event every so often. */
  session(now: number): string;
  forget(): void;
}

export const makeIds = (store: Store, idleMillis: number): Ids => {
  let visitor = '';
  let session = '';
  let seen = 0;
  return {
    visitor() {
      if (!visitor) {
        visitor = store.get(VISITOR) || uuid();
        store.set(VISITOR, visitor);
      }
      return visitor;
    },
    session(now) {
      const [id, last] = (store.get(SESSION) || `${session}.${seen}`).split('.');
      session = id && now - Number(last) < idleMillis ? id : uuid();
      seen = now;
      store.set(SESSION, `${session}.${now}`);
      return session;
    },
    forget() {
      visitor = session = '';
      store.remove(VISITOR);
      store.remove(SESSION);
    },
  };
};
