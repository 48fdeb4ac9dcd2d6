import { defineConfig } from "vite";
import vue from "@vitejs/plugin-vue";
import webble from "./webble-vite.mjs";

export default defineConfig({ plugins: [vue(), webble(".")] });
