import { ORG, expect, go, hydrated, scripted, test } from "../support/fixtures";

const focusIsIn = (selector: string) => `document.querySelector(${JSON.stringify(selector)})?.contains(document.activeElement) ?? false`;

test("a dialog keeps the focus, Escape closes it, and the focus comes back", async ({ owner }) => {
  await go(owner, `/${ORG.slug}`);
  const opener = owner.getByRole("button", { name: "Search or do something" });
  await opener.focus();
  await owner.keyboard.press("Enter");
  const palette = owner.getByRole("dialog", { name: "Command palette" });
  await expect(palette).toBeVisible();
  expect(await owner.evaluate(() => document.querySelector("#palette")?.matches(":modal"))).toBe(true);
  await expect(palette.getByRole("combobox")).toBeFocused();
  // However often Tab is pressed, nothing behind the dialog is reached.
  for (let presses = 0; presses < 12; presses++) {
    await owner.keyboard.press("Tab");
    expect(await owner.evaluate(focusIsIn("main, header, .rail"))).toBe(false);
  }
  await owner.keyboard.press("Escape");
  await expect(palette).toBeHidden();
  await expect(opener).toBeFocused();
});

test("on a phone the navigation is a drawer that leads on and closes", async ({ owner }) => {
  await owner.setViewportSize({ width: 390, height: 844 });
  await go(owner, `/${ORG.slug}`);
  const opener = owner.getByRole("button", { name: "Open the navigation" });
  await opener.focus();
  await owner.keyboard.press("Enter");
  const drawer = owner.getByRole("dialog", { name: "Navigation" });
  await expect(drawer).toBeVisible();
  expect(await owner.evaluate(focusIsIn("#rail-drawer"))).toBe(true);
  await owner.keyboard.press("Escape");
  await expect(drawer).toBeHidden();
  await expect(opener).toBeFocused();
  await opener.click();
  await drawer.getByRole("link", { name: "Agents" }).click();
  await expect(owner).toHaveURL(new RegExp(`/${ORG.slug}/agents$`));
  await expect(drawer).toBeHidden();
});

test("a question before something is lost begins where nothing is lost", async ({ owner }, info) => {
  const name = `fleeting_${info.project.name}`;
  await go(owner, `/${ORG.slug}/agents/new`);
  await owner.locator("[name=name]").fill(name);
  await owner.getByRole("button", { name: "Create agent" }).click();
  await owner.waitForURL(/\/agents\/[0-9a-f-]{36}\/tools/);
  await go(owner, new URL(owner.url()).pathname.replace(/\/tools$/, "/settings"));
  const opener = owner.getByRole("button", { name: "Delete agent" }).first();
  await opener.focus();
  await owner.keyboard.press("Enter");
  const question = owner.getByRole("alertdialog", { name: `Delete ${name}?` });
  await expect(question).toBeVisible();
  await expect(question.getByRole("button", { name: "Keep it" })).toBeFocused();
  await owner.keyboard.press("Enter");
  await expect(question).toBeHidden();
  await expect(opener).toBeFocused();
  await owner.keyboard.press("Enter");
  await owner.keyboard.press("Tab");
  await owner.keyboard.press("Enter");
  await expect(owner).toHaveURL(new RegExp(`/${ORG.slug}/agents$`));
  await expect(owner.getByText(name)).toHaveCount(0);
});

test("Escape closes a menu and the focus goes back to its button", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "a menu closes by its own button without JavaScript");
  await go(owner, `/${ORG.slug}`);
  const menu = owner.locator("summary[aria-label^='Signed in as']");
  await menu.focus();
  await owner.keyboard.press("Enter");
  await owner.keyboard.press("Tab");
  await expect(owner.getByRole("link", { name: "Your account" })).toBeFocused();
  await owner.keyboard.press("Escape");
  await expect(menu).toBeFocused();
  await expect(owner.getByRole("link", { name: "Your account" })).toBeHidden();
});

test("what the palette cannot do without JavaScript, its form does", async ({ owner }, info) => {
  const name = `findable_${info.project.name}`;
  await go(owner, `/${ORG.slug}/agents/new`);
  await owner.locator("[name=name]").fill(name);
  await owner.getByRole("button", { name: "Create agent" }).click();
  await owner.waitForURL(/\/agents\/[0-9a-f-]{36}\/tools/);
  await go(owner, `/${ORG.slug}`);
  if (await scripted(owner)) {
    await go(owner, `/${ORG.slug}/search?q=${name}`);
  } else {
    await owner.getByRole("button", { name: "Search or do something" }).click();
    await owner.getByRole("combobox").fill(name);
    await owner.keyboard.press("Enter");
    await expect(owner).toHaveURL(new RegExp(`/search\\?q=${name}`));
  }
  await owner.getByRole("list", { name: "Results" }).getByRole("link", { name: new RegExp(name) }).click();
  await expect(owner.getByRole("heading", { name, level: 1 })).toBeVisible();
  await go(owner, `/${ORG.slug}/search?q=${name}x`);
  await expect(owner.getByText(`Nothing is called “${name}x”`)).toBeVisible();
});

test("the way down to a page has names, from the first byte on", async ({ owner, site }, info) => {
  const name = `crumb_${info.project.name}`;
  await go(owner, `/${ORG.slug}/agents/new`);
  await owner.locator("[name=name]").fill(name);
  await owner.locator("[name=display_name]").fill(`Crumb ${info.project.name}`);
  await owner.getByRole("button", { name: "Create agent" }).click();
  await owner.waitForURL(/\/agents\/[0-9a-f-]{36}\/tools/);
  await hydrated(owner);
  const crumbs = owner.getByRole("navigation", { name: "Breadcrumb" });
  await expect(crumbs.getByRole("listitem")).toHaveText(["Agents", `Crumb ${info.project.name}`, "Tools"]);
  const cookies = site.cookies.map((cookie) => `${cookie.name}=${cookie.value}`).join("; ");
  const html = await (await fetch(owner.url(), { headers: { cookie: cookies } })).text();
  expect(/<nav aria-label="Breadcrumb".*?<\/nav>/s.exec(html)?.[0]).toContain(`Crumb ${info.project.name}`);
  await go(owner, `/${ORG.slug}/agents/00000000-0000-7000-8000-000000000000`);
  await expect(crumbs.getByRole("listitem")).toHaveText(["Agents", "Not found"]);
});

test("a new name of the organization stands in the frame at once", async ({ owner }, info) => {
  await go(owner, `/${ORG.slug}/settings`);
  const name = `Renamed ${info.project.name}`;
  await owner.getByLabel("Name", { exact: true }).fill(name);
  await owner.getByRole("button", { name: "Save name" }).click();
  await expect(owner.getByText("The name was changed.")).toBeVisible();
  await expect(owner.locator("header summary").first()).toContainText(name);
  await owner.getByLabel("Name", { exact: true }).fill(ORG.name);
  await owner.getByRole("button", { name: "Save name" }).click();
  await expect(owner.locator("header summary").first()).toContainText(ORG.name);
});
