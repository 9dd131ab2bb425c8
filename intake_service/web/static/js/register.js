// The register of one envelope: its check-list.

import { post } from "./api.js";
import { tickable } from "./materials.js";

tickable(document.querySelector("[data-materials]"), post);
