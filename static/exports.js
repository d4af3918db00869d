// Shows how far a long export is. Without this file the form downloads it all the same.
(() => {
  "use strict";
  const figure = new Intl.NumberFormat("en");
  const LF = 10;

  for (const form of document.querySelectorAll("[data-export]")) {
    form.addEventListener("submit", async (event) => {
      if (!window.ReadableStream || !event.submitter) return;
      event.preventDefault();
      const kind = event.submitter.value;
      const place = form.querySelector("[data-export-progress]");
      const text = form.querySelector("[data-export-text]");
      const bar = form.querySelector("progress");
      const buttons = form.querySelectorAll("button");
      for (const button of buttons) button.disabled = true;
      place.hidden = false;
      text.textContent = "Beginning…";
      bar.value = 0;
      try {
        const body = new URLSearchParams(new FormData(form));
        body.set("form", kind);
        const answer = await fetch(form.action, { method: "POST", body });
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        const total = Number(answer.headers.get("Laurel-Rows"));
        const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition"))[1];
        const reader = answer.body.getReader();
        const parts = [];
        let lines = 0;
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          parts.push(value);
          for (const byte of value) if (byte === LF) lines += 1;
          const rows = Math.min(total, Math.max(0, lines - 1));
          bar.max = total || 1;
          bar.value = rows;
          text.textContent = `${figure.format(rows)} of ${figure.format(total)} rows`;
        }
        const link = document.createElement("a");
        link.href = URL.createObjectURL(new Blob(parts, { type: answer.headers.get("Content-Type") }));
        link.download = name;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 60000);
        bar.value = bar.max;
        text.textContent = `${figure.format(total)} ${total === 1 ? "row" : "rows"} in ${name}`;
      } catch {
        text.textContent = "It broke off before its end. Please try again.";
      }
      for (const button of buttons) button.disabled = false;
    });
  }
})();
