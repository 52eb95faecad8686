// What only who pays needs: takeout's checkout, the bill of a table, where the money of an order stands.
import type { Menu } from '../../shared/menu';
import type { View } from '../../shared/route';
import { Bill } from './bill';
import { Checkout } from './checkout';
import { Status } from './status';

export { loadPayingWords } from './words';

export function Paying({ view, menu }: { view: View; menu: Menu }) {
  if ('orderId' in view) return <Status view={view} key={view.orderId} />;
  return view.is === 'bill' ? <Bill /> : <Checkout menu={menu} />;
}
