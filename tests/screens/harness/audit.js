/**
 * Runs in the page: contrast of every text, size of every target, overflow. Findings as lines, and the lowest contrast.
 * @param {{small?: number, target?: number}} options the smallest text and the smallest target, in CSS px
 */
export function audit({ small = 12.9, target = 43.9 } = {}) {
  const seen = (node) => {
    const { width, height } = node.getBoundingClientRect();
    const { visibility, display } = getComputedStyle(node);
    return width > 0 && height > 0 && visibility !== 'hidden' && display !== 'none' && !node.closest('.sr, script, style, noscript');
  };
  const colour = (text) => {
    const srgb = /color\(srgb ([\d.]+) ([\d.]+) ([\d.]+)(?: \/ ([\d.]+))?\)/.exec(text);
    if (srgb) return [srgb[1] * 255, srgb[2] * 255, srgb[3] * 255, srgb[4] === undefined ? 1 : Number(srgb[4])];
    const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g).map(Number);
    return [red, green, blue, alpha];
  };
  const over = (top, below) => [0, 1, 2].map((n) => top[n] * top[3] + below[n] * (1 - top[3])).concat(1);
  const light = (of) => {
    const [red, green, blue] = of.slice(0, 3).map((value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = (node) => {
    const layers = [];
    for (let one = node; one; one = one.parentElement) {
      const its = colour(getComputedStyle(one).backgroundColor);
      if (its[3] > 0) layers.push(its);
      if (its[3] >= 1) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const findings = [];
  let lowest = 99;
  const { scrollWidth } = document.documentElement;
  if (scrollWidth > innerWidth) findings.push(`wider than the window by ${scrollWidth - innerWidth} px`);
  const top = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document;
  for (const node of top.querySelectorAll('button, a[href], input, textarea, select, summary, [role=switch], [role=button]')) {
    const box = node.closest('label') ?? node;
    // a link inside a running text is as small as its text may be
    if (!seen(box) || (node.tagName === 'A' && node.closest('p, pre, li.text')) || getComputedStyle(node).pointerEvents === 'none') continue;
    const { width, height } = box.getBoundingClientRect();
    if (width < target || height < target) findings.push(`small: ${(node.getAttribute('aria-label') ?? box.textContent).trim().slice(0, 30)} ${width.toFixed(0)}x${height.toFixed(0)}`);
  }
  const texts = document.createTreeWalker(top === document ? document.body : top, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { parentElement: node, textContent } = texts.currentNode;
    if (!textContent.trim() || !seen(node)) continue;
    const style = getComputedStyle(node);
    const below = ground(node);
    let opacity = 1;
    for (let one = node; one; one = one.parentElement) opacity *= Number(getComputedStyle(one).opacity);
    const its = colour(style.color);
    const ink = over([its[0], its[1], its[2], its[3] * opacity], below);
    const [a, b] = [light(ink), light(below)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const off = node.closest('[disabled], [aria-disabled=true]');
    if (!off) lowest = Math.min(lowest, contrast);
    if (!off && contrast < (large ? 3 : 4.5)) findings.push(`contrast ${contrast.toFixed(2)}: ${textContent.trim().slice(0, 30)}`);
    if (size < small) findings.push(`text of ${size} px: ${textContent.trim().slice(0, 30)}`);
  }
  return { findings: [...new Set(findings)], lowest: Number(lowest.toFixed(2)) };
}
