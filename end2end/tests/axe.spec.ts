// Every page of an organization with something in it: axe finds nothing, and nothing scrolls sideways.
import AxeBuilder from "@axe-core/playwright";
import { type BrowserContext, type Page, test as base } from "@playwright/test";
import { readFileSync } from "node:fs";
import { expect, go, test as guest } from "../support/fixtures";
import { Server } from "../support/server";

/** Routes that only lead on to another. */
const MOVED = ["/workflows/:id/canvas"];
/** Routes that belong to no organization. */
const OUTSIDE = ["/", "/not-found", "/setup", "/sign-in", "/invitations/:token", "/organizations/new", "/dev/style"];

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
      try {
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
      } finally {
        await server.stop();
      }
    },
    { scope: "worker", timeout: 120_000 },
  ],
  baseURL: async ({ demo }, use) => use(demo.server.url),
  member: async ({ demo, context }, use) => {
    await context.addCookies(demo.cookies);
    await use(await context.newPage());
  },
});

/** Lists and forms, and each detail page that a list leads to, tab by tab. Every route of the app is among them. */
async function everyPage(page: Page, slug: string): Promise<string[]> {
  const lists = ["", "/agents", "/agents/new", "/executions", "/search?q=report", "/access", "/openapi", "/mcp-servers", "/mcp-servers/new"];
  lists.push("/tools", "/tools/new", "/tools/import", "/tools/categories", "/workflows", "/workflows/new", "/workflows/new?from=template", "/workflows/new?from=import", "/keys", "/keys/new", "/keys/resolution");
  const administration = ["/members", "/tokens", "/audit", "/settings", "/settings/phone-numbers", "/settings/variables", "/account"];
  const found = [...lists, ...administration].map((path) => `/${slug}${path}`);
  const links = async (list: string, shape: RegExp) => {
    await page.goto(`/${slug}${list}`);
    const all = await page.locator("main a").evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
    return [...new Set(all.filter((href) => shape.test(href)))];
  };
  const tabs = async (detail: string) => {
    await page.goto(detail);
    const all = await page.locator("main a").evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
    return [detail, ...new Set(all.filter((href) => new RegExp(`^${detail}/[a-z]+$`).test(href)))];
  };
  // One tool of each kind that the demo has: a script with its tests, tab by tab, and of the others what differs.
  for (const kind of ["python", "shell", "api_request", "mcp", "transfer_call", "composite", "builtin"]) {
    const detail = (await links(`/tools?kind=${kind}`, /\/tools\/[0-9a-f-]{36}$/))[0];
    expect(detail, kind).toBeDefined();
    found.push(...(kind === "python" ? await tabs(detail!) : [detail!, `${detail}/definition`]));
  }
  found.push(`/${slug}/tools/selection?id=${found.find((path) => /\/tools\/[0-9a-f-]{36}$/.test(path))!.split("/").at(-1)}`);
  for (const list of ["agents", "keys", "openapi", "mcp-servers"]) {
    const details = await links(`/${list}`, new RegExp(`/${list}/[0-9a-f-]{36}$`));
    expect(details.length, list).toBeGreaterThan(0);
    found.push(...(await tabs(details[0]!)));
  }
  // Forms of every kind of tool.
  found.push(...(await links("/tools/new", /\/tools\/new\?kind=/)));
  // The one that has triggers, versions and runs of every kind.
  const workflows = await links("/workflows?q=Margin+report", /\/(workflows|runs)\/[0-9a-f-]{36}$/);
  const [workflow, run] = ["/workflows/", "/runs/"].map((part) => workflows.find((href) => href.includes(part)));
  expect([workflow, run]).not.toContain(undefined);
  found.push(...(await tabs(workflow!)), run!, `${workflow}/versions?from=1&to=draft`, `${workflow}/versions?version=1`, `${workflow}/outline?tab=json`);
  const triggers = await links(workflow!.replace(`/${slug}`, "") + "/triggers", /\/triggers\/[0-9a-f-]{36}$/);
  expect(triggers.length, "a trigger of each kind").toBe(3);
  found.push(...triggers, ...["", "?kind=webhook", "?kind=schedule", "?kind=call_start"].map((kind) => `${workflow}/triggers/new${kind}`));
  for (const status of ["success", "failed"]) {
    found.push((await links(`/executions?status=${status}`, /\/executions\/[0-9a-f-]{36}$/))[0]!);
  }
  const all = [...new Set(found)];
  const unseen = routes().filter((route) => !all.some((path) => new RegExp(`^/${slug}${route.replace(/:[a-z]+/g, "[^/?]+")}(\\?|$)`).test(path)));
  expect(unseen, "routes that axe does not see").toEqual([]);
  return all;
}

