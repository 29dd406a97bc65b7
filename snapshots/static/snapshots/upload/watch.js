// Looks at a media until it is ready or has failed: soon at first, then seldom, never when hidden.

import { Refusal } from "../picker/server.js";

const FIRST_MS = [200, 400, 700];
const MOST_MS = 5000;

export async function watch(server, url, show) {
  let wait = 1000;
  for (let turn = 0; ; turn += 1) {
    await sleep(FIRST_MS[turn] ?? wait);
    if (turn >= FIRST_MS.length) wait = Math.min(wait * 1.5, MOST_MS);
    await untilShown();
    try {
      const media = await server.json(url);
      await show(media);
      if (media.status === "failed" || media.status === "ready") return;
    } catch (refusal) {
      if (refusal.status === 404) return; // it was deleted
      if (!(refusal instanceof Refusal)) throw refusal;
    }
  }
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function untilShown() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener("visibilitychange", resolve, { once: true });
  });
}
