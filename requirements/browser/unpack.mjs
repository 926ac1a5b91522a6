// Unpacks the Chromium of the npm package beside this file into a folder, with a script that starts it.
// Only node's own modules and tar are used: the package's code expects another node than ours may be.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";

const [from, to, home] = process.argv.slice(2); // home: where the folder will stand in the end
const plain = (name) => brotliDecompressSync(readFileSync(`${from}/bin/${name}.br`));

mkdirSync(to, { recursive: true });
for (const archive of ["al2023.tar", "fonts.tar", "swiftshader.tar"]) {
  execFileSync("tar", ["-x", "-C", to, "--no-same-owner"], { input: plain(archive) });
}
writeFileSync(`${to}/chromium.bin`, plain("chromium"), { mode: 0o755 });
// Without any font it crashes; the system's are taken first, they may know Chinese.
writeFileSync(
  `${to}/fonts.conf`,
  `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>/usr/share/fonts</dir><dir prefix="xdg">fonts</dir><dir>${home}/fonts</dir>
<cachedir>${home}/fonts-cache</cachedir></fontconfig>
`,
);
writeFileSync(
  `${to}/chromium`,
  `#!/bin/sh
here=$(dirname "$0")
LD_LIBRARY_PATH="$here/lib" FONTCONFIG_PATH="$here" exec "$here/chromium.bin" "$@"
`,
  { mode: 0o755 },
);
