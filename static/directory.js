// A directory's comforts: words to go on with, ticks that stay from page to page, clocks. Every page works without.
(() => {
  "use strict";

  const field = document.querySelector("[data-suggest]");
  if (field) {
    const list = document.createElement("datalist");
    list.id = "suggestions";
    field.after(list);
    field.setAttribute("list", list.id);
    let waiting;
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        const typed = field.value.trim();
        if (typed.length < 2) return list.replaceChildren();
        try {
          const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(typed)}`);
          const words = answer.ok ? await answer.json() : [];
          list.replaceChildren(...words.map((word) => new Option(word, word)));
        } catch { /* then without */ }
      }, 150);
    });
  }

  // The shortlist stays in this browser: ticks of other pages go along as hidden fields.
  const form = document.querySelector("[data-compare]");
  if (form) {
    const most = 4, key = `shortlist ${form.dataset.compare}`, count = form.querySelector("[data-count]"), none = count.textContent;
    const ticks = [...document.querySelectorAll("input[form=compare]")];
    const kept = () => { try { return JSON.parse(localStorage.getItem(key)) || []; } catch { return []; } };
    const show = () => {
      const chosen = kept();
      for (const tick of ticks) {
        tick.checked = chosen.includes(tick.value);
        tick.disabled = !tick.checked && chosen.length >= most;
      }
      for (const old of form.querySelectorAll("input[type=hidden]")) old.remove();
      for (const id of chosen.filter((one) => !ticks.some((tick) => tick.value === one))) {
        form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "id", value: id }));
      }
      count.textContent = chosen.length ? form.dataset.some.replace("#", chosen.length) : none;
    };
    document.addEventListener("change", (event) => {
      if (!ticks.includes(event.target)) return;
      const others = kept().filter((id) => id !== event.target.value);
      try {
        localStorage.setItem(key, JSON.stringify(event.target.checked ? [...others, event.target.value].slice(-most) : others));
      } catch { return; }
      show();
    });
    window.addEventListener("pageshow", show);
    show();
  }

  const keeping = document.querySelector("[data-keeping]");
  if (keeping) {
    const share = keeping.querySelector("[data-share]");
    share.addEventListener("click", async () => {
      try {
        if (navigator.share) return await navigator.share({ title: document.title, url: location.href });
        await navigator.clipboard.writeText(location.href);
        share.textContent = share.dataset.done;
      } catch { /* whoever changes their mind shares nothing */ }
    });
    keeping.querySelector("[data-print]").addEventListener("click", () => print());
    share.hidden = !navigator.share && !navigator.clipboard;
    keeping.hidden = false;
  }

  const zone = document.querySelector("[data-zone]");
  if (zone) {
    try {
      const now = new Date(), there = (timeZone) => new Date(now.toLocaleString("en-US", { timeZone }));
      const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const hours = Math.round((there(zone.dataset.zone) - there(own)) / 900000) / 4;
      const language = document.documentElement.lang;
      const clock = now.toLocaleTimeString(language === "en" ? [] : language, { timeZone: zone.dataset.zone, hour: "2-digit", minute: "2-digit" });
      const apart = new Intl.NumberFormat(language, { style: "unit", unit: "hour", unitDisplay: "long" }).format(Math.abs(hours));
      const { ahead, behind, same } = zone.dataset;
      zone.textContent = (hours > 0 ? ahead : hours ? behind : same).replace("{clock}", clock).replace("{hours}", apart);
      zone.hidden = false;
    } catch { /* then without */ }
  }
})();
