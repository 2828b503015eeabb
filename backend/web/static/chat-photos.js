/* Photos on their way out: made lighter, uploaded with progress, refused with a reason, kept in a tray. */

import { $, Problem, make, makeButton, makeIcon, say, upload } from "./chat-base.js";

const MOST = 5;
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

export class Photos {
  /** `composer` is told of every change and shows sentences. */
  constructor(composer) {
    this.composer = composer;
    this.tray = $("tray");
    this.all = [];
  }

  get isLoading() {
    return this.all.some((photo) => photo.state === "loading");
  }

  get hasFailed() {
    return this.all.some((photo) => photo.state === "failed");
  }

  /** The uploaded files, taken out of the tray; what failed stays in it. */
  take() {
    const done = this.all.filter((photo) => photo.state === "done");
    this.all = this.all.filter((photo) => photo.state !== "done");
    this.draw();
    return done.map((photo) => photo.file);
  }

  add(files) {
    const room = MOST - this.all.length;
    this.composer.tell(files.length > room ? say("photo_limit", { n: MOST }) : "");
    for (const file of files.slice(0, room)) {
      const photo = { name: file.name, source: file, preview: URL.createObjectURL(file) };
      this.all.push(photo);
      this.load(photo);
    }
  }

  async load(photo) {
    Object.assign(photo, { state: "loading", share: 0, problem: "" });
    this.draw();
    try {
      const source = await lighten(photo.source);
      if (photo.isGone) return;
      const running = upload(source, photo.name, (share) => progress(photo, share));
      photo.stop = running.stop;
      photo.file = { ...(await running.done), preview: photo.preview };
      photo.state = "done";
    } catch (error) {
      photo.state = "failed";
      photo.problem = error instanceof Problem ? error.message : say("upload_failed");
      photo.canRetry = !(error instanceof Problem) || error.passing;
    }
    if (photo.isGone) return;
    this.draw();
    this.composer.photosChanged();
  }

  remove(photo) {
    photo.isGone = true;
    if (photo.stop) photo.stop();
    this.all = this.all.filter((other) => other !== photo);
    this.draw();
    this.composer.tell("");
    this.composer.photosChanged();
    this.composer.box.focus();
  }

  draw() {
    this.tray.replaceChildren(...this.all.map((photo) => this.tile(photo)));
    this.tray.hidden = !this.all.length;
    this.composer.fit();
  }

  tile(photo) {
    const tile = make("li", `tile ${photo.state}`);
    const image = make("img");
    image.alt = "";
    image.src = photo.preview;
    image.addEventListener("error", () => image.replaceWith(makeIcon("camera"))); /* not a picture at all */
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

function progress(photo, share) {
  photo.share = share;
  if (photo.bar) photo.bar.value = share;
}
