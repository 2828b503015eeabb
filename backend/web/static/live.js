// One event stream per browser: the tab that holds the lock listens and relays to the others.
const POLL_MS = 30000;
const RETRY_MS = 2000;

function show(isLive, say) {
  document.body.dataset.live = isLive ? "1" : "0";
  const word = document.querySelector("#live .live-word");
  if (word) word.textContent = say(isLive ? "live" : "reconnecting");
}

function listen(tell, state) {
  return new Promise((resolve) => {
    let isAgain = false;
    const open = () => {
      const stream = new EventSource("/live");
      // After a gap we cannot know what was missed: look at everything again.
      stream.onopen = () => { state(true); if (isAgain) tell({ kind: "resync" }); isAgain = true; };
      stream.onerror = () => {
        state(false);
        if (stream.readyState === EventSource.CLOSED) setTimeout(open, RETRY_MS);
      };
      for (const kind of ["ticket", "alert", "clock", "message", "channel", "duty", "handover", "rota"]) {
        stream.addEventListener(kind, (event) => {
          tell({ kind, ...JSON.parse(event.data) });
        });
      }
      addEventListener("pagehide", () => { stream.close(); resolve(); }, { once: true });
    };
    open();
  });
}

// Without locks (plain http on the office network) every tab asks twice a minute instead.
function poll(hear, state) {
  state(true);
  setInterval(() => hear({ kind: "resync" }), POLL_MS);
}

export function startLive(hear, say) {
  const state = (isLive) => show(isLive, say);
  if (!navigator.locks || !window.BroadcastChannel) return poll(hear, state);
  const relay = new BroadcastChannel("live");
  let leads = false;
  const tell = (event) => { relay.postMessage(event); hear(event); };
  relay.onmessage = ({ data }) => {
    if (data === "who") { if (leads) relay.postMessage({ state: document.body.dataset.live === "1" }); }
    else if ("state" in data) state(data.state);
    else hear(data);
  };
  relay.postMessage("who");
  navigator.locks.request("live-stream", () => {
    leads = true;
    return listen(tell, (isLive) => { state(isLive); relay.postMessage({ state: isLive }); });
  });
}
