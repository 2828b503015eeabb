// A photo made smaller before it goes up, and a signature drawn with a finger.
const LONGEST_SIDE = 2000; // pixels: enough to read a meter
export const LARGEST = 10 * 1024 * 1024; // bytes the server takes

export async function lighten(file) {
  if (!window.createImageBitmap) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    if (scale === 1 && file.size < 500000) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const lighter = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return lighter && (scale < 1 || lighter.size < file.size) ? lighter : file;
  } catch {
    return file; // the server says what is wrong with it
  }
}

export function startPad(canvas) {
  const pen = canvas.getContext("2d");
  let isDrawn = false;
  let isDown = false;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * (canvas.width / box.width), (event.clientY - box.top) * (canvas.height / box.height)];
  };
  Object.assign(pen, { lineWidth: 4, lineCap: "round", lineJoin: "round", strokeStyle: "#101820" });
  canvas.addEventListener("pointerdown", (event) => {
    isDown = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...place(event));
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!isDown) return;
    pen.lineTo(...place(event));
    pen.stroke();
    isDrawn = true;
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { isDown = false; });
  canvas.closest(".job-pad").querySelector("[data-pad-clear]").addEventListener("click", () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    isDrawn = false;
  });
  return () => (isDrawn ? new Promise((done) => canvas.toBlob(done, "image/png")) : Promise.resolve(null));
}
