// The sticker of the chosen table, to be scanned from a phone or opened here.
import { byId, make } from './dom';
import type { State, Store } from './state';

const storePicker = byId<HTMLSelectElement>('store');
const tablePicker = byId<HTMLSelectElement>('table');

export function watchPickers(onChange: () => void): void {
  storePicker.addEventListener('change', onChange);
  tablePicker.addEventListener('change', onChange);
}

/** The restaurant that is chosen. */
export const chosenStore = (): string => storePicker.value;

export function showScan({ stores, url }: State): void {
  setOptions(storePicker, stores.map(({ slug, name }) => [slug, name]));
  const store: Store | undefined = stores.find(({ slug }) => slug === storePicker.value) ?? stores[0];
  setOptions(tablePicker, (store?.tables ?? []).map(({ id, name }) => [id, name]));
  const table = store?.tables.find(({ id }) => id === tablePicker.value) ?? store?.tables[0];
  if (!table) return;
  const qr = byId('qr');
  if (qr.dataset['link'] !== table.link) {
    qr.dataset['link'] = table.link;
    qr.replaceChildren(picture(table.link, table.qrSvg, table.name));
  }
  byId('table-name').textContent = table.name;
  const open = byId<HTMLAnchorElement>('open');
  open.href = new URL(table.link, location.href).pathname;
  open.textContent = `Open ${table.name} here`;
  const host = new URL(url, location.href).hostname;
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(host);
  byId('reach').textContent = isLocal ? 'To scan it with a phone on the same network, start with HOST=0.0.0.0.' : table.link;
}

/** The code as the program drew it. A picture, not markup: whatever stands in the SVG, it cannot run. */
function picture(link: string, svg: string | null, name: string): HTMLElement {
  const src = svg === null ? `/local/qr?text=${encodeURIComponent(link)}` : `data:image/svg+xml,${encodeURIComponent(withNamespace(svg))}`;
  return make('img', { src, alt: `QR code of ${name}`, width: '184', height: '184' });
}

function withNamespace(svg: string): string {
  return svg.includes('xmlns') ? svg : svg.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"');
}

function setOptions(picker: HTMLSelectElement, options: [string, string][]): void {
  const wanted = JSON.stringify(options);
  if (picker.dataset['options'] === wanted) return;
  const before = picker.value;
  picker.dataset['options'] = wanted;
  picker.replaceChildren(...options.map(([value, name]) => make('option', { value }, name)));
  if (options.some(([value]) => value === before)) picker.value = before;
}
