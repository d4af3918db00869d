// Keys for those who review. Every page works without this file, through its links and forms.
(() => {
  "use strict";
  const OFF = "laurel-keys-off";
  const dialog = document.getElementById("keys");
  const list = document.querySelector("[data-rows]");
  const rows = () => [...document.querySelectorAll("[data-row]")];
  let on = true;
  try { on = localStorage.getItem(OFF) === null; } catch { /* a browser that keeps nothing keeps the keys */ }

  const show = () => {
    for (const hint of document.querySelectorAll(".key-hint")) hint.hidden = !on;
    for (const line of document.querySelectorAll("[data-keys-line]")) line.hidden = false;
    const toggle = document.querySelector("[data-keys-off]");
    if (toggle) toggle.textContent = on ? "Turn the keys off" : "Turn the keys on";
  };
  show();

  const here = () => rows().findIndex((row) => row.contains(document.activeElement));
  const go = (by) => {
    const all = rows();
    if (!all.length) return false;
    const at = here();
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by));
    all[next].querySelector("[data-row-link]").focus();
    all[next].scrollIntoView({ block: "nearest" });
    return true;
  };
  const boxes = () => [...document.querySelectorAll("[data-row] input[type=checkbox]:not(:disabled)")];
  const tick = () => {
    const row = rows()[here()];
    const box = row && row.querySelector("input[type=checkbox]:not(:disabled)");
    if (box) box.checked = !box.checked;
    return Boolean(box);
  };
  const tickAll = () => {
    const all = boxes();
    const every = all.every((box) => box.checked);
    for (const box of all) box.checked = !every;
    return all.length > 0;
  };

  const press = (key) => {
    if (list) {
      if (key === "j") return go(1);
      if (key === "k") return go(-1);
      if (key === "x") return tick();
      if (key === "a") return tickAll();
      // With nothing ticked, what is done concerns the row one is on.
      if ("sfc".includes(key) && !boxes().some((box) => box.checked)) tick();
    } else if (rows().length && (key === "j" || key === "k")) return go(key === "j" ? 1 : -1);
    const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!target) return false;
    if (target.dataset.keyFocus !== undefined || target.matches("input, select, textarea")) {
      for (let box = target.closest("details:not([open])"); box; box = box.parentElement.closest("details:not([open])")) box.open = true;
      target.focus();
      target.scrollIntoView({ block: "center" });
    } else target.click();
    return true;
  };

  const opened = () => dialog && dialog.open;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || opened()) return;
    const field = event.target.closest("textarea, select, input:not([type=checkbox]):not([type=radio])");
    if (field) {
      if (event.key === "Escape") field.blur();
      return;
    }
    if (!on || event.key.length !== 1) return;
    if (press(event.key)) event.preventDefault();
  });

  if (!dialog) return;
  for (const button of document.querySelectorAll('[data-key="?"]')) button.addEventListener("click", () => dialog.showModal());
  dialog.querySelector("[data-keys-close]").addEventListener("click", () => dialog.close());
  dialog.querySelector("[data-keys-off]").addEventListener("click", () => {
    on = !on;
    try { if (on) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "yes"); } catch { /* then only here */ }
    show();
  });
})();
