/** More than this is shown as it is: colouring would hold the page up. */
const MOST = 200_000;

let library: Promise<typeof import('highlight.js/lib/core').default> | undefined;

// Fetched when the first text is shown; the first load of the page does without.
async function load() {
  const [{ default: core }, { default: bash }, { default: ini }, { default: json }, { default: yaml }, { default: xml }] = await Promise.all([
    import('highlight.js/lib/core'), import('highlight.js/lib/languages/bash'), import('highlight.js/lib/languages/ini'), import('highlight.js/lib/languages/json'), import('highlight.js/lib/languages/yaml'), import('highlight.js/lib/languages/xml'),
  ]);
  for (const [name, grammar] of Object.entries({ bash, ini, json, yaml, xml })) core.registerLanguage(name, grammar);
  return core;
}

const escape = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** HTML of spans with everything else escaped; undefined where it stays as it is. */
export async function highlight(text: string, language: string, template = false): Promise<string | undefined> {
  if (text.length > MOST) return undefined;
  try {
    const core = await (library ??= load());
    const plain = (part: string) => (core.getLanguage(language) ? core.highlight(part, { language, ignoreIllegals: true }).value : escape(part));
    // What a template computes stands out from what it writes.
    return template ? text.split(/(\{\{[\s\S]*?\}\})/).map((part, index) => (index % 2 ? `<span class="hljs-template-tag">${escape(part)}</span>` : plain(part))).join('') : plain(text);
  } catch {
    library = undefined;
    return undefined;
  }
}

/** The language of a rendered file or its template, by its name. */
export function languageOf(name: string): string {
  if (/\.ya?ml$|user-data|meta-data|autoinstall/i.test(name)) return 'yaml';
  if (/\.xml$|unattend/i.test(name)) return 'xml';
  if (/\.json$|\.ign$/i.test(name)) return 'json';
  if (/\.ini$|\.toml$/i.test(name)) return 'ini';
  return 'bash';
}
