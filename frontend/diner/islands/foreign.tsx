// What the restaurant typed: set apart from the words around it, and in its own language where that is not the page's.
import type { Foreign } from '../../shared/menu';

export function Words({ text, lang }: { text: string; lang: Foreign }) {
  return lang === null ? <bdi>{text}</bdi> : <bdi lang={lang}>{text}</bdi>;
}
