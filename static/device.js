// Tries camera, microphone and connection when asked to. Without this file the page says in words what is needed.
(() => {
  "use strict";
  const ENOUGH_MBIT_S = 1;
  const QUIET_S = 4;
  const page = document.querySelector("[data-device]");
  if (!page) return;
  const tries = page.querySelector("[data-try]");
  const button = tries.querySelector("button");
  const said = page.querySelector("[data-said]");
  const seen = page.querySelector("[data-seen]");
  let stream = null;

  function tell(what, good, words) {
    const place = page.querySelector(`[data-check=${what}]`);
    place.textContent = `${good ? "Good" : "Not yet"}: ${words}`;
    place.dataset.good = good ? "yes" : "no";
  }

  const WHY = {
    NotAllowedError: "your browser was not allowed to use it. Allow it beside the address, and try again.",
    NotFoundError: "none was found. Plug one in, or use another device.",
    NotReadableError: "another program has it. Close that, and try again.",
  };

  async function listen() {
    const sound = new AudioContext();
    const meter = sound.createAnalyser();
    sound.createMediaStreamSource(stream).connect(meter);
    const heights = new Uint8Array(meter.fftSize);
    const until = performance.now() + QUIET_S * 1000;
    let loudest = 0;
    while (performance.now() < until && loudest < 8) {
      await new Promise((done) => { setTimeout(done, 100); });
      meter.getByteTimeDomainData(heights);
      loudest = Math.max(loudest, ...heights.map((height) => Math.abs(height - 128)));
    }
    await sound.close();
    return loudest >= 8;
  }

  async function tryMedia() {
    for (const what of ["camera", "microphone"]) {
      try {
        if (!navigator.mediaDevices) throw new DOMException("", "NotFoundError");
        const wanted = what === "camera" ? { video: true } : { audio: true };
        stream = await navigator.mediaDevices.getUserMedia(wanted);
        if (what === "camera") {
          seen.srcObject = stream;
          seen.hidden = false;
          await seen.play();
          tell(what, true, `it works (${seen.videoWidth} × ${seen.videoHeight}). You see yourself below.`);
        } else {
          const heard = await listen();
          tell(what, true, heard ? "it works, and something was heard." : "it works. Nothing was heard; say something when you call.");
          for (const track of stream.getTracks()) track.stop();
        }
      } catch (error) {
        tell(what, false, WHY[error.name] || "it does not answer. Try again, or use another device.");
      }
    }
  }

  async function tryConnection() {
    const file = document.querySelector("link[rel=stylesheet]").href;
    try {
      const began = performance.now();
      const answer = await fetch(file, { cache: "no-store" });
      const bytes = (await answer.arrayBuffer()).byteLength;
      const speed = (bytes * 8) / 1000 / Math.max(1, performance.now() - began);
      const words = speed > 20 ? "more than 20 Mbit/s." : `about ${speed.toFixed(1)} Mbit/s.`;
      tell("connection", speed >= ENOUGH_MBIT_S, words);
    } catch {
      tell("connection", false, "nothing came through. Look whether you are connected, and try again.");
    }
  }

  button.addEventListener("click", async () => {
    button.disabled = true;
    said.textContent = "Trying…";
    await tryMedia();
    await tryConnection();
    const bad = page.querySelectorAll("[data-good=no]").length;
    said.textContent = bad ? "Something is not there yet: it says above what to do." : "All is there. You can call from this device.";
    button.textContent = "Try again";
    button.disabled = false;
  });
  tries.hidden = false;
})();
