// Shows how a photo is cut out while the sliders move, and lets it be dragged. Without this file the sliders do the same.
(() => {
  "use strict";
  const form = document.querySelector("form[data-crop]");
  if (!form) return;
  const canvas = form.querySelector("canvas"), pen = canvas.getContext("2d");
  const [x, y, zoom] = ["x_pct", "y_pct", "zoom_pct"].map((name) => form.elements[name]);
  const picture = new Image();

  // The same square as Crop.box in freelancers/profile/pictures.py.
  const square = () => {
    const side = Math.floor(Math.min(picture.naturalWidth, picture.naturalHeight) * 100 / zoom.value);
    const room = [picture.naturalWidth - side, picture.naturalHeight - side];
    return { side, room, left: room[0] * x.value / 100, top: room[1] * y.value / 100 };
  };
  const draw = () => {
    const { side, left, top } = square();
    pen.drawImage(picture, left, top, side, side, 0, 0, canvas.width, canvas.height);
  };

  picture.addEventListener("load", () => {
    canvas.hidden = false;
    draw();
  });
  form.addEventListener("input", draw);
  let began = null;
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    began = { at: [event.clientX, event.clientY], values: [Number(x.value), Number(y.value)] };
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!began || !canvas.hasPointerCapture(event.pointerId)) return;
    const { side, room } = square();
    [x, y].forEach((slider, axis) => {
      const moved = [event.clientX, event.clientY][axis] - began.at[axis];
      if (room[axis] > 0) slider.value = began.values[axis] - moved * side / canvas.clientWidth / room[axis] * 100;
    });
    draw();
  });
  picture.src = form.dataset.crop;
})();
