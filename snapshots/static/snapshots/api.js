// The one HTTP client: calls of the REST API and of the console's own pages, in the user's session.

import { interpolate } from "./interpolate.js";

/**
 * What errors say, in the user's language; `{status}` is filled in.
 *
 * @typedef {{ offline: string, httpError: string }} ApiTexts
 *
 * @typedef {object} JsonOptions
 * @property {string} [method]
 * @property {unknown} [body] sent as JSON
 * @property {string} [idempotencyKey] so that a repeated request is carried out once
 * @property {AbortSignal} [signal]
 */

/** A request without a good response. `status` is HTTP's, or 0 where no response came. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} message
   * @param {ErrorOptions} [options]
   */
  constructor(status, message, options) {
    super(message, options);
    this.name = "ApiError";
    this.status = status;
  }

  /** Whether the request itself was wrong: the same one would fail again. */
  get isClientError() {
    return this.status >= 400 && this.status < 500;
  }
}

export class ApiClient {
  /**
   * @param {ApiTexts} [texts]
   * @param {string} [token] Django's against cross-site requests; by default the page's
   */
  constructor(texts = { offline: "", httpError: "" }, token = pageToken()) {
    this.texts = texts;
    this.token = token;
  }

  /**
   * The response's JSON; `null` where it has no content.
   *
   * @param {string} url
   * @param {JsonOptions} [options]
   * @returns {Promise<any>}
   */
  async json(url, { method = "GET", body, idempotencyKey, signal } = {}) {
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json" };
    if (method !== "GET") headers["X-CSRFToken"] = this.token;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (idempotencyKey) headers["Idempotency-Key"] = idempotencyKey;
    const json = body === undefined ? undefined : JSON.stringify(body);
    const response = await this.#request(url, { method, headers, signal, body: json });
    return response.status === 204 ? null : this.#connected(response.json());
  }

  /**
   * A picture with the headers that describe it.
   *
   * @param {string} url
   * @param {{ signal?: AbortSignal }} [options]
   */
  async picture(url, options) {
    const response = await this.#request(url, options);
    return { blob: await this.#connected(response.blob()), headers: response.headers };
  }

  /**
   * A page's HTML; `null` where its URL leads to another page, as it does after signing out.
   *
   * @param {string} url
   */
  async html(url) {
    const response = await this.#request(url);
    return response.redirected ? null : this.#connected(response.text());
  }

  /**
   * @param {string} url
   * @param {RequestInit} [options]
   */
  async #request(url, options) {
    const response = await this.#connected(fetch(url, { credentials: "same-origin", ...options }));
    if (!response.ok) throw new ApiError(response.status, await this.#message(response));
    return response;
  }

  /**
   * What fails on its way becomes an `ApiError`; what was aborted stays an `AbortError`.
   *
   * @template T
   * @param {Promise<T>} coming
   */
  async #connected(coming) {
    try {
      return await coming;
    } catch (error) {
      if (error instanceof Error && error.name === "AbortError") throw error;
      throw new ApiError(0, this.texts.offline, { cause: error });
    }
  }

  /** @param {Response} response */
  async #message(response) {
    const fallback = interpolate(this.texts.httpError, { status: response.status });
    try {
      return problemDetail(await response.json()) || fallback;
    } catch {
      return fallback;
    }
  }
}

/**
 * The server's own words in the body of an error; empty where it has none.
 *
 * @param {{ errors?: { detail?: string }[], detail?: string } | null} problem
 */
export function problemDetail(problem) {
  return problem?.errors?.[0]?.detail ?? problem?.detail ?? "";
}

function pageToken() {
  const field = document.querySelector("[name=csrfmiddlewaretoken]");
  return field instanceof HTMLInputElement ? field.value : "";
}
