// Live parts of a page: what is marked `data-live` is replaced from the same page, as the server
// shows it, for as long as something in it is marked `data-moving`.

import { ApiClient, ApiError } from "./api.js";
import { untilTurn } from "./polling.js";

const client = new ApiClient();
let lastState = "";

const isMoving = () => document.querySelector("[data-moving]") !== null;

/** A task's page names the task's URL, which costs less than the page. */
async function hasChanged() {
  const marked = document.querySelector("[data-task-url]");
  const url = marked instanceof HTMLElement ? marked.dataset.taskUrl : "";
  if (!url) return true;
  try {
    const { status, progress } = await client.json(url);
    const state = `${status} ${progress}`;
    if (state === lastState) return false;
    lastState = state;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 0) throw error;
  }
  return true; // also where the API refuses: the page itself says what has become of the task
}

async function refresh() {
  const html = await client.html(window.location.href);
  if (html === null) return;
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const fresh of /** @type {NodeListOf<HTMLElement>} */ (page.querySelectorAll("[data-live]"))) {
    const name = CSS.escape(fresh.dataset.live ?? "");
    const old = document.querySelector(`[data-live="${name}"]`);
    if (old && !old.contains(document.activeElement) && old.outerHTML !== fresh.outerHTML) {
      old.replaceWith(document.importNode(fresh, true));
    }
  }
}

async function poll() {
  for (let turn = 0; isMoving(); turn += 1) {
    await untilTurn(turn);
    try {
      if (await hasChanged()) await refresh();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error; // else the next turn tries again
    }
  }
}

poll();