/** What the app's router says there is inside of an organization. What lies outside is visited below. */
function routes(): string[] {
  const app = readFileSync(new URL("../../app/src/app.rs", import.meta.url), "utf8");
  const all = [...app.matchAll(/path!\("([^"]*)"\)/g)].map((match) => match[1]!);
  expect(all.length).toBeGreaterThan(40);
  return all.filter((route) => !["/:org", ...OUTSIDE, ...MOVED].includes(route));
}

async function violations(page: Page): Promise<string[]> {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  // The code editor scrolls with its own content, which takes the focus.
  const found = await new AxeBuilder({ page }).withTags(tags).exclude({ fromShadowDom: ["div[data-for]", ".cm-scroller"] }).analyze();
  return found.violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(" ")).join(", ")}`);
}

function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

// Each width once and each scheme once: what depends on both is nothing that the two do not show.
for (const [scheme, width] of [
  ["light", 1440],
  ["dark", 390],
] as const) {
  test(`axe finds nothing and nothing scrolls sideways, ${scheme}, ${width} px`, async ({ member, demo }) => {
    test.setTimeout(900_000);
    await member.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await member.setViewportSize({ width, height: 900 });
    for (const path of demo.pages) {
      await test.step(path, async () => {
        await go(member, path);
        expect.soft(await violations(member), path).toEqual([]);
        expect.soft(await overflow(member), `${path} scrolls sideways`).toBeLessThanOrEqual(0);
      });
    }
  });
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

for (const scheme of ["light", "dark"] as const) {
  guest(`axe finds nothing on the pages for people who are not signed in, ${scheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      for (const path of ["/sign-in", "/invitations/unknown", "/not-found", "/dev/style"]) {
        await go(page, path);
        expect.soft(await violations(page), path).toEqual([]);
        expect.soft(await overflow(page), `${path} scrolls sideways at ${width} px`).toBeLessThanOrEqual(0);
      }
    }
  });
}

guest("axe finds nothing on the first page of an empty Toolcrib", async ({ browser }) => {
  const server = await Server.start();
  const context = await browser.newContext({ baseURL: server.url });
  const page = await context.newPage();
  await go(page, "/setup");
  expect.soft(await violations(page)).toEqual([]);
  await context.close();
  await server.stop();
});

test("axe finds nothing where a second organization is made", async ({ member }) => {
  await go(member, "/organizations/new");
  expect(await violations(member)).toEqual([]);
});

test("nothing is cut off or runs wild on a very wide screen", async ({ member, demo }) => {
  test.setTimeout(900_000);
  await member.setViewportSize({ width: 2560, height: 1200 });
  for (const path of demo.pages) {
    await go(member, path);
    expect.soft(await overflow(member), `${path} scrolls sideways`).toBeLessThanOrEqual(0);
    // A line of text that is as wide as the screen cannot be read.
    const widest = await member.locator("main p").evaluateAll((all) => Math.max(0, ...all.map((p) => p.getBoundingClientRect().width)));
    expect.soft(widest, `${path} has a line across the whole screen`).toBeLessThan(2000);
  }
});
