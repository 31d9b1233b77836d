"""What axe does not see on a page: where the focus is, what Enter presses, and what is too small for a finger."""

from playwright.async_api import Page

UNSEEN_FOCUS = """() => {
  const looks = (one) => [one, one.closest('label'), one.querySelector('.point')].filter(Boolean).flatMap(
    (part) => ['', '::before', '::after'].map((pseudo) => {
      const style = getComputedStyle(part, pseudo);
      const outline = style.outlineStyle === 'none' ? '' : style.outlineStyle + style.outlineWidth + style.outlineColor;
      return [outline, style.boxShadow, style.stroke, style.strokeWidth].join();
    })).join('|');
  const seen = new Set(), dead = [];
  for (const one of document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')) {
    const kind = one.tagName + one.className + one.type + one.parentElement.className + (one.ariaCurrent ?? '');
    if (seen.has(kind) || one.disabled || one.tabIndex < 0 || one.type === 'hidden' || !one.checkVisibility()) continue;
    seen.add(kind);
    document.activeElement.blur();
    const before = looks(one);
    one.focus({ preventScroll: true });
    if (document.activeElement === one && looks(one) === before) dead.push(one.outerHTML.slice(0, 200));
  }
  return dead;
}"""
"""Those that look the same with the keyboard's focus and without it, one of each kind."""

WRONG_ENTER = """() => [...document.forms].filter((form) => {
  const buttons = [...form.elements].filter((one) => ['submit', 'image'].includes(one.type));
  const typed = form.querySelector('input:not([type=hidden], [type=radio], [type=checkbox])');
  if (buttons.length < 2 || !typed) return false;
  const [first] = buttons;
  return !first.classList.contains('primary') && !(first.name === 'act' && first.value === 'preview');
}).map((form) => form.outerHTML.slice(0, 300))"""
"""Forms with several buttons in which Enter presses another than the main one, or than the one that only shows."""

SMALL = """() => [...document.querySelectorAll('a[href], button, summary, select, input')].filter((one) => {
  if (!one.checkVisibility() || one.tabIndex < 0 || one.closest('.sr, .skip, [aria-hidden=true], svg')) return false;
  const box = one.getBoundingClientRect();
  const around = one.parentElement.closest('p, li, dd, td, th, label, span') ?? one.parentElement;
  const sentence = around.textContent.trim().length > one.textContent.trim().length + 3;
  const reach = parseFloat(getComputedStyle(one, '::after').height) || 0;
  return !sentence && Math.max(box.height, reach) < 24 && !['radio', 'checkbox', 'file', 'hidden'].includes(one.type);
}).map((one) => one.outerHTML.slice(0, 200))"""
"""What is lower than 24 pixels and no part of a sentence (WCAG 2.5.8)."""

GLUED = """() => document.querySelector('main')?.innerText.match(
  /[^\\n]{0,40}[a-zà-ÿ]{2}[.!?][A-ZÀ-Ý][a-zà-ÿ’][^\\n]{0,40}/g) ?? []"""
"""Sentences between which a template left no space."""


async def list_flaws(page: Page) -> list[str]:
    """All of it; the first Tab makes the browser show the focus."""
    await page.keyboard.press("Tab")
    return [
        *(f"no focus seen: {one}" for one in await page.evaluate(UNSEEN_FOCUS)),
        *(f"Enter presses another button: {one}" for one in await page.evaluate(WRONG_ENTER)),
        *(f"no space between sentences: {one}" for one in await page.evaluate(GLUED)),
        *(f"too small: {one}" for one in await page.evaluate(SMALL)),
    ]
