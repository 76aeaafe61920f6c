// Every page of an organization with something in it: axe finds nothing, and nothing scrolls sideways.
import AxeBuilder from "@axe-core/playwright";
import { type BrowserContext, type Page, test as base } from "@playwright/test";
import { expect, go, test as guest } from "../support/fixtures";
import { Server } from "../support/server";

interface Demo {
  server: Server;
  slug: string;
  cookies: Awaited<ReturnType<BrowserContext["cookies"]>>;
  pages: string[];
}

const test = base.extend<{ member: Page }, { demo: Demo }>({
  demo: [
    async ({ browser }, use) => {
      const server = await Server.start({ TOOLCRIB_ALLOW_PRIVATE_HOSTS: "127.0.0.1" }, "demo");
      const { slug, email, password } = await server.demoSignIn();
      const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: false });
      const page = await context.newPage();
      await page.goto("/sign-in");
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password").fill(password);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.waitForURL(`**/${slug}`);
      const pages = await everyPage(page, slug);
      await use({ server, slug, cookies: await context.cookies(), pages });
      await context.close();
      await server.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  baseURL: async ({ demo }, use) => use(demo.server.url),
  member: async ({ demo, context }, use) => {
    await context.addCookies(demo.cookies);
    await use(await context.newPage());
  },
});

/** Lists and forms, and each detail page that a list leads to, tab by tab. */
async function everyPage(page: Page, slug: string): Promise<string[]> {
  const lists = ["", "/tools", "/tools/new", "/agents", "/agents/new", "/workflows", "/workflows/new", "/executions", "/search?q=report"];
  const administration = ["/members", "/tokens", "/audit", "/settings", "/account"];
  const found = [...lists, ...administration].map((path) => `/${slug}${path}`);
  const links = async (list: string, shape: RegExp) => {
    await page.goto(`/${slug}${list}`);
    const all = await page.locator("main a").evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
    return [...new Set(all.filter((href) => shape.test(href)))];
  };
  const tabs = async (detail: string) => {
    await page.goto(detail);
    const all = await page.locator("main nav a").evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
    return [detail, ...all.filter((href) => href.startsWith(`${detail}/`))];
  };
  for (const kind of ["tools", "agents"]) {
    const details = await links(`/${kind}`, new RegExp(`/${kind}/[0-9a-f-]{36}$`));
    expect(details.length, kind).toBeGreaterThan(0);
    found.push(...(await tabs(details[0]!)));
  }
  // Forms of every kind of tool.
  found.push(...(await links("/tools/new", /\/tools\/new\?kind=/)));
  const workflows = await links("/workflows", /\/(workflows|runs)\/[0-9a-f-]{36}$/);
  const [workflow, run] = ["/workflows/", "/runs/"].map((part) => workflows.find((href) => href.includes(part)));
  expect([workflow, run]).not.toContain(undefined);
  found.push(workflow!, run!);
  for (const status of ["success", "failed"]) {
    found.push((await links(`/executions?status=${status}`, /\/executions\/[0-9a-f-]{36}$/))[0]!);
  }
  return [...new Set(found)];
}

async function violations(page: Page): Promise<string[]> {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  // The code editor scrolls with its own content, which takes the focus.
  const found = await new AxeBuilder({ page }).withTags(tags).exclude({ fromShadowDom: ["div[data-for]", ".cm-scroller"] }).analyze();
  return found.violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(" ")).join(", ")}`);
}

for (const scheme of ["light", "dark"] as const) {
  for (const width of [1440, 390]) {
    test(`axe finds nothing and nothing scrolls sideways, ${scheme}, ${width} px`, async ({ member, demo }) => {
      test.setTimeout(300_000);
      await member.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      await member.setViewportSize({ width, height: 900 });
      for (const path of demo.pages) {
        await test.step(path, async () => {
          await go(member, path);
          expect.soft(await violations(member), path).toEqual([]);
          const overflow = await member.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          expect.soft(overflow, `${path} scrolls sideways`).toBeLessThanOrEqual(0);
        });
      }
    });
  }
}

for (const scheme of ["light", "dark"] as const) {
  test(`axe finds nothing in what opens, ${scheme}`, async ({ member, demo }) => {
    await member.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await go(member, `/${demo.slug}/agents`);
    await member.keyboard.press("Control+k");
    await member.keyboard.type("a");
    await expect(member.getByRole("option").first()).toBeVisible();
    expect.soft(await violations(member), "palette").toEqual([]);
    await member.keyboard.press("Escape");
    await member.keyboard.press("?");
    await expect(member.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
    expect.soft(await violations(member), "shortcuts").toEqual([]);
    await member.keyboard.press("Escape");
    await member.locator("summary[aria-label='Columns']").click();
    expect.soft(await violations(member), "columns").toEqual([]);
    await member.goto(demo.pages.find((path) => path.endsWith("/settings") && path.includes("/agents/"))!);
    await member.getByRole("button", { name: "Delete agent" }).first().click();
    await expect(member.getByRole("alertdialog")).toBeVisible();
    expect.soft(await violations(member), "question").toEqual([]);
  });
}

guest("axe finds nothing on the pages for people who are not signed in", async ({ page }) => {
  for (const path of ["/sign-in", "/invitations/unknown", "/not-found", "/dev/style"]) {
    await go(page, path);
    expect.soft(await violations(page), path).toEqual([]);
  }
});
