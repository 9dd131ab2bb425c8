// Talking to our own server: JSON in and out, the CSRF word on every write, errors as sentences.

let csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";

/** A refused request: `status` is HTTP's, `body` the server's JSON (with `code` and `message`). */
export class Refusal extends Error {
  constructor(status, body, retryAfterS = null) {
    super(body?.message ?? "服务器没有应答，请检查网络后再试。");
    this.status = status;
    this.body = body ?? {};
    this.retryAfterS = retryAfterS;
  }
}

const who = (page) => page.querySelector('meta[name="who"]')?.content;

/** After the same person logged in again in another window: take over the new session's word. False when there is none. */
export async function renewWord() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const word = page.querySelector('meta[name="csrf"]')?.content;
    if (!word || word === csrf || who(page) !== who(document)) return false;
    csrf = word;
    return true;
  } catch {
    return false;
  }
}

async function answerOf(response) {
  const isJson = response.headers.get("content-type")?.includes("json");
  const body = isJson ? await response.json() : null;
  if (response.redirected && !isJson) throw new Refusal(401, { message: "登录已过期，请在新窗口登录后再保存。" });
  if (!response.ok) throw new Refusal(response.status, body);
  return body;
}

/** POST JSON; `keepalive` lets it outlive the page. Throws Refusal; status 0 means the server was not reached. */
export async function post(url, data, { keepalive = false } = {}) {
  const send = () => fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf, Accept: "application/json" },
    body: JSON.stringify(data ?? {}),
    keepalive,
  });
  let response;
  try {
    response = await send();
    if ((response.status === 401 || response.status === 403) && (await renewWord())) response = await send();
  } catch {
    throw new Refusal(0, null);
  }
  return answerOf(response);
}

/** GET JSON. Throws Refusal. */
export async function get(url) {
  let response;
  try {
    response = await fetch(url, { headers: { Accept: "application/json" } });
  } catch {
    throw new Refusal(0, null);
  }
  return answerOf(response);
}

const STALLED_MS = 60000;

/** POST a FormData and hear how far the upload is (0..1). Whoever repeats a `key` is answered as the first time.
    Throws Refusal; status 0 also when nothing moves for a minute, as when a cable was pulled. */
export function upload(url, form, key, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let stalled = 0;
    const alive = () => { clearTimeout(stalled); stalled = setTimeout(() => request.abort(), STALLED_MS); };
    request.open("POST", url);
    request.setRequestHeader("X-CSRF-Token", csrf);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Idempotency-Key", key);
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      alive();
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300 && request.response) resolve(request.response);
      else reject(new Refusal(request.status, request.response, Number(request.getResponseHeader("Retry-After")) || null));
    });
    request.addEventListener("error", () => reject(new Refusal(0, null)));
    request.addEventListener("abort", () => reject(new Refusal(0, null)));
    request.addEventListener("loadend", () => clearTimeout(stalled));
    alive();
    request.send(form);
  });
}
