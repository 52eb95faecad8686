// `GET /local/state`, read at the border.
import { flag, list, record, text, textOrNull, whole } from '../shared/shape';

export interface State {
  url: string;
  dataFolder: string;
  parts: { name: string; state: string; detail: string }[];
  stores: Store[];
  printers: Printer[];
  papers: Paper[];
  orders: Order[];
}

export interface Store {
  slug: string;
  name: string;
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
  tableName: string;
  dishes: number;
  status: string;
  held: boolean;
  placedAt: string;
  steps: { name: string; ms: number | null; isDone: boolean; problem: string | null }[];
}

const wholeOrNull = (from: Record<string, unknown>, key: string): number | null => (typeof from[key] === 'number' ? Math.round(from[key]) : null);

export function readState(body: unknown): State {
  const state = record(body, 'state');
  return {
    url: text(state, 'url'),
    dataFolder: text(state, 'data_folder'),
    parts: list(state, 'parts', (value) => {
      const part = record(value);
      return { name: text(part, 'name'), state: text(part, 'state'), detail: textOrNull(part, 'detail') ?? '' };
    }),
    stores: list(state, 'stores', (value) => {
      const store = record(value);
      return { slug: text(store, 'slug'), name: text(store, 'name'), tables: list(store, 'tables', readTable) };
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
    tableName: textOrNull(order, 'table_name') ?? '',
    dishes: whole(order, 'dishes'),
    status: text(order, 'status'),
    held: flag(order, 'held'),
    placedAt: text(order, 'placed_at'),
    steps: list(order, 'steps', (entry) => {
      const step = record(entry);
      const ms = wholeOrNull(step, 'ms');
      return { name: text(step, 'name'), ms, isDone: ms !== null || textOrNull(step, 'at') !== null, problem: textOrNull(step, 'problem') };
    }),
  };
}
