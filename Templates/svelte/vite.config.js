import { defineConfig } from "vite";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import webble from "./webble-vite.mjs";

export default defineConfig({ plugins: [svelte(), webble(".")] });
