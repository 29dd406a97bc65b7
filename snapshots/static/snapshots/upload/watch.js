// Polls a media item until it is ready or has failed.

import { ApiError } from "../api.js";
import { untilTurn } from "../polling.js";

/**
 * @typedef {object} MediaItem as the REST API describes it
 * @property {string} file_id
 * @property {string} name
 * @property {string} status
 * @property {number | null} width
 * @property {number | null} height
 * @property {number | null} duration_s
 * @property {number} size_bytes
 * @property {{ url: string } | null} cover
 * @property {{ message: string } | null} [error]
 */

/**
 * @param {import("../api.js").ApiClient} client
 * @param {string} url
 * @param {(media: MediaItem) => unknown} show
 */
export async function watch(client, url, show) {
  for (let turn = 0; ; turn += 1) {
    await untilTurn(turn);
    try {
      const media = await client.json(url);
      await show(media);
      if (media.status === "failed" || media.status === "ready") return;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 404) return; // it was deleted
    }
  }
}
