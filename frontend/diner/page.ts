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

/** The clock time of an RFC 3339 instant. */
export function clock(at: string | number): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(new Date(at));
}
