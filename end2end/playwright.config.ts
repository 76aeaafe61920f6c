import { defineConfig, devices } from "@playwright/test";
import { existsSync } from "node:fs";

const chromium = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => path && existsSync(path));

// Every page flow twice: hydrated, and as plain HTML that the server rendered.
export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  // A whole flow on a machine that compiles meanwhile takes its time; what is waited for has a limit of its own.
  timeout: 180_000,
  expect: { timeout: 10_000 },
  workers: 2,
  forbidOnly: !!process.env.CI,
  reporter: process.env.CI ? [["list"]] : [["list"], ["html", { outputFolder: "report", open: "never" }]],
  use: {
    ...devices["Desktop Chrome"],
    channel: undefined,
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: chromium,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "hydrate", use: { javaScriptEnabled: true } },
    // Axe and the palette are scripts themselves.
    { name: "ssr", use: { javaScriptEnabled: false }, testIgnore: ["axe.spec.ts", "palette.spec.ts"] },
  ],
});
