// `GET /local/state`, read at the border.
import { flag, list, record, text, textOrNull, texts } from '../shared/shape';

export interface State {
  url: string;
  dataFolder: string;
  parts: Part[];
  stores: Store[];
  printers: Printer[];
  papers: Paper[];
  orders: Order[];
}

export interface Part {
  name: string;
  /** What it is, for people. */
  title: string;
  state: string;
  detail: string;
}

export interface Store {
  slug: string;
  name: string;
  languages: string[];
  takeout: boolean;
  tables: Table[];
}

export interface Table {
  id: string;
  name: string;
  link: string;
  qrSvg: string | null;
}

export interface Printer {
  id: string;
  stationName: string;
  store: string;
  state: string;
}

export interface Paper {
  id: string;
  /** The order it is of; none of a call's slip. */
  orderId: string | null;
  printerId: string;
  printedAt: string;
  pngUrl: string;
  rawUrl: string | null;
  banner: string | null;
  attempt: number | null;
}

export interface Order {
  id: string;
  store: string;
  number: string;
  place: string;
  lines: string[];
  dishes: string;
  standing: string;
  payment: string;
  total: string;
  held: boolean;
  status: string;
  readyAt: string | null;
  placedAt: string;
  steps: Step[];
}

export interface Step {
  name: string;
  at: string | null;
  ms: number | null;
  problem: string | null;
}

const wholeOrNull = (from: Record<string, unknown>, key: string): number | null => (typeof from[key] === 'number' ? Math.round(from[key]) : null);

export function readState(body: unknown): State {
  const state = record(body, 'state');
  return {
    url: text(state, 'url'),
    dataFolder: text(state, 'data_folder'),
    parts: list(state, 'parts', (value) => {
      const part = record(value);
      return { name: text(part, 'name'), title: text(part, 'title'), state: text(part, 'state'), detail: textOrNull(part, 'detail') ?? '' };
    }),
    stores: list(state, 'stores', (value) => {
      const store = record(value);
      return { slug: text(store, 'slug'), name: text(store, 'name'), languages: texts(store, 'languages'), takeout: flag(store, 'takeout'), tables: list(store, 'tables', readTable) };
    }),
    printers: list(state, 'printers', (value) => {
      const printer = record(value);
      return { id: text(printer, 'id'), stationName: text(printer, 'station_name'), store: text(printer, 'store'), state: text(printer, 'state') };
    }),
    papers: list(state, 'papers', readPaper),
    orders: list(state, 'orders', readOrder),
  };
}

function readTable(value: unknown): Table {
  const table = record(value);
  return { id: text(table, 'id'), name: text(table, 'name'), link: text(table, 'link'), qrSvg: textOrNull(table, 'qr_svg') };
}

function readPaper(value: unknown): Paper {
  const paper = record(value);
  return {
    id: text(paper, 'paper_id'),
    orderId: textOrNull(paper, 'order_id'),
    printerId: text(paper, 'printer_id'),
    printedAt: text(paper, 'printed_at'),
    pngUrl: text(paper, 'png_url'),
    rawUrl: textOrNull(paper, 'raw_url'),
    banner: textOrNull(paper, 'banner'),
    attempt: wholeOrNull(paper, 'attempt'),
  };
}

function readOrder(value: unknown): Order {
  const order = record(value);
  return {
    id: text(order, 'order_id'),
    store: text(order, 'store'),
    number: text(order, 'number'),
    place: text(order, 'place'),
    lines: texts(order, 'lines'),
    dishes: text(order, 'dishes'),
    standing: text(order, 'standing'),
    payment: text(order, 'payment'),
    total: text(order, 'total'),
    held: flag(order, 'held'),
    status: text(order, 'status'),
    readyAt: textOrNull(order, 'ready_at'),
    placedAt: text(order, 'placed_at'),
    steps: list(order, 'steps', (entry) => {
      const step = record(entry);
      return { name: text(step, 'name'), at: textOrNull(step, 'at'), ms: wholeOrNull(step, 'ms'), problem: textOrNull(step, 'problem') };
    }),
  };
}
