/* The box people write in: text that grows, photos with their progress, and what is sent when. */

import { Problem, upload } from "./chat-api.js";
import { make, makeButton, makeIcon, say } from "./chat-words.js";

const MOST_PHOTOS = 5;
const MOST_ROWS = 5;
const LONGEST_SIDE = 2048; /* pixels; enough to read a meter, and a tenth of what a phone camera writes */
const SMALL_ENOUGH = 1500000; /* bytes */

/** A smaller JPEG of a large photo; the file itself where the browser cannot read it (the server then says why). */
async function lighten(file) {
  if (file.size <= SMALL_ENOUGH || !window.createImageBitmap) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const lighter = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return lighter && lighter.size < file.size ? lighter : file;
  } catch {
    return file;
  }
}

export class Composer {
  /** `parts`: form, box, tray, pick (file input), note (polite line). `send({text, files})` takes a finished message. */
  constructor(parts, send) {
    Object.assign(this, parts);
    this.send = send;
    this.photos = [];
    this.isDue = false;
    this.box.addEventListener("input", () => this.fit());
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.pick.addEventListener("change", () => {
      this.addPhotos([...this.pick.files]);
      this.pick.value = "";
    });
    this.box.addEventListener("paste", (event) => {
      const pasted = [...((event.clipboardData && event.clipboardData.files) || [])];
      if (pasted.length) event.preventDefault();
      this.addPhotos(pasted);
    });
    this.fit();
  }

  /** Enter sends, Shift+Enter starts a line; Enter while composing accepts a Pinyin candidate (229 in old Safari). */
  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.submit();
  }

  fit() {
    this.box.rows = 1;
    while (this.box.rows < MOST_ROWS && this.box.scrollHeight > this.box.clientHeight + 2) this.box.rows += 1;
    this.form.classList.toggle("has-text", Boolean(this.box.value.trim() || this.photos.length));
  }

  submit() {
    const text = this.box.value.trim();
    const loading = this.photos.some((photo) => photo.state === "loading");
    const files = this.photos.filter((photo) => photo.state === "done").map((photo) => photo.file);
    this.isDue = loading;
    if (loading) this.tell(say("photo_wait"));
    if (loading || (!text && !files.length)) return;
    this.tell("");
    this.box.value = "";
    this.photos = this.photos.filter((photo) => photo.state !== "done");
    this.drawTray();
    this.send({ text, files });
  }

  tell(words) {
    this.note.textContent = words;
  }

  addPhotos(files) {
    const room = MOST_PHOTOS - this.photos.length;
    if (files.length > room) this.tell(say("photo_limit", { n: MOST_PHOTOS }));
    for (const file of files.slice(0, room)) {
      const photo = { name: file.name, source: file, preview: URL.createObjectURL(file) };
      this.photos.push(photo);
      this.load(photo);
    }
    this.drawTray();
  }

  async load(photo) {
    Object.assign(photo, { state: "loading", share: 0, problem: "" });
    this.drawTray();
    try {
      const source = await lighten(photo.source);
      if (photo.isGone) return;
      const running = upload(source, photo.name, (share) => this.progress(photo, share));
      photo.stop = running.stop;
      photo.file = { ...(await running.done), preview: photo.preview };
      photo.state = "done";
    } catch (error) {
      photo.state = "failed";
      photo.problem = error instanceof Problem ? error.message : say("upload_failed");
      photo.canRetry = !(error instanceof Problem) || error.passing;
    }
    if (photo.isGone) return;
    this.drawTray();
    this.finishDue();
  }

  /** Send was pressed while photos were on their way: go now, unless one of them failed. */
  finishDue() {
    if (!this.isDue || this.photos.some((photo) => photo.state === "loading")) return;
    this.isDue = false;
    this.tell("");
    if (this.photos.every((photo) => photo.state === "done")) this.submit();
  }

  progress(photo, share) {
    photo.share = share;
    if (photo.bar) photo.bar.value = share;
  }

  remove(photo) {
    photo.isGone = true;
    if (photo.stop) photo.stop();
    this.photos = this.photos.filter((other) => other !== photo);
    this.drawTray();
    this.tell("");
    this.finishDue();
    this.box.focus();
  }

  drawTray() {
    this.tray.replaceChildren(...this.photos.map((photo) => this.tile(photo)));
    this.tray.hidden = !this.photos.length;
    this.fit();
  }

  tile(photo) {
    const tile = make("li", `tile ${photo.state}`);
    const image = make("img");
    image.alt = "";
    image.src = photo.preview;
    tile.append(image);
    if (photo.state === "loading") {
      photo.bar = make("progress");
      photo.bar.max = 1;
      photo.bar.value = photo.share;
      photo.bar.setAttribute("aria-label", say("uploading"));
      tile.append(photo.bar);
    }
    if (photo.state === "failed") {
      const why = make("p", "why", photo.problem);
      why.setAttribute("role", "alert");
      tile.append(why);
      if (photo.canRetry) tile.append(makeButton("link", say("retry"), () => this.load(photo)));
    }
    const remove = makeButton("remove", "", () => this.remove(photo));
    remove.setAttribute("aria-label", say("remove", { name: photo.name }));
    remove.append(makeIcon("close"));
    tile.append(remove);
    return tile;
  }
}
