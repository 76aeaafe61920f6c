// Another person beside the owner, and signing in by hand.
import { type Browser, type BrowserContext, type Page, expect } from "@playwright/test";
import { ORG, type Site, go } from "./fixtures";

export const BO = { name: "Bo Builder", email: "bo@acme.example", password: "another correct horse battery" };

export async function signIn(page: Page, who: { email: string; password: string }): Promise<void> {
  await page.getByLabel("E-mail").fill(who.email);
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Another person, in a browser of their own. An admin, so that they may change what the owner made. */
export async function bo(browser: Browser, site: Site, owner: Page): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: site.url });
  const page = await context.newPage();
  await go(page, "/sign-in");
  await signIn(page, BO);
  const known = await page.waitForURL(`**/${ORG.slug}**`, { timeout: 5000 }).then(() => true, () => false);
  if (!known) {
    await go(owner, `/${ORG.slug}/members`);
    await owner.getByLabel("Role", { exact: true }).selectOption("admin");
    await owner.getByLabel("E-mail").fill(BO.email);
    await owner.getByRole("button", { name: "Create invitation link" }).click();
    const link = await owner.locator("code, pre").filter({ hasText: "/invitations/" }).first().innerText();
    await go(page, link.trim().replace(/^https?:\/\/[^/]+/, ""));
    await page.getByLabel("Your name").fill(BO.name);
    await page.getByLabel("Password").fill(BO.password);
    await page.getByRole("button", { name: "Create account and join" }).click();
    await expect(page).toHaveURL(new RegExp(`/${ORG.slug}`));
  }
  // Arrived before it is closed.
  await go(page, `/${ORG.slug}`);
  await page.close();
  return context;
}
