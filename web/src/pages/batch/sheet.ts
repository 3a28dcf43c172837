import { columns, usual, type Cells, type Column } from './columns';

/** What was read from pasted cells or a file, and what could not be. */
export interface Sheet { rows: { line: number; cells: Cells }[]; problems: { key: string; values: Record<string, unknown> }[]; /** It has columns that nobody knows: nothing of it was read. */ unknown?: boolean }

export const MOST_ROWS = 2_000;
export const MOST_BYTES = 8_000_000;

const aliases: Record<string, Column> = {
  机房: 'idc', 序列号: 'sn', 服务器序列号: 'sn', 'serial number': 'sn', serial: 'sn', mac地址: 'mac', 'mac address': 'mac', 操作系统: 'os_type', 系统: 'os_type', os: 'os_type', system: 'os_type', 'operating system': 'os_type', 系统版本: 'os_version', 版本: 'os_version', version: 'os_version',
  模板: 'profile', 装机模板: 'profile', 主机名: 'hostname', 'host name': 'hostname', ip: 'address', ip地址: 'address', 'ip/前缀': 'address', 'ip/prefix': 'address', 地址: 'address', 网关: 'gateway', dns服务器: 'dns', 标签: 'tags', tag: 'tags', 备注: 'notes', note: 'notes',
  磁盘序列号: 'disk_serial', 'disk serial': 'disk_serial', 磁盘偏好: 'disk_prefer', 'disk preference': 'disk_prefer', 软件包: 'packages', 'ssh 公钥': 'ssh_keys', ssh公钥: 'ssh_keys', 'ssh keys': 'ssh_keys', 最早开始: 'not_before', 'not before': 'not_before', 最晚完成: 'deadline', 安装方式: 'install_method', method: 'install_method',
};
const columnNamed = (name: string): Column | undefined => {
  const plain = name.trim().toLowerCase().replace(/[（(].*[)）]$/, '').trim();
  return (columns as readonly string[]).includes(plain) ? (plain as Column) : aliases[plain];
};

/** Pasted cells (tabs between them) or CSV (RFC 4180). With a header in any order, or in the order of the table. */
export function readSheet(input: string): Sheet {
  const sheet: Sheet = { rows: [], problems: [] };
  const text = input.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const first = text.split('\n', 1)[0] ?? '';
  const records = split(text, first.includes('\t') ? '\t' : first.includes(';') && !first.includes(',') ? ';' : ',', sheet);
  let header: (Column | undefined)[] | undefined;
  for (const { line, fields } of records) {
    if (fields.every((field) => !field.trim())) continue;
    if (!header) {
      const named = fields.map(columnNamed);
      if (named.some(Boolean)) {
        header = named;
        checkHeader(fields, named, line, sheet);
        // What stands in a column that nobody knows would be lost without a word.
        if (sheet.unknown) return sheet;
        continue;
      }
      header = [...usual];
    }
    if (sheet.rows.length === MOST_ROWS) {
      sheet.problems.push({ key: 'batch.tooMany', values: { n: MOST_ROWS } });
      break;
    }
    const cells: Cells = {};
    fields.forEach((field, index) => { const column = header![index]; if (column && field.trim()) cells[column] = field.trim(); });
    const over = fields.findIndex((field, index) => index >= header!.length && field.trim());
    if (over >= 0) sheet.problems.push({ key: 'batch.beyond', values: { line, column: over + 1, value: fields[over]!.trim().slice(0, 40) } });
    sheet.rows.push({ line, cells });
  }
  return sheet;
}

function checkHeader(fields: string[], named: (Column | undefined)[], line: number, sheet: Sheet): void {
  fields.forEach((field, index) => {
    const values = { line, column: index + 1, name: field.trim().slice(0, 40) };
    if (!named[index] && field.trim()) {
      sheet.problems.push({ key: 'batch.unknownColumn', values });
      sheet.unknown = true;
    } else if (named[index] && named.indexOf(named[index]) < index) {
      sheet.problems.push({ key: 'batch.twice', values });
      named[index] = undefined;
    }
  });
}

function* split(text: string, separator: string, sheet: Sheet): Generator<{ line: number; fields: string[] }> {
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const begin = line;
    const fields: string[] = [];
    do {
      if (text[at] === '"') {
        let field = '';
        const opened = { line, column: fields.length + 1 };
        for (at++; at < text.length && !(text[at] === '"' && text[at + 1] !== '"'); at++) {
          if (text[at] === '"') at++;
          if (text[at] === '\n') line++;
          field += text[at];
        }
        if (at >= text.length) sheet.problems.push({ key: 'batch.quote', values: opened });
        at++;
        while (at < text.length && text[at] !== separator && text[at] !== '\n') field += text[at++];
        fields.push(field);
      } else {
        const start = at;
        while (at < text.length && text[at] !== separator && text[at] !== '\n') at++;
        fields.push(text.slice(start, at));
      }
    } while (at < text.length && text[at++] === separator);
    line++;
    yield { line: begin, fields };
  }
}

/** A file's text, whichever of the usual encodings it is in; says so where it is not UTF-8. */
export function decode(bytes: ArrayBuffer): { text: string; encoding?: string } {
  const head = new Uint8Array(bytes.slice(0, 2));
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
    const encoding = head[0] === 0xff ? 'utf-16le' : 'utf-16be';
    return { text: new TextDecoder(encoding).decode(bytes), encoding: encoding.toUpperCase() };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    // What mainland systems call ANSI.
    return { text: new TextDecoder('gb18030').decode(bytes), encoding: 'GB18030' };
  }
}
