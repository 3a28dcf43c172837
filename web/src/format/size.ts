/** Bytes in decimal units, as vendors and network tools count. */
export function bytes(count: number | null | undefined): string {
  if (count === null || count === undefined) return '';
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1).replace(/\.0$/, '')} ${units[unit]}`;
}

export function speed(mbps: number | null | undefined): string {
  if (!mbps || mbps < 0) return '';
  return mbps >= 1000 ? `${mbps / 1000} Gbit/s` : `${mbps} Mbit/s`;
}

/** "32 GB" of 2^30 bytes, as memory is sold. */
export const binary = (count: number | null | undefined) => (count ? `${Math.round((count / 2 ** 30) * 10) / 10} GB` : '—');
