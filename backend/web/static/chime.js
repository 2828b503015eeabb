// Two soft notes, made here: no file, no foreign asset. A browser plays them only after somebody touched the page.
const NOTES = [[660, 0], [880, 0.16]];
const LASTS_S = 0.5;
let audio = null;
let isWaiting = false;

function ready() {
  audio ??= new AudioContext();
  return audio;
}

export function unlock() {
  if (isWaiting || audio?.state === "running") return;
  isWaiting = true;
  const open = () => { ready().resume(); };
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, open, { once: true });
}

// Returns whether it was heard: a browser that was never touched keeps silent.
export async function chime() {
  if (!window.AudioContext) return false;
  const place = ready();
  if (place.state !== "running") await Promise.race([place.resume(), new Promise((resolve) => { setTimeout(resolve, 300); })]);
  if (place.state !== "running") return false;
  for (const [pitch, after] of NOTES) {
    const tone = place.createOscillator();
    const volume = place.createGain();
    const at = place.currentTime + after;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.25, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + LASTS_S);
    tone.connect(volume).connect(place.destination);
    tone.start(at);
    tone.stop(at + LASTS_S);
  }
  return true;
}
