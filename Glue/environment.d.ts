/** For scripts/check-glue.sh: what Node brings, whose types are not at hand. */

declare module "node:child_process";
declare module "node:fs";
declare module "node:path";
declare module "node:url";
declare module "node:worker_threads";
declare module "node:zlib";
declare const process: any;
