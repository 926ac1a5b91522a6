// The console's own scripts: each file is one idea, and every page can be read without them.
import { startClocks } from "./clocks.js";
import { startEditor } from "./editor.js";
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startQueue } from "./queue.js";

document.documentElement.classList.add("live");
startClocks();
startEditor();
startQueue();
startKeys();
startLive();
