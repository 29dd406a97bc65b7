// Polling: soon at first, then seldom, and not at all while nobody sees the page.

const FIRST_DELAYS_MS = [200, 400, 700];
const NEXT_DELAY_MS = 1000;
const GROWTH = 1.5;
const MAX_DELAY_MS = 5000;

/**
 * How long to wait before the poll numbered `turn`, counted from 0.
 *
 * @param {number} turn
 * @param {readonly number[]} [first] the delays of the first polls
 */
export function delayMs(turn, first = FIRST_DELAYS_MS) {
  return first[turn] ?? Math.min(MAX_DELAY_MS, NEXT_DELAY_MS * GROWTH ** (turn - first.length));
}

/**
 * Resolves when it is time for the poll numbered `turn` and the page is seen.
 *
 * @param {number} turn
 * @param {readonly number[]} [first]
 */
export async function untilTurn(turn, first) {
  await new Promise((resolve) => setTimeout(resolve, delayMs(turn, first)));
  await untilVisible();
}

/** @returns {Promise<void>} */
function untilVisible() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener("visibilitychange", function changed() {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", changed);
      resolve();
    });
  });
}
