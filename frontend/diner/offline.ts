// Without a connection: the worker in `sw.ts` keeps the page and its script; what this first visit has loaded past it is put in
// here, with the pictures that were not in sight yet.
import { lang, menuUrl, slug } from './page';

/** Only over https, or on this machine: browsers give no worker to any other page. */
export async function keepForOffline(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  try {
    await navigator.serviceWorker.register('/assets/sw.js', { scope: '/m/' });
    await navigator.serviceWorker.ready;
    const cache = await caches.open('menu');
    const pictures = [...document.images].filter((image) => image.complete || !savesData()).map(
      // the form that this browser takes: of one not fetched yet, the AVIF beside it
      (image) => image.currentSrc || (image.previousElementSibling as HTMLSourceElement | null)?.srcset || image.src,
    );
    // One after another: sixty at once would stand in the way of an order on a thin line.
    for (const url of [`/m/${slug}/${lang}/`, menuUrl, ...pictures]) {
      if (!(await cache.match(url))) await cache.add(new Request(url, { priority: 'low' })).catch(() => {});
    }
  } catch {
    // storage is off or full: the page works as long as there is a connection
  }
}

/** Whether the guest asked the browser to load no more than it must. */
function savesData(): boolean {
  return (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;
}
