import type { Fields, Options } from './types.js';

type Track = (type: string, fields: Fields) => void;
type Undo = () => void;

const DEPTHS = [25, 50, 75, 100];
const ERRORS_MAX = 20;

const listen = (target: EventTarget, type: string, listener: (event: any) => void): Undo => {
  target.addEventListener(type, listener, { capture: true, passive: true });
  return () => target.removeEventListener(type, listener, { capture: true });
};

/** An address without what often is nobody's business: user, query, fragment. */
export const cleaned = (address: string, options: Options): string => {
  if (!address) {
    return '';
  }
  try {
    const url = new URL(address, location.href);
    return url.protocol.startsWith('http')
      ? url.origin + url.pathname + (options.keepQuery ? url.search : '')
      : url.protocol;
  } catch {
    return '';
  }
};

/** Of a click: which element, never its text. */
const clicks = (track: Track, options: Options): Undo =>
  listen(document, 'click', ({ target }) => {
    const element = target instanceof Element && target.closest('a,button,[role=button],[data-pulse],input,select,summary');
    if (element) {
      track('click', {
        element: element.tagName.toLowerCase(),
        element_id: element.id || undefined,
        name: element.getAttribute('data-pulse') || undefined,
        href: element instanceof HTMLAnchorElement ? cleaned(element.href, options) : undefined,
      });
    }
  });

/** Each quarter of a page once. A page that fits the window has no depth. */
const scroll = (track: Track, seen: Set<number>): Undo =>
  listen(document, 'scroll', () => {
    const page = document.documentElement;
    const whole = page.scrollHeight - innerHeight;
    const depth = whole > 0 ? Math.round(((scrollY || page.scrollTop) / whole) * 100) : 0;
    for (const mark of DEPTHS) {
      if (depth >= mark && !seen.has(mark)) {
        seen.add(mark);
        track('scroll_depth', { depth: mark });
      }
    }
  });

/** The first focus of each field: its name, never its value. */
const forms = (track: Track, seen: Set<string>): Undo =>
  listen(document, 'focusin', ({ target }) => {
    if (
      target instanceof HTMLInputElement ||
      target instanceof HTMLSelectElement ||
      target instanceof HTMLTextAreaElement
    ) {
      const field = target.name || target.id || target.tagName.toLowerCase();
      const form = target.form?.getAttribute('id') || undefined;
      if (!seen.has(`${form}/${field}`)) {
        seen.add(`${form}/${field}`);
        track('form_focus', { field, form });
      }
    }
  });

const errors = (track: Track, options: Options): Undo => {
  let left = ERRORS_MAX;
  const record = (fields: Fields) => {
    if (left-- > 0) {
      track('error', fields);
    }
  };
  const undo = [
    listen(window, 'error', (event: ErrorEvent) => {
      if (event.message) {
        record({
          message: event.message.slice(0, 500),
          source: cleaned(event.filename, options),
          line: event.lineno,
          column: event.colno,
        });
      }
    }),
    listen(window, 'unhandledrejection', ({ reason }) =>
      record({ message: String(reason?.message || reason).slice(0, 500), unhandled: true }),
    ),
  ];
  return () => undo.forEach((each) => each());
};

/** A first page view, and one for each change of the path without a load. */
const pageViews = (view: () => void): Undo => {
  let path = location.pathname;
  const changed = () => {
    if (location.pathname !== path) {
      path = location.pathname;
      setTimeout(view); // the page sets its title after its path
    }
  };
  const undo = (['pushState', 'replaceState'] as const).map((name) => {
    const original = history[name];
    const wrapped = function (this: History, ...args: Parameters<History['pushState']>) {
      original.apply(this, args);
      changed();
    };
    history[name] = wrapped;
    return () => {
      if (history[name] === wrapped) {
        history[name] = original;
      }
    };
  });
  undo.push(listen(window, 'popstate', changed));
  view();
  return () => undo.forEach((each) => each());
};

export const record = (track: Track, view: () => void, options: Options): Undo => {
  const auto = options.auto || {};
  const depths = new Set<number>();
  const fields = new Set<string>();
  const undo: Undo[] = [];
  if (auto.errors !== false) undo.push(errors(track, options));
  if (auto.clicks !== false) undo.push(clicks(track, options));
  if (auto.scroll !== false) undo.push(scroll(track, depths));
  if (auto.forms !== false) undo.push(forms(track, fields));
  if (auto.pageViews !== false) {
    undo.push(
      pageViews(() => {
        depths.clear();
        fields.clear();
        view();
      }),
    );
  }
  return () => undo.forEach((each) => each());
};
