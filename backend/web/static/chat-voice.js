/* Hold to talk: record while the button is held; a short tap keeps recording until it is sent or cancelled. */

import { Problem, makeButton, say, upload } from "./chat-base.js";

const KINDS = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
const SHORTEST = 700; /* milliseconds; anything shorter is a slip of the finger */
const LONGEST = 60000;
const TAP = 400;

function bestKind() {
  return KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)) || "";
}

function clock(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export class Voice {
  /**
   * `parts`: button (hold), bar (shown while recording), time, hint, stop (send), cancel, note.
   * `send(file)` takes the uploaded recording.
   */
  constructor(parts, send) {
    Object.assign(this, parts);
    this.sendFile = send;
    this.recorder = null;
    this.stop.addEventListener("click", () => this.finish(true));
    this.cancel.addEventListener("click", () => this.finish(false));
  }

  /** A finger has gone down: record, and listen for where it is lifted. */
  press() {
    const pressed = performance.now();
    const lift = (up) => {
      document.removeEventListener("pointerup", lift);
      document.removeEventListener("pointercancel", lift);
      this.hint.textContent = "";
      if (performance.now() - pressed < TAP || !this.recorder) return; /* a tap: the bar's buttons decide */
      const under = document.elementFromPoint(up.clientX, up.clientY);
      this.finish(up.type === "pointerup" && !(under && this.cancel.contains(under)));
    };
    document.addEventListener("pointerup", lift);
    document.addEventListener("pointercancel", lift);
    this.start();
    this.hint.textContent = say("voice_release");
  }

  async start() {
    if (this.recorder || this.isStarting) return;
    this.isStarting = true;
    this.tell("");
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      this.record(stream);
    } catch {
      this.tell(say("voice_blocked"));
    }
    this.isStarting = false;
  }

  record(stream) {
    const kind = bestKind();
    const parts = [];
    const recorder = new MediaRecorder(stream, kind ? { mimeType: kind } : {});
    recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
    recorder.addEventListener("stop", () => {
      stream.getTracks().forEach((track) => track.stop());
      if (recorder.isWanted) this.pass(new Blob(parts, { type: (recorder.mimeType || kind).split(";")[0] }));
    });
    this.recorder = recorder;
    this.began = performance.now();
    recorder.start();
    this.show(true);
    this.timer = setInterval(() => this.tick(), 250);
    this.tick();
  }

  tick() {
    const passed = performance.now() - this.began;
    this.time.textContent = say("voice_recording", { n: clock(passed) });
    if (passed >= LONGEST) this.finish(true);
  }

  show(isOn) {
    this.bar.hidden = !isOn;
    this.button.classList.toggle("on", isOn);
  }

  finish(isWanted) {
    const recorder = this.recorder;
    if (!recorder) return;
    clearInterval(this.timer);
    const isLong = performance.now() - this.began >= SHORTEST;
    if (isWanted && !isLong) this.tell(say("voice_short"));
    recorder.isWanted = isWanted && isLong;
    recorder.stop();
    this.recorder = null;
    this.show(false);
  }

  async pass(sound) {
    const ending = { "audio/ogg": "ogg", "audio/mp4": "m4a" }[sound.type] || "webm";
    this.tell(say("uploading"));
    try {
      const file = await upload(sound, `voice.${ending}`, () => {}).done;
      this.tell("");
      this.sendFile({ ...file, preview: URL.createObjectURL(sound) });
    } catch (error) {
      const canRetry = !(error instanceof Problem) || error.passing;
      this.tell(canRetry ? say("voice_failed") : error.message);
      if (canRetry) this.note.append(" ", makeButton("link", say("retry"), () => this.pass(sound)));
    }
  }

  tell(words) {
    this.note.textContent = words;
  }
}
