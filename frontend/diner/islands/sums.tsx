// The sums under an order, in the order a bill has them. Taxes that the prices already hold are named, not added.
import { formatRate, type Totals } from '../../shared/money';
import { locale } from '../page';
import { inOurWords, menu, price } from '../state';
import { num, say, t } from '../words';

/** `tip` is what was paid on top: then the total holds it. */
export function Sums({ totals, label, points = 0, tip }: { totals: Totals; label: string; points?: number; tip?: { name: string; minor: number } | null }) {
  const { subtotalMinor, serviceMinor, taxes, taxInclusive, totalMinor } = totals;
  const service = menu.value?.pricing.service;
  return (
    <dl class="sums">
      {subtotalMinor === totalMinor && !tip ? null : <Row name={t.subtotal} minor={subtotalMinor} />}
      {serviceMinor === 0 ? null : (
        <Row name={service ? `${service.name} ${formatRate(service.ratePpm, locale)}` : ''} minor={serviceMinor} />
      )}
      {taxInclusive ? null : taxes.map((tax) => <Row name={`${inOurWords(tax.name)} ${formatRate(tax.ratePpm, locale)}`} minor={tax.taxMinor} key={tax.name} />)}
      {tip ? <Row name={tip.name} minor={tip.minor} /> : null}
      <Row name={label} minor={totalMinor + (tip?.minor ?? 0)} isTotal />
      {taxInclusive
        ? taxes.map((tax) => <Row name={say(t.includes, { name: inOurWords(tax.name), rate: formatRate(tax.ratePpm, locale) })} minor={tax.taxMinor} isQuiet key={tax.name} />)
        : null}
      {points > 0 ? <div class="quiet"><dt>{t.points}</dt><dd class="num">{num(points)}</dd></div> : null}
    </dl>
  );
}

export function Row({ name, minor, isTotal, isQuiet }: { name: string; minor: number; isTotal?: boolean; isQuiet?: boolean }) {
  return (
    <div class={isTotal ? 'all' : isQuiet ? 'quiet' : ''}>
      <dt>{name}</dt>
      <dd class="num">{price(minor)}</dd>
    </div>
  );
}
