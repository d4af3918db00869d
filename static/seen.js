// Tells which cards were in sight: half of a card for a second, of a page that is looked at. Once for each page view.
(() => {
  "use strict";
  const { to, search, viewed } = document.currentScript.dataset;
  if (!to || navigator.webdriver || !navigator.sendBeacon || !window.IntersectionObserver) return;

  const LONG_ENOUGH_MS = 1000;
  let view, told, seen, asked;
  const begin = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    view = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    [told, seen, asked] = [new Set(), new Map(), false];
  };
  begin();

  const timers = new Map(), inSight = new Set();
  const looking = () => document.visibilityState === "visible" && !document.prerendering;
  const see = (kind, award) => {
    const key = `${kind} ${award}`;
    if (!told.has(key)) { told.add(key); seen.set(key, [kind, award]); }
  };
  const start = (target) => {
    if (!looking() || timers.has(target)) return;
    timers.set(target, setTimeout(() => target.see(), LONG_ENOUGH_MS));
  };
  const stop = (target) => { clearTimeout(timers.get(target)); timers.delete(target); };

  const cards = new Map();
  const observer = new IntersectionObserver((changes) => {
    for (const change of changes) {
      const target = cards.get(change.target);
      if (change.isIntersecting && change.intersectionRatio >= 0.5) { inSight.add(target); start(target); }
      else { inSight.delete(target); stop(target); }
    }
  }, { threshold: [0, 0.5] });
  for (const list of document.querySelectorAll("[data-seen]")) {
    for (const card of list.querySelectorAll("[data-award]")) {
      cards.set(card, { see: () => see(list.dataset.seen, card.dataset.award) });
      observer.observe(card);
    }
  }
  const page = { see: () => { asked = search !== undefined; if (viewed) see("viewed", viewed); } };
  inSight.add(page);
  start(page);

  const tell = () => {
    if (!seen.size && !asked) return;
    const report = { view };
    for (const [kind, award] of seen.values()) (report[kind] ||= []).push(award);
    if (asked) report.search = location.search.slice(1, 1000);
    seen.clear();
    asked = false;
    navigator.sendBeacon(to, new Blob([JSON.stringify(report)], { type: "application/json" }));
  };
  const look = () => {
    if (looking()) return inSight.forEach(start);
    [...timers.keys()].forEach(stop);
    tell();
  };
  document.addEventListener("visibilitychange", look);
  document.addEventListener("prerenderingchange", look);
  window.addEventListener("pagehide", tell);
  window.addEventListener("pageshow", (event) => { if (event.persisted) { begin(); look(); } });
})();
