// What starts a workflow by itself: a webhook whose request works as it is shown, a schedule that says when, calls; switched off, deleted.
import { type Page } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { ORG, expect, fill, go, hydrated, scripted, test } from "../support/fixtures";

/** A published workflow with a text `order`, which is needed, and a number `count`. */
async function published(page: Page, name: string): Promise<string> {
  await go(page, `/${ORG.slug}/workflows/new`);
  await fill(page, "display_name", name);
  await page.getByRole("button", { name: "Create workflow" }).click();
  await page.waitForURL(/\/workflows\/[0-9a-f-]{36}/);
  await hydrated(page);
  const path = new URL(page.url()).pathname;

  // A draft starts nothing by itself, and the page says what to do.
  await go(page, `${path}/triggers`);
  await expect(page.getByText("This workflow was never published")).toBeVisible();
  await expect(page.getByRole("link", { name: "New trigger" })).toHaveCount(0);

  await go(page, `${path}/outline?tab=json`);
  const fields = [
    { name: "order", type: "string", required: true },
    { name: "count", type: "integer" },
  ];
  const nodes = [
    { id: "in", type: "input", config: { fields } },
    { id: "take", type: "transform", label: "Take the order" },
    { id: "out", type: "output" },
  ];
  const edges = [
    { id: "a", source: "in", target: "take", mapping: { order: "order", count: "count" } },
    { id: "b", source: "take", target: "out", mapping: { order: "order" } },
  ];
  await page.locator('textarea[name="definition"]').fill(JSON.stringify({ nodes, edges }));
  const saved = page.waitForResponse((answer) => answer.url().includes("/workflows/save_definition"));
  await page.getByRole("button", { name: "Save definition" }).click();
  expect((await saved).status()).toBeLessThan(400);
  await go(page, `${path}/versions`);
  await page.getByLabel("What is new").fill("Orders");
  const answer = page.waitForResponse((answer) => answer.url().includes("/workflows/publish"));
  await page.getByRole("button", { name: "Publish version 1" }).click();
  expect((await answer).status()).toBeLessThan(400);
  return path;
}

async function newTrigger(page: Page, path: string, kind: string): Promise<void> {
  await go(page, `${path}/triggers`);
  await page.getByRole("link", { name: /New trigger|Add a trigger/ }).first().click();
  await page.waitForURL(/\/triggers\/new$/);
  await hydrated(page);
  await page.getByRole("link", { name: kind, exact: true }).click();
  await page.waitForURL(/\/triggers\/new\?kind=/);
  await hydrated(page);
}

async function create(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Create trigger" }).click();
  await page.waitForURL(/\/triggers\/[0-9a-f-]{36}/);
  await hydrated(page);
  return new URL(page.url()).pathname;
}

/** The request that the page shows, as somebody pastes it into a terminal. */
async function shownRequest(page: Page): Promise<string> {
  return (await page.getByRole("region", { name: "Request that fires the trigger" }).innerText()).trim();
}

function inTerminal(command: string): Record<string, unknown> {
  return JSON.parse(execFileSync("bash", ["-c", command.replace("curl ", "curl -s --noproxy '*' ")], { encoding: "utf8" }));
}

for (const auth of ["secret", "hmac"]) {
  test(`the request that a new webhook shows starts a run, by ${auth}`, async ({ owner }, info) => {
    const path = await published(owner, `Hooked ${auth} ${info.project.name}`);
    await newTrigger(owner, path, "Webhook");
    await fill(owner, "name", "The shop");
    await owner.locator("select[name=auth]").selectOption(auth);
    await owner.getByLabel("Where order comes from").fill("body.order..id");
    await owner.getByRole("button", { name: "Create trigger" }).click();
    // What is wrong is said at its field, and nothing typed is lost.
    await expect(owner.getByText("empty field name")).toBeVisible();
    await expect(owner.locator("[name=name]").first()).toHaveValue("The shop");
    await owner.getByLabel("Where order comes from").fill("body.order.id");
    const page = await create(owner);
    await expect(owner.getByText("it is shown this one time")).toBeVisible();
    const command = await shownRequest(owner);
    expect(command).toMatch(/whsec_[\w-]{43}/);
    const answer = inTerminal(command);
    expect(answer.run_id).toMatch(/^[0-9a-f-]{36}$/);

    // Once: now the secret is gone, and the firing is there with its run.
    await go(owner, page);
    expect(await shownRequest(owner)).not.toMatch(/whsec_[\w-]{43}/);
    const firings = owner.getByRole("region", { name: "Firings" });
    await expect(firings.getByText("Started a run")).toBeVisible();
    await firings.getByRole("link", { name: "Open run" }).click();
    await owner.waitForURL(new RegExp(`/runs/${answer.run_id}`));
    await hydrated(owner);
    await expect(owner.getByRole("link", { name: "The shop" })).toBeVisible();

    // Another secret, without mercy for the old one.
    await go(owner, page);
    await owner.getByRole("button", { name: "Replace the secret" }).click();
    await owner.locator("select[name=grace]").selectOption("0");
    await owner.getByRole("button", { name: "Replace secret" }).click();
    await expect(owner.getByText("it is shown this one time")).toBeVisible();
    await hydrated(owner);
    const newer = await shownRequest(owner);
    expect(newer).not.toBe(command);
    expect(inTerminal(command).status).toBe(401);
    expect(inTerminal(newer).run_id).toBeTruthy();
    await go(owner, page);
    await expect(owner.getByRole("region", { name: "Firings" }).getByText("Refused")).toBeVisible();
  });
}

