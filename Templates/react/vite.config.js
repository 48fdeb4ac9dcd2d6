import { defineConfig } from "vite";
import react from "@vitejs/plugin-react";
import webble from "./webble-vite.mjs";

export default defineConfig({ plugins: [react(), webble(".")] });
