// A line is shown whole, or counted. Where the lines need more room than the ticket has, the last ones are hidden and a strip says how many.

/**
 * @param {HTMLElement} list the `ul`
 * @param {HTMLElement} strip
 * @param {(n: number) => string} say
 * @returns {number} how many lines are hidden
 */
export function fit(list, strip, say) {
  const lines = /** @type {HTMLElement[]} */ ([...list.children]);
  strip.hidden = true;
  for (const line of lines) if (line.hidden) line.hidden = false;
  if (list.scrollHeight <= list.clientHeight + 1) return 0;
  strip.hidden = false;
  const { bottom } = list.getBoundingClientRect();
  const from = lines.findIndex((line) => line.getBoundingClientRect().bottom > bottom + 1);
  if (from < 0) return 0;
  let hidden = 0;
  lines.slice(from).forEach((line) => {
    line.hidden = true;
    if (!line.classList.contains('sep')) hidden += 1;
  });
  // a strip that separates nothing
  const last = lines[from - 1];
  if (last?.classList.contains('sep')) last.hidden = true;
  strip.textContent = say(hidden);
  return hidden;
}
