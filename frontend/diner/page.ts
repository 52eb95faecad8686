// Facts of this page: which restaurant, which language, which table's code; written into the HTML when it was published.
const root = document.documentElement;

export const slug = root.dataset['slug'] ?? '';
export const lang = root.lang;
/** Whose way of writing numbers the printed prices follow. */
export const locale = root.dataset['locale'] ?? lang;
/** The menu that the page was written from. */
export const pageVersion = root.dataset['version'] ?? '';
/** A table's page is the store's under an address of its own: `/m/{slug}/t/{code}/{lang}/`. */
export const tableCode = /^\/m\/[^/]+\/t\/([^/]+)\//.exec(location.pathname)?.[1] ?? null;
export const menuUrl = `/menus/${slug}/${lang}.json`;

/** The restaurant's colour. Through the style object, because a strict CSP allows no style text that differs per store. */
export function applyAccent(): void {
  for (const name of ['accentLight', 'accentLightInk', 'accentDark', 'accentDarkInk']) {
    const property = `--${name.replace(/[A-Z]/g, (upper) => `-${upper.toLowerCase()}`)}`;
    root.style.setProperty(property, root.dataset[name] ?? '');
  }
}

/** The restaurant's time zone: every time on the page is by its clock, whatever the phone's is set to. */
export const timeZone = zoneKnown(root.dataset['zone']);

/** A phone that does not know the zone shows its own time, as does a page that is older than the zone in it. */
function zoneKnown(zone: string | undefined): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) && zone;
  } catch {
    return undefined;
  }
}

/** The clock time of an RFC 3339 instant. */
export function clock(at: string | number): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone }).format(new Date(at));
}

/** The same with its day. */
export function dayAndClock(at: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(new Date(at));
}
