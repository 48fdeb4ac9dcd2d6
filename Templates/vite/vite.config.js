import { defineConfig } from "vite";
import webble from "./webble-vite.mjs";

export default defineConfig({ plugins: [webble(".")] });
