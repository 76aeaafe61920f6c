import AxeBuilder from "@axe-core/playwright";
import { ORG, expect, go, test } from "../support/fixtures";

const PAGES = ["", "/tools", "/tools/new", "/agents", "/agents/new", "/workflows", "/workflows/new", "/executions", "/members", "/tokens", "/audit", "/settings", "/account"];

for (const scheme of ["light", "dark"] as const) {
  for (const width of [1440, 390]) {
    test(`axe finds nothing, ${scheme}, ${width} px`, async ({ owner, site }) => {
      test.setTimeout(180_000);
      await owner.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      await owner.setViewportSize({ width, height: 900 });
      const agent = await anAgent(owner, site.url);
      for (const path of [...PAGES.map((page) => `/${ORG.slug}${page}`), ...["", "/tools", "/executions", "/connect", "/settings"].map((tab) => agent + tab)]) {
        await test.step(path, async () => {
          await go(owner, path);
          const found = await new AxeBuilder({ page: owner }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
          expect.soft(found.violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(" ")).join(", ")}`), path).toEqual([]);
          const overflow = await owner.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          expect.soft(overflow, `${path} scrolls sideways`).toBeLessThanOrEqual(0);
        });
      }
    });
  }
}

test("axe finds nothing on the pages for people who are not signed in", async ({ page }) => {
  for (const path of ["/sign-in", "/invitations/unknown", "/not-found"]) {
    await go(page, path);
    const found = await new AxeBuilder({ page }).analyze();
    expect.soft(found.violations.map((violation) => violation.id), path).toEqual([]);
  }
});

/** The address of an agent; made once for a worker. */
async function anAgent(page: import("@playwright/test").Page, _url: string): Promise<string> {
  await go(page, `/${ORG.slug}/agents`);
  const link = page.getByRole("link", { name: "Accessible agent" });
  if (await link.count()) return (await link.first().getAttribute("href"))!;
  await go(page, `/${ORG.slug}/agents/new`);
  await page.locator("[name=name]").fill("accessible_agent");
  await page.getByLabel("Display name").fill("Accessible agent");
  await page.getByRole("button", { name: "Create agent" }).click();
  await page.waitForURL(/\/agents\/[0-9a-f-]{36}\/tools/);
  return new URL(page.url()).pathname.replace(/\/tools$/, "");
}
