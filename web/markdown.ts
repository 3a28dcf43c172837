import { basename } from 'node:path';
import { Marked } from 'marked';
import type { Plugin } from 'vite';

/** The project's own documents as parts of the page: made into HTML when the page is built, so that no parser is sent and no request leaves. */
export function documents(): Plugin {
  return {
    name: 'lpmos-documents',
    enforce: 'pre',
    transform(text, id) {
      const [file, query] = id.split('?');
      if (!file?.endsWith('.md')) return undefined;
      // Titles alone are part of the page that lists the documents; the rest of each comes when it is read.
      if (query === 'title') return { code: `export const title = ${JSON.stringify(/^# (.+)$/m.exec(text)?.[1] ?? basename(file, '.md'))};`, map: null };
      return { code: `export const html = ${JSON.stringify(parser().parse(text))};`, map: null };
    },
  };
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Places within a document have a prefix, so that none is taken for a part of the page. */
const anchor = (hash: string) => hash.replace(/^#/, '#doc-');
/** As hosts of repositories name a heading's place. */
const slug = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/g, '-');

/** Where a link between files leads in the page; what is neither that nor a web address is no link. */
function address(href: string): string {
  if (/^https?:/.test(href)) return href;
  if (href.startsWith('#')) return anchor(href);
  if (/^[a-z][a-z0-9+.-]*:/i.test(href)) return '';
  const file = /(?:^|\/)(README(?:\.zh-CN)?|[\w.-]+)\.md(#.*)?$/.exec(href);
  if (!file) return '';
  return `/docs/${/(?:^|\/)boot\//.test(href) ? 'boot' : /(?:^|\/)web\//.test(href) ? 'web' : file[1]}${anchor(file[2] ?? '')}`;
}

function parser(): Marked {
  const places = new Map<string, number>();
  return new Marked({
    renderer: {
      // A document says things; it brings no elements of its own into the page.
      html: ({ text }) => escaped(text),
      heading({ tokens, depth, text }) {
        const name = slug(text);
        const before = places.get(name) ?? 0;
        places.set(name, before + 1);
        return `<h${depth} id="doc-${name}${before ? `-${before}` : ''}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      // Pictures are files of the repository, not of the page.
      image: () => '',
      link({ href, tokens }) {
        const to = address(href);
        const text = this.parser.parseInline(tokens);
        return to === '' ? text : `<a href="${escaped(to)}"${/^https?:/.test(to) ? ' target="_blank" rel="noreferrer"' : ''}>${text}</a>`;
      },
      code: ({ text }) => `<pre tabindex="0"><code>${escaped(text)}</code></pre>\n`,
      table(token) {
        const cell = (tag: string, tokens: Parameters<typeof this.parser.parseInline>[0]) => `<${tag}${tag === 'th' ? ' scope="col"' : ''}>${this.parser.parseInline(tokens)}</${tag}>`;
        const empty = token.header.every((one) => one.text === '');
        const head = empty ? '' : `<thead><tr>${token.header.map((one) => (one.text === '' ? '<td></td>' : cell('th', one.tokens))).join('')}</tr></thead>`;
        return `<div class="scroll-x" tabindex="0"><table class="plain">${head}<tbody>${token.rows.map((row) => `<tr>${row.map((one) => cell('td', one.tokens)).join('')}</tr>`).join('')}</tbody></table></div>\n`;
      },
    },
  });
}
