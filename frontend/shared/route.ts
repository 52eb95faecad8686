// Real addresses in the fragment: `#dish/{item}`, `#line/{key}`, `#cart`, `#diet`, `#table`, `#checkout`, `#bill`, `#order/{order_id}`; back
// from the payment page `#/paid/{order_id}/{token}`, or `#/pay/{order_id}/{token}` where nothing was paid; anything else is the menu.
// What is searched for stands in the query: `?q=tuna&diet=vegan`.

export type View =
  | { is: 'menu' | 'cart' | 'diet' | 'table' | 'checkout' | 'bill' }
  | { is: 'dish'; itemId: string }
  | { is: 'line'; key: number }
  | { is: 'order' | 'paid' | 'pay'; orderId: string; token: string | null };

export function readView(fragment: string): View {
  const [name = '', id, token = null] = fragment.replace(/^#\/?/, '').split('/', 3);
  if (/^(cart|diet|table|checkout|bill)$/.test(name)) return { is: name } as View;
  if (name === 'dish' && id) return { is: 'dish', itemId: decoded(id) };
  if (name === 'line' && id) return { is: 'line', key: Number(id) };
  if (/^(order|paid|pay)$/.test(name) && id) return { is: name, orderId: id, token } as View;
  return { is: 'menu' };
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

/** What the list is narrowed to. */
export interface Filter {
  words: string;
  diets: string[];
}

export function readFilter(query: string): Filter {
  const params = new URLSearchParams(query);
  return { words: params.get('q') ?? '', diets: (params.get('diet') ?? '').split(',').filter((diet) => diet !== '') };
}

/** `query` with the filter in it; everything else in it, stays. */
export function withFilter(query: string, { words, diets }: Filter): string {
  const params = new URLSearchParams(query);
  const set = (key: string, value: string): void => (value === '' ? params.delete(key) : params.set(key, value));
  set('q', words.trim());
  set('diet', diets.join(','));
  const text = String(params).replaceAll('%2C', ',');
  return text === '' ? '' : `?${text}`;
}
