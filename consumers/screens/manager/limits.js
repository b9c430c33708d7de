// After how long an order is late: what the house says of its stations.

import { USUAL } from './bars.js';

/**
 * An order's list comes without its lines, so it is judged by the station that is given the most time: nothing is called late that its own screen does not call late.
 * @param {{is_expo: boolean, code: string, amber_s: number | null, red_s: number | null}[]} stations @returns {import("./bars.js").Limits}
 */
export function limits(stations) {
  const cook = stations.filter((station) => !station.is_expo && station.code !== 'pos' && station.red_s);
  if (cook.length === 0) return USUAL;
  const slowest = cook.reduce((a, b) => ((b.red_s ?? 0) > (a.red_s ?? 0) ? b : a));
  const red_s = slowest.red_s ?? USUAL.red_s;
  return { amber_s: slowest.amber_s ?? Math.min(USUAL.amber_s, red_s), red_s };
}
