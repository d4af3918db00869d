// Shows how far something is while it goes on. Without this file the page says how it stood when it was opened.
(() => {
  "use strict";
  const SOON_MS = 2000;
  const LATE_MS = 60000;
  const place = document.querySelector("[data-progress=running]");
  if (!place || !window.DOMParser) return;
  const told = document.createElement("p");
  told.className = "visually-hidden";
  told.setAttribute("role", "status");
  place.after(told);
  let wait = SOON_MS;
  let tenth = tenthOf(place);

  function tenthOf(section) {
    const bar = section.querySelector("progress");
    return Math.floor((10 * bar.value) / bar.max);
  }

  // What somebody is in the midst of stays as it is; all else is shown anew.
  function show(fresh) {
    const parts = [...place.querySelectorAll("[data-part]")];
    for (const part of parts) {
      const now = fresh.querySelector(`[data-part=${part.dataset.part}]`);
      if (part.contains(document.activeElement) || part.querySelector("details[open]")) continue;
      if (now) part.replaceWith(document.adoptNode(now));
      else part.remove();
    }
  }

  // Nobody is read every figure: the end is told, and each further tenth.
  function tell(fresh, isOver) {
    const reached = tenthOf(fresh);
    if (isOver || reached !== tenth) told.textContent = fresh.querySelector("[data-part=words]").textContent.trim();
    tenth = reached;
  }

  async function look() {
    if (document.hidden) return later();
    try {
      const answer = await fetch(location.href.split("#")[0]);
      if (!answer.ok || answer.redirected) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-progress]");
      if (!fresh) return;
      const isOver = fresh.dataset.progress !== "running";
      const moved = fresh.querySelector("progress").value !== place.querySelector("progress").value;
      wait = moved ? SOON_MS : Math.min(LATE_MS, wait * 1.5);
      tell(fresh, isOver);
      show(fresh);
      if (isOver) return;
    } catch {
      wait = LATE_MS; // the network is away: it may come back
    }
    later();
  }

  function later() {
    setTimeout(look, wait);
  }
  document.addEventListener("visibilitychange", () => { if (!document.hidden) wait = SOON_MS; });
  later();
})();
