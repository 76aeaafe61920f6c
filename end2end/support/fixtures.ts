// What tests start from: a server of their own worker, set up once, and a page in which its owner is signed in.
import { type Browser, type BrowserContext, type Page, test as base, expect } from "@playwright/test";
import { Server } from "./server";

export const OWNER = { name: "Ada Owner", email: "ada@acme.example", password: "correct horse battery staple" };
export const ORG = { name: "Acme Tools", slug: "acme" };

type Cookies = Awaited<ReturnType<BrowserContext["cookies"]>>;
export interface Site {
  server: Server;
  url: string;
  cookies: Cookies;
}

/** Waits until clicks count; without JavaScript they count at once. */
export async function hydrated(page: Page): Promise<void> {
  if (await scripted(page)) await expect(page.locator("body[data-hydrated]")).toHaveCount(1);
}

export async function scripted(_page: Page): Promise<boolean> {
  return base.info().project.use.javaScriptEnabled !== false;
}

/** Opens a page and waits until it listens. */
export async function go(page: Page, path: string): Promise<void> {
  const answer = await page.goto(path);
  expect(answer?.status(), `${path} answers`).toBeLessThan(500);
  await hydrated(page);
}

/** Fills a field by the name it is sent under. */
export async function fill(page: Page, name: string, value: string): Promise<void> {
  await page.locator(`[name="${name}"]`).first().fill(value);
}

/** The first page of an empty Toolcrib, filled in. */
export async function setUp(page: Page): Promise<void> {
  await go(page, "/");
  await page.getByLabel("Organization name").fill(ORG.name);
  await page.getByLabel("Address").fill(ORG.slug);
  await page.getByLabel("Your name").fill(OWNER.name);
  await page.getByLabel("E-mail").fill(OWNER.email);
  await page.getByLabel("Password").fill(OWNER.password);
  await page.getByRole("button", { name: "Create organization" }).click();
  await page.waitForURL(`**/${ORG.slug}`);
  await hydrated(page);
}

async function cookiesAfterSetUp(browser: Browser, url: string): Promise<Cookies> {
  const context = await browser.newContext({ baseURL: url, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto("/");
  await page.getByLabel("Organization name").fill(ORG.name);
  await page.getByLabel("Address").fill(ORG.slug);
  await page.getByLabel("Your name").fill(OWNER.name);
  await page.getByLabel("E-mail").fill(OWNER.email);
  await page.getByLabel("Password").fill(OWNER.password);
  await page.getByRole("button", { name: "Create organization" }).click();
  await page.waitForURL(`**/${ORG.slug}`);
  const cookies = await context.cookies();
  await context.close();
  return cookies;
}

/** `site`: set up once for a worker. `owner`: a page in which its owner is signed in. `page`: nobody is signed in. */
export const test = base.extend<{ owner: Page }, { site: Site }>({
  site: [
    async ({ browser }, use) => {
      const server = await Server.start({ TOOLCRIB_ALLOW_PRIVATE_HOSTS: "127.0.0.1" });
      const cookies = await cookiesAfterSetUp(browser, server.url);
      await use({ server, url: server.url, cookies });
      await server.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  baseURL: async ({ site }, use) => use(site.url),
  owner: async ({ site, context }, use) => {
    await context.addCookies(site.cookies);
    await use(await context.newPage());
  },
});

export { expect };
