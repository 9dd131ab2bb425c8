// Talking to our own server: JSON in and out, the CSRF word on every write, errors as sentences.

const csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";

/** A refused request: `status` is HTTP's, `body` the server's JSON (with `code` and `message`). */
export class Refusal extends Error {
  constructor(status, body) {
    super(body?.message ?? "服务器没有应答，请检查网络后再试。");
    this.status = status;
    this.body = body ?? {};
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
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf, Accept: "application/json" },
      body: JSON.stringify(data ?? {}),
      keepalive,
    });
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

/** POST a FormData and hear how far the upload is (0..1). Throws Refusal. */
export function upload(url, form, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("X-CSRF-Token", csrf);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300 && request.response) resolve(request.response);
      else reject(new Refusal(request.status, request.response));
    });
    request.addEventListener("error", () => reject(new Refusal(0, null)));
    request.send(form);
  });
}