test("a schedule says when it is due while it is typed, is switched off, and goes with a question", async ({ owner }, info) => {
  const path = await published(owner, `Scheduled ${info.project.name}`);
  await newTrigger(owner, path, "Schedule");
  await fill(owner, "name", "Every morning");
  const times = owner.getByRole("group", { name: "Next times" });
  await expect(times.getByRole("listitem")).toHaveCount(5);
  if (await scripted(owner)) {
    await fill(owner, "cron", "61 * * * *");
    await expect(times.getByText("Five fields are needed")).toBeVisible();
    await fill(owner, "cron", "30 6 * * *");
    await fill(owner, "time_zone", "Asia/Tokyo");
    await expect(times.getByText("06:30 (UTC+09:00)")).toHaveCount(5);
  } else {
    await fill(owner, "cron", "30 6 * * *");
    await fill(owner, "time_zone", "Asia/Tokyo");
  }
  await owner.getByRole("button", { name: "Create trigger" }).click();
  await expect(owner.getByText("The workflow needs this")).toBeVisible();
  await owner.getByLabel("Fixed value of order").fill("All of yesterday");
  await owner.locator("select[name=overlap]").selectOption("queue");
  const page = await create(owner);
  await expect(times.getByText("06:30 (UTC+09:00)")).toHaveCount(5);
  await expect(owner.getByText("It has not fired yet").first()).toBeVisible();

  await owner.getByRole("button", { name: "Disable" }).click();
  await expect(owner.getByRole("button", { name: "Enable" })).toBeVisible();
  await go(owner, `${path}/triggers`);
  const row = owner.getByRole("row", { name: /Every morning/ });
  await expect(row).toContainText("Disabled");
  await expect(row).toContainText("30 6 * * * · Asia/Tokyo");
  await row.getByRole("link", { name: "Every morning" }).click();
  await owner.waitForURL(`**${page}`);
  await hydrated(owner);
  await fill(owner, "name", "Each morning");
  await owner.getByRole("button", { name: "Save trigger" }).click();
  await expect(owner.getByRole("heading", { name: "Each morning", level: 1 })).toBeVisible();
  await hydrated(owner);

  await owner.getByRole("button", { name: "Delete trigger" }).first().click();
  const question = owner.getByRole("alertdialog");
  await expect(question).toContainText("Delete Each morning?");
  await question.getByRole("button", { name: "Delete trigger" }).click();
  await owner.waitForURL(/\/triggers$/);
  await expect(owner.getByText("No triggers")).toBeVisible();
});

test("a call that begins starts a run by the request that is shown", async ({ owner }, info) => {
  const path = await published(owner, `Called ${info.project.name}`);
  await newTrigger(owner, path, "Call start");
  await fill(owner, "name", "Somebody calls");
  await owner.getByLabel("Where order comes from").fill("caller_phone_number");
  await create(owner);
  const answer = inTerminal(await shownRequest(owner));
  expect(answer.run_id).toMatch(/^[0-9a-f-]{36}$/);
  await go(owner, `/${ORG.slug}/runs/${answer.run_id}`);
  await expect(owner.getByRole("complementary", { name: "Facts, input and output" })).toContainText("+15550100");
  await expect(owner.getByText("Call start").first()).toBeVisible();
});
