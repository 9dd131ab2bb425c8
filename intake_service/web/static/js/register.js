// The register of one envelope: its tracking number and its check-list.

import { post } from "./api.js";
import { tickable } from "./materials.js";
import { checked } from "./tracking.js";

checked(document.getElementById("tracking_number"));
tickable(document.querySelector("[data-materials]"), post);
