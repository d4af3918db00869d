// Shows a badge's design while it is changed. Without this file the button "Save the draft and look" does the same.
(() => {
  "use strict";
  const form = document.querySelector("form[data-badge]");
  if (!form) return;
  const base = form.dataset.badge, PAUSE_MS = 250;
  const remarks = document.querySelector("[data-remarks]");
  let timer = 0, asked = 0;

  const spelled = () => {
    const fields = new FormData(form);
    for (const hidden of ["csrf_token", "action"]) fields.delete(hidden);
    return new URLSearchParams(fields);
  };

  const show = async () => {
    const design = spelled();
    for (const image of document.querySelectorAll("[data-preview]")) {
      image.src = `${base}/preview.svg?${design}&${image.dataset.preview}`;
    }
    for (const image of form.querySelectorAll("[data-shape]")) {
      design.set("shape", image.dataset.shape);
      image.src = `${base}/preview.svg?${design}&size=32`;
    }
    const turn = ++asked;
    try {
      const answer = await fetch(`${base}/remarks?${spelled()}`);
      const words = await answer.text();
      if (answer.ok && turn === asked && words !== remarks.innerHTML) remarks.innerHTML = words;
    } catch {
      // Offline: the remarks stay as they were, and saving says them again.
    }
  };

  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, PAUSE_MS); });

  for (const pick of form.querySelectorAll("[data-picks]")) {
    const field = document.getElementById(pick.dataset.picks);
    pick.hidden = false;
    pick.addEventListener("input", () => { field.value = pick.value; });
    field.addEventListener("input", () => { if (/^#[0-9a-f]{6}$/i.test(field.value)) pick.value = field.value; });
  }
})();
