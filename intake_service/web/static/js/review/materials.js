// The check-list beside the fields; its changes wait in the same line as all others.

import { tickable } from "../materials.js";
import { root } from "./fields.js";
import { busy, send } from "./outbox.js";
import { renewChecks, renewReasons } from "./state.js";

tickable(root.querySelector("[data-materials]"), async (url, change) => {
  busy(1);
  try {
    const answer = await send(url, change);
    renewReasons(answer.reasons);
    renewChecks(answer);
    return answer;
  } finally { busy(-1); }
});
