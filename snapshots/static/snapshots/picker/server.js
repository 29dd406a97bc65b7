// Calls of the REST door with the console's session.

export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** `{name}` in a text by its value. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export class Server {
  constructor(texts) {
    this.texts = texts;
    this.token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  }

  async json(url, { method = "GET", body, key, signal } = {}) {
    const headers = { Accept: "application/json" };
    if (method !== "GET") headers["X-CSRFToken"] = this.token;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (key) headers["Idempotency-Key"] = key;
    const answer = await this.ask(url, { method, headers, signal, body: body && JSON.stringify(body) });
    return answer.status === 204 ? null : answer.json();
  }

  /** The answer as it is. Throws `Refusal` with the server's own words. */
  async ask(url, options) {
    let answer;
    try {
      answer = await fetch(url, { credentials: "same-origin", ...options });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Refusal(0, this.texts.offline);
    }
    if (!answer.ok) throw new Refusal(answer.status, await this.reason(answer));
    return answer;
  }

  async reason(answer) {
    const fallback = fill(this.texts.refused, { status: answer.status });
    try {
      const problem = await answer.json();
      return problem.errors?.[0]?.detail ?? problem.detail ?? fallback;
    } catch {
      return fallback;
    }
  }
}
