// Talking with the server: JSON by fetch, changes by server-sent events.

export const plateUrl = (key) => `/api/plates/${encodeURIComponent(key.plate)}/${encodeURIComponent(key.acquisition)}`;

/** JSON of a path; null where the server knows nothing of it. Whoever has no session any more goes to log in. */
export async function get(path) {
  const response = await fetch(path, { headers: { Accept: 'application/json' } });
  if (response.status === 401) location.assign('/login');
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

const SILENCE = 15_000;
const RETRY = 2_000;

/**
 * Listens for changes for ever. A connection that breaks, or falls silent for longer than three heartbeats, is opened again;
 * after the first heartbeat of each connection everything is fetched anew.
 */
export function listen({ onOpen, onLost, onHeartbeat, on }) {
  let source;
  let last = Date.now();
  let fresh = true;
  const open = () => {
    fresh = true;
    last = Date.now();
    source = new EventSource('/api/events');
    source.addEventListener('heartbeat', (event) => {
      last = Date.now();
      if (fresh) onOpen();
      fresh = false;
      onHeartbeat(JSON.parse(event.data));
    });
    for (const [name, take] of Object.entries(on)) {
      source.addEventListener(name, (event) => {
        last = Date.now();
        take(JSON.parse(event.data));
      });
    }
    source.onerror = lost;
  };
  const lost = () => {
    source.close();
    onLost();
    get('/api/me').catch(() => {}); // the stream says no more than that it ended
    clearTimeout(lost.timer);
    lost.timer = setTimeout(open, RETRY);
  };
  setInterval(() => {
    if (source.readyState !== EventSource.CLOSED && Date.now() - last > SILENCE) lost();
  }, 3_000);
  addEventListener('beforeunload', () => {
    source.onerror = null;
  });
  open();
}
