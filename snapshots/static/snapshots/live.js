// Parts of a page that move by themselves: what is marked data-live is put in anew from the same
// page, as the server shows it, while something in it is marked data-moving. Asked for often at
// first, then seldom, and not at all while nobody looks.

const WAITS_MS = [200, 400, 700, 1000];
const LONGEST_MS = 5000;

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const isMoving = () => document.querySelector("[data-moving]") !== null;

function visible() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((done) => {
    const look = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", look);
      done();
    };
    document.addEventListener("visibilitychange", look);
  });
}

/** A page of one task says where its state is, which costs less than the page. */
async function hasMoved(state) {
  const url = document.querySelector("[data-task-url]")?.dataset.taskUrl;
  if (!url) return true;
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) return true;
  const { status, progress } = await answer.json();
  const seen = `${status} ${progress}`;
  if (seen === state.seen) return false;
  state.seen = seen;
  return true;
}

async function putIn() {
  const answer = await fetch(window.location.href, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of page.querySelectorAll("[data-live]")) {
    const name = CSS.escape(part.dataset.live);
    const old = document.querySelector(`[data-live="${name}"]`);
    if (old && !old.contains(document.activeElement) && old.outerHTML !== part.outerHTML) {
      old.replaceWith(document.importNode(part, true));
    }
  }
}

async function move() {
  const state = {};
  for (let turn = 0; isMoving(); turn += 1) {
    await sleep(WAITS_MS[turn] ?? Math.min(LONGEST_MS, 1000 * 1.5 ** (turn - 3)));
    await visible();
    try {
      if (await hasMoved(state)) await putIn();
    } catch {
      // the server is away: the next turn comes later
    }
  }
}

move();
