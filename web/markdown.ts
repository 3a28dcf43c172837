import { basename } from 'node:path';
import { Marked } from 'marked';
import type { Plugin } from 'vite';

/** The project's own documents as parts of the page: made into HTML when the page is built, so that no parser is sent and no request leaves. */
export function documents(): Plugin {
  return {
    name: 'lpmos-documents',
    enforce: 'pre',
    transform(text, id) {
      if (!id.endsWith('.md')) return undefined;
      const title = /^# (.+)$/m.exec(text)?.[1] ?? basename(id, '.md');
      return { code: `export const title = ${JSON.stringify(title)};\nexport const html = ${JSON.stringify(parser().parse(text))};`, map: null };
    },
  };
}

/** Where a link between files leads in the page; others stay as they are. */
function address(href: string): string {
  if (/^[a-z]+:|^#/.test(href)) return href;
  const file = /(?:^|\/)(README(?:\.zh-CN)?|[\w.-]+)\.md(#.*)?$/.exec(href);
  if (!file) return '';
  return `/docs/${/(?:^|\/)boot\//.test(href) ? 'boot' : /(?:^|\/)web\//.test(href) ? 'web' : file[1]}${file[2] ?? ''}`;
}

function parser(): Marked {
  return new Marked({
    renderer: {
      // Pictures are files of the repository, not of the page.
      image: () => '',
      link({ href, tokens }) {
        const to = address(href);
        const text = this.parser.parseInline(tokens);
        return to === '' ? text : `<a href="${to}"${/^https?:/.test(to) ? ' target="_blank" rel="noreferrer"' : ''}>${text}</a>`;
      },
      code: ({ text }) => `<pre tabindex="0"><code>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</code></pre>\n`,
      table(token) {
        const cell = (tag: string, tokens: Parameters<typeof this.parser.parseInline>[0]) => `<${tag}${tag === 'th' ? ' scope="col"' : ''}>${this.parser.parseInline(tokens)}</${tag}>`;
        const empty = token.header.every((one) => one.text === '');
        const head = empty ? '' : `<thead><tr>${token.header.map((one) => (one.text === '' ? '<td></td>' : cell('th', one.tokens))).join('')}</tr></thead>`;
        return `<div class="scroll-x" tabindex="0"><table class="plain">${head}<tbody>${token.rows.map((row) => `<tr>${row.map((one) => cell('td', one.tokens)).join('')}</tr>`).join('')}</tbody></table></div>\n`;
      },
    },
  });
}
