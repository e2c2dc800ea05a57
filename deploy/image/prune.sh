#!/bin/sh
# Deletes from node_modules, in the current folder, what no process reads: Node itself (the image has it elsewhere),
# types, compilers, source maps, and the files of Swagger UI that its page at /docs does not load.
set -eu
cd node_modules
rm -rf node .bin .package-lock.json @types typescript @typescript
find . -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -delete
find swagger-ui-dist -type f -name 'swagger-ui-es-*' -delete
find . -depth -type d -empty -delete
