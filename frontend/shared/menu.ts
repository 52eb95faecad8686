// The published menu of one store in one language: `GET /menus/{slug}/{lang}.json`.
import { flag, list, record, text, textOrNull, texts, whole, type Json } from './shape';

export interface Menu {
  name: string;
  lang: string;
  version: string;
  currency: string;
  digits: number;
  pricing: Pricing;
  /** Names of the stations by id. */
  stations: Map<string, string>;
  items: Map<string, Item>;
  /** Orders are taken to be picked up, on the page without a table. */
  takeout: boolean;
  /** Guests can pay in the page. */
  payments: boolean;
  /** The least that can be paid in the page; takeout orders start there. 0 where the menu is older than that was said. */
  leastPaymentMinor: number;
  /** Where the restaurant is, line by line; may be empty. */
  address: string[];
  phone: string | null;
  /** What sessions and orders name in the menu's first language, in this one. */
  names: Json;
}

export interface Pricing {
  taxInclusive: boolean;
  taxes: { category: string; name: string; ratePpm: number }[];
  service: { name: string; ratePpm: number; taxCategory: string | null } | null;
}

/** A text's language, where it is not the menu's. */
export type Foreign = string | null;

export interface Item {
  id: string;
  name: string;
  nameLang: Foreign;
  description: string;
  descriptionLang: Foreign;
  /** Where a search finds it besides: its names in the menu's other languages, the heading it stands under in all of them. */
  alsoFound: string[];
  diets: string[];
  tags: string[];
  priceMinor: number;
  /** Loyalty points that each earns. */
  points: number;
  available: boolean;
  image: string | null;
  allergens: string[];
  taxCategory: string;
  /** What a serving holds, by nutrient: `energy_kcal`, `fat_mg`. */
  nutrition: Json;
  /** Ids of what goes well with it. */
  goesWith: string[];
  groups: Group[];
}

export interface Group {
  id: string;
  name: string;
  nameLang: Foreign;
  min: number;
  max: number;
  options: Option[];
}

export interface Option {
  id: string;
  name: string;
  nameLang: Foreign;
  priceMinor: number;
  points: number;
  quantityMax: number;
  available: boolean;
  preset: boolean;
  /** Its name as a guest reads it alone: a removal called `Egg` is `No Egg`. */
  readsAs: string;
  allergens: string[];
  groups: Group[];
}

export function readMenu(body: unknown): Menu {
  const menu = record(body, 'menu');
  const categories = list(menu, 'categories', (value) => {
    const category = record(value);
    const headings = [text(category, 'name'), ...texts(category, 'other_names')];
    return list(category, 'items', (item) => readItem(item, headings));
  });
  return {
    name: text(menu, 'name'),
    lang: text(menu, 'lang'),
    version: text(menu, 'version'),
    currency: text(menu, 'currency'),
    digits: whole(menu, 'currency_digits'),
    pricing: readPricing(menu['pricing']),
    stations: new Map(list(menu, 'stations', (value) => [text(record(value), 'id'), text(record(value), 'name')])),
    items: new Map(categories.flat().map((item) => [item.id, item])),
    takeout: flag(menu, 'takeout'),
    payments: flag(menu, 'payments'),
    leastPaymentMinor: menu['least_payment_minor'] === undefined ? 0 : whole(menu, 'least_payment_minor'),
    address: texts(menu, 'address'),
    phone: textOrNull(menu, 'phone'),
    names: record(menu['names'] ?? {}),
  };
}

function readPricing(value: unknown): Pricing {
  const pricing = record(value, 'pricing');
  const charge = pricing['service_charge'];
  const service = charge == null ? null : record(charge);
  return {
    taxInclusive: flag(pricing, 'tax_inclusive'),
    taxes: list(pricing, 'taxes', (entry) => {
      const tax = record(entry);
      return { category: text(tax, 'category'), name: text(tax, 'name'), ratePpm: whole(tax, 'rate_ppm') };
    }),
    service: service && {
      name: text(service, 'name'),
      ratePpm: whole(service, 'rate_ppm'),
      taxCategory: textOrNull(service, 'tax_category'),
    },
  };
}

function readItem(value: unknown, headings: string[]): Item {
  const item = record(value, 'item');
  return {
    id: text(item, 'id'),
    name: text(item, 'name'),
    nameLang: textOrNull(item, 'name_lang'),
    description: textOrNull(item, 'description') ?? '',
    descriptionLang: textOrNull(item, 'description_lang'),
    alsoFound: [...texts(item, 'other_names'), ...headings],
    diets: texts(item, 'diets'),
    tags: texts(item, 'tags'),
    priceMinor: whole(item, 'price_minor'),
    points: readPoints(item),
    available: flag(item, 'available'),
    image: textOrNull(item, 'image'),
    allergens: texts(item, 'allergens'),
    taxCategory: text(item, 'tax_category'),
    nutrition: record(item['nutrition'] ?? {}),
    goesWith: texts(item, 'goes_with'),
    groups: list(item, 'option_groups', readGroup),
  };
}

function readGroup(value: unknown): Group {
  const group = record(value, 'group');
  return {
    id: text(group, 'id'),
    name: text(group, 'name'),
    nameLang: textOrNull(group, 'name_lang'),
    min: whole(group, 'min'),
    max: whole(group, 'max'),
    options: list(group, 'options', readOption),
  };
}

function readOption(value: unknown): Option {
  const option = record(value, 'option');
  const name = text(option, 'name');
  return {
    id: text(option, 'id'),
    name,
    nameLang: textOrNull(option, 'name_lang'),
    priceMinor: whole(option, 'price_minor'),
    points: readPoints(option),
    quantityMax: whole(option, 'max_quantity'),
    available: flag(option, 'available'),
    preset: flag(option, 'default'),
    readsAs: textOrNull(option, 'reads_as') ?? name,
    allergens: texts(option, 'allergens'),
    groups: list(option, 'option_groups', readGroup),
  };
}

/** Left out where there are none. */
function readPoints(from: Json): number {
  return from['points'] === undefined ? 0 : whole(from, 'points');
}
