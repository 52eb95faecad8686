// `GET /local/mail` and `GET /local/mail/{id}`, read at the border.
import { list, record, text } from '../shared/shape';

export interface Entry {
  id: string;
  to: string;
  subject: string;
  kind: string;
  orderIds: string[];
  sentAt: string;
}

export interface Mail extends Entry {
  from: string;
  text: string;
}

export function readEntries(body: unknown): Entry[] {
  return list({ mails: body }, 'mails', readEntry);
}

export function readMail(body: unknown): Mail {
  const mail = record(body, 'mail');
  return { ...readEntry(body), from: text(mail, 'from'), text: text(mail, 'text') };
}

function readEntry(value: unknown): Entry {
  const entry = record(value, 'mail');
  return {
    id: text(entry, 'id'),
    to: text(entry, 'to'),
    subject: text(entry, 'subject'),
    kind: text(entry, 'kind'),
    orderIds: list(entry, 'order_ids', (id) => String(id)),
    sentAt: text(entry, 'sent_at'),
  };
}

/** A sender as a mail program shows it: `雲寿司 <a@b.c>` of the encoded words a header holds. See RFC 2047. */
export function decodeSender(header: string): string {
  const joined = header.replace(/\?= =\?UTF-8\?B\?/gi, '?==?UTF-8?B?');
  return joined.replace(/=\?UTF-8\?B\?([A-Za-z0-9+/=]*)\?=/gi, (_, base64: string) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  });
}
